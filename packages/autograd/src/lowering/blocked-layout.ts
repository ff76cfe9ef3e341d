/**
 * Rewrites a graph for ONNX Runtime's blocked layout on processors.
 *
 * Plain tensors are [N, C, H, W]. Blocked ones hold the same values as [N, C / b, H, W, b], b channels of a pixel
 * side by side, b being what fills a vector register. ONNX Runtime has kernels for it in its own domain
 * `com.microsoft.nchwc`; its optimiser uses them where weights are constants, which in training they are not.
 * Here every 2-D convolution whose channels fill whole blocks is computed blocked, and so is what lies between such
 * convolutions, so that few tensors change their layout. The graph computes what it did, sums in another order.
 */
import { formatShape } from '../errors.ts';
import { Graph, type GraphConstant, type GraphNode, type Value } from '../graph/graph.ts';
import { reshape, transpose } from '../operators/shape.ts';

const DOMAIN = { domain: 'com.microsoft.nchwc' };

/** Operators of one output element for each input element; operands have one shape or are scalars. */
const ELEMENTWISE = new Set(['Relu', 'LeakyRelu', 'HardSigmoid', 'Add', 'Sub', 'Mul', 'Div', 'Sum']);

/** A tensor of the given graph in the new one, in either or both layouts. */
interface Forms {
  plain?: Value;
  blocked?: Value;
}

/**
 * @param block channels in a block, as the runtime's kernels have it (see probe-block-size.ts)
 * @returns the same inputs, parameters and outputs
 */
export function lowerToBlocked(graph: Graph, block: number): Graph {
  return new BlockedRewriter(graph, block).rewrite();
}

class BlockedRewriter {
  private readonly source: Graph;
  private readonly block: number;
  private readonly target: Graph;
  private readonly forms = new Map<string, Forms>();
  private readonly constants: ReadonlyMap<string, GraphConstant>;
  private readonly readers = new Map<string, GraphNode[]>();

  constructor(source: Graph, block: number) {
    this.source = source;
    this.block = block;
    this.target = new Graph({ mode: source.mode });
    this.constants = new Map(source.constants.map((constant) => [constant.name, constant]));
    for (const node of source.nodes) {
      for (const name of new Set(node.inputs)) {
        this.readers.set(name, [...(this.readers.get(name) ?? []), node]);
      }
    }
  }

  rewrite(): Graph {
    const { source, target } = this;
    for (const { name, shape } of source.inputs) this.forms.set(name, { plain: target.input(name, shape) });
    for (const { value, initialiser, ...options } of source.parameters) {
      this.forms.set(value.name, {
        plain: target.parameter(value.name, value.shape, initialiser, options),
      });
    }
    for (const { name, shape, data } of source.constants) {
      const plain =
        data instanceof BigInt64Array
          ? target.integers(Array.from(data, Number), shape)
          : target.constant(data, shape);
      this.forms.set(name, { plain });
    }
    const outputs = new Set(source.outputs.map(({ name }) => name));
    for (const node of source.nodes) {
      const name = node.outputs[0]!;
      if (outputs.has(name)) target.output(name, this.plain(node.inputs[0]!));
      else if (!this.forms.has(name)) this.rewriteNode(node, name);
    }
    for (const [name, value] of source.stateUpdates) target.stateUpdates.set(name, this.plain(value.name));
    for (const [name, keep] of source.dropoutInputs) target.dropoutInputs.set(name, keep);
    return target;
  }

  private rewriteNode(node: GraphNode, name: string): void {
    const scope = scopeOf(node);
    const rewrite = () => this.lower(node, name);
    if (scope === undefined) rewrite();
    else this.target.scope(scope, rewrite);
  }

  private lower(node: GraphNode, name: string): void {
    if (this.isBlockedConvolution(node)) {
      const relu = this.onlyRelu(name);
      this.forms.set(relu?.outputs[0] ?? name, { blocked: this.convolution(node, relu !== undefined) });
      return;
    }
    const blocked = this.betweenConvolutions(node);
    if (blocked !== undefined) this.forms.set(name, { blocked });
    else this.forms.set(name, { plain: this.channelsLast(node) ?? this.copy(node) });
  }

  /** The ReLU that is the only reader of a convolution; the kernel does it in passing. */
  private onlyRelu(name: string): GraphNode | undefined {
    const readers = this.readers.get(name) ?? [];
    return readers.length === 1 && readers[0]!.op === 'Relu' ? readers[0] : undefined;
  }

  private isBlockedConvolution({ op, domain, inputs, attributes }: GraphNode): boolean {
    if (op !== 'Conv' || domain !== '' || attributes.group !== 1) return false;
    const kernel = this.source.valueOf(inputs[1]!).shape;
    const [filters, channels] = kernel as [number, number];
    return (
      kernel.length === 4 &&
      this.fillsBlocks(filters) &&
      (this.fillsBlocks(channels) || channels < this.block)
    );
  }

  private fillsBlocks(channels: number): boolean {
    return channels % this.block === 0;
  }

  private convolution(node: GraphNode, relu: boolean): Value {
    const [x, kernel, bias] = node.inputs as [string, string, string?];
    const channels = this.source.valueOf(kernel).shape[1]!;
    // Fewer channels than a block are read from the plain layout.
    const operand = channels < this.block ? this.plain(x) : this.blocked(x);
    const operands = [operand, this.blockedKernel(this.plain(kernel))];
    if (bias !== undefined) operands.push(this.plain(bias));
    const attributes = relu ? { ...node.attributes, activation: 'Relu' } : node.attributes;
    return this.target.emit(
      'Conv',
      operands,
      this.source.valueOf(node.outputs[0]!).shape,
      attributes,
      DOMAIN,
    );
  }

  /** [O, I, h, w] stored as [O / b, I / b, h, w, b of I, b of O], or as [O / b, I, h, w, b of O] for few channels. */
  private blockedKernel(kernel: Value): Value {
    const { block } = this;
    const [filters, channels, ...taps] = kernel.shape as [number, number, number, number];
    if (channels < block) {
      const parted = reshape(kernel, [filters / block, block, channels, ...taps]);
      return reshape(transpose(parted, [0, 2, 3, 4, 1]), kernel.shape);
    }
    const parted = reshape(kernel, [filters / block, block, channels / block, block, ...taps]);
    return reshape(transpose(parted, [0, 2, 4, 5, 3, 1]), kernel.shape);
  }

  /** What is done blocked because its operands are so already; undefined where it cannot or should not be. */
  private betweenConvolutions(node: GraphNode): Value | undefined {
    const { op, attributes } = node;
    const shape = this.source.valueOf(node.outputs[0]!).shape;
    if (shape.length !== 4 || !this.fillsBlocks(shape[1]!)) return undefined;
    if (ELEMENTWISE.has(op)) return this.elementwise(node, shape);
    if (!this.isBlocked(node.inputs[0]!)) return undefined;
    const x = () => this.blocked(node.inputs[0]!);
    switch (op) {
      case 'MaxPool':
      case 'AveragePool':
        return this.target.emit(op, [x()], shape, attributes, DOMAIN);
      case 'Resize': {
        if (attributes.mode !== 'nearest') return undefined;
        const scales = Array.from(this.constants.get(node.inputs[2]!)!.data as Float32Array);
        return this.target.emit('Upsample', [x()], shape, { scales, mode: 'nearest' }, DOMAIN);
      }
      case 'Concat': {
        if (attributes.axis !== 1 || !node.inputs.every((name) => this.isBlocked(name))) return undefined;
        return this.target.emit(
          op,
          node.inputs.map((name) => this.blocked(name)),
          shape,
          attributes,
        );
      }
      case 'Slice': {
        const [start, end, axis, step] = node.inputs
          .slice(1)
          .map((name) => Number(this.constants.get(name)!.data[0]));
        if (axis !== 1 || step !== 1 || !this.fillsBlocks(start!) || !this.fillsBlocks(end!))
          return undefined;
        const operands = node.inputs.slice(1).map((name) => this.plain(name));
        return this.target.emit(op, [x(), ...operands], shape, attributes);
      }
      default:
        return undefined;
    }
  }

  private elementwise({ op, inputs, attributes }: GraphNode, shape: readonly number[]): Value | undefined {
    const operands = inputs.map((name) => this.source.valueOf(name));
    const fits = operands.every((v) => v.shape.length === 0 || formatShape(v.shape) === formatShape(shape));
    if (!fits || !inputs.some((name) => this.isBlocked(name))) return undefined;
    const forms = operands.map((v) => (v.shape.length === 0 ? this.plain(v.name) : this.blocked(v.name)));
    return this.target.emit(op, forms, shape, attributes);
  }

  /** Transposing [N, C, H, W] to [N, H, W, C] from the blocked layout in one go. */
  private channelsLast({ op, inputs, outputs, attributes }: GraphNode): Value | undefined {
    const x = this.forms.get(inputs[0]!);
    if (op !== 'Transpose' || x?.blocked === undefined || x.plain !== undefined) return undefined;
    if (String(attributes.perm) !== '0,2,3,1') return undefined;
    const shape = this.source.valueOf(outputs[0]!).shape;
    const unblock = { channels: shape[3]!, channels_last: 1 };
    return this.target.emit('ReorderOutput', [x.blocked], shape, unblock, DOMAIN);
  }

  private copy({ op, domain, inputs, outputs, attributes }: GraphNode): Value {
    const { shape, type } = this.source.valueOf(outputs[0]!);
    const operands = inputs.map((name) => (name === '' ? undefined : this.plain(name)));
    return this.target.emit(op, operands, shape, attributes, { domain, type });
  }

  private isBlocked(name: string): boolean {
    return this.forms.get(name)?.blocked !== undefined;
  }

  private plain(name: string): Value {
    const forms = this.forms.get(name)!;
    if (forms.plain === undefined) {
      const { shape } = forms.blocked!;
      const channels = { channels: shape[1]! };
      forms.plain = this.target.emit('ReorderOutput', [forms.blocked], shape, channels, DOMAIN);
    }
    return forms.plain;
  }

  private blocked(name: string): Value {
    const forms = this.forms.get(name)!;
    forms.blocked ??= this.target.emit('ReorderInput', [forms.plain], forms.plain!.shape, {}, DOMAIN);
    return forms.blocked;
  }
}

/** The scope that a node was made in. */
function scopeOf({ name }: GraphNode): string | undefined {
  return name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : undefined;
}
