/**
 * Rewrites a graph for ONNX Runtime's blocked layout on processors.
 *
 * Plain tensors are [N, C, H, W]. Blocked ones hold the same values as [N, C / b, H, W, b], b channels of a pixel
 * side by side, b being what fills a vector register. ONNX Runtime has kernels for it in its own domain
 * `com.microsoft.nchwc`; its optimiser uses them where weights are constants, which in training they are not.
 * Here every 2-D convolution whose channels fill whole blocks is computed blocked, and so is what lies between such
 * convolutions, so that few tensors change their layout. Other filters are filled up with zeros where that little more
 * arithmetic is done faster (12 to 16, say), and cut off after the convolution. The graph computes what it did, sums in
 * another order.
 */
import type { Graph, GraphNode, Value } from '../graph/graph.ts';
import { elementCount, pad, reshape, slice, transpose } from '../operators/shape.ts';
import { LayoutRewriter } from './layout-rewriter.ts';

const DOMAIN = { domain: 'com.microsoft.nchwc' };

/** Most that filling up filters may multiply the arithmetic of a convolution by; beyond, plain kernels are faster. */
const MOST_FILLING = 2;

/**
 * @param block channels in a block, as the runtime's kernels have it (see probe-block-size.ts)
 * @returns the same inputs, parameters and outputs
 */
export function lowerToBlocked(graph: Graph, block: number): Graph {
  return new BlockedRewriter(graph, block).rewrite();
}

/** The other layout of a tensor is the blocked one, under the shape of the plain one. */
class BlockedRewriter extends LayoutRewriter {
  private readonly block: number;

  constructor(source: Graph, block: number) {
    super(source);
    this.block = block;
  }

  protected lower(node: GraphNode, name: string): void {
    if (this.isBlockedConvolution(node)) {
      const relu = this.onlyRelu(name);
      const result = relu?.outputs[0] ?? name;
      const { shape } = this.source.valueOf(name);
      const blocked = this.convolution(node, relu !== undefined);
      if (this.fillsBlocks(shape[1]!)) this.setOther(result, blocked);
      else this.setPlain(result, this.toPlain(blocked, shape));
      return;
    }
    const blocked = this.betweenConvolutions(node);
    if (blocked !== undefined) this.setOther(name, blocked);
    else this.setPlain(name, this.channelsLast(node) ?? this.copy(node));
  }

  protected toOther(plain: Value): Value {
    return this.target.emit('ReorderInput', [plain], plain.shape, {}, DOMAIN);
  }

  protected toPlain(blocked: Value, shape: readonly number[]): Value {
    return this.target.emit('ReorderOutput', [blocked], shape, { channels: shape[1]! }, DOMAIN);
  }

  private isBlockedConvolution({ op, domain, inputs, attributes }: GraphNode): boolean {
    if (op !== 'Conv' || domain !== '' || attributes.group !== 1) return false;
    const kernel = this.source.valueOf(inputs[1]!).shape;
    if (kernel.length !== 4) return false;
    const [filters, channels, ...taps] = kernel as [number, number, ...number[]];
    if (this.fillsBlocks(filters) && (this.fillsBlocks(channels) || channels < this.block)) return true;
    return elementCount(taps) > 1 && this.filled(filters) <= MOST_FILLING * filters;
  }

  /** Channels with those that fill the last block. */
  private filled(channels: number): number {
    return Math.ceil(channels / this.block) * this.block;
  }

  private fillsBlocks(channels: number): boolean {
    return channels % this.block === 0;
  }

  private convolution(node: GraphNode, relu: boolean): Value {
    const [x, kernel, bias] = node.inputs as [string, string, string?];
    const [n, filters, ...space] = this.source.valueOf(node.outputs[0]!).shape as [
      number,
      number,
      ...number[],
    ];
    const fillers = this.filled(filters) - filters;
    const weight = pad(this.plain(kernel), [0, 0, 0, 0], [fillers, 0, 0, 0]);
    const channels = weight.shape[1]!;
    // Fewer channels than a block are read from the plain layout; some blocks and a rest are taken as several of those.
    const parts = this.fillsBlocks(channels) ? 1 : Math.ceil(channels / this.block);
    const cuts = Array.from({ length: parts + 1 }, (_, i) => Math.round((i * channels) / parts));
    let y: Value | undefined;
    for (let i = 0; i < parts; i++) {
      const [start, end] = [cuts[i]!, cuts[i + 1]!];
      const part = (whole: Value) => (parts === 1 ? whole : slice(whole, 1, start, end));
      const operand = this.fillsBlocks(channels) ? this.other(x) : part(this.plain(x));
      const isLast = i === parts - 1;
      y = this.target.emit(
        'Conv',
        [
          operand,
          this.blockedKernel(part(weight)),
          isLast && bias !== undefined ? pad(this.plain(bias), [0], [fillers]) : undefined,
          y,
        ],
        [n, filters + fillers, ...space],
        isLast && relu ? { ...node.attributes, activation: 'Relu' } : node.attributes,
        DOMAIN,
      );
    }
    return y!;
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
    const { op, inputs, attributes } = node;
    const shape = this.source.valueOf(node.outputs[0]!).shape;
    if (shape.length !== 4 || !this.fillsBlocks(shape[1]!)) return undefined;
    const elementwise = this.elementwise(node, shape);
    if (elementwise !== undefined) return elementwise;
    if (!this.hasOther(inputs[0]!)) return undefined;
    const x = () => this.other(inputs[0]!);
    const withOperands = () => {
      const operands = inputs.slice(1).map((name) => this.plain(name));
      return this.target.emit(op, [x(), ...operands], shape, attributes);
    };
    switch (op) {
      case 'MaxPool':
      case 'AveragePool':
        return this.target.emit(op, [x()], shape, attributes, DOMAIN);
      case 'Resize': {
        if (attributes.mode !== 'nearest') return undefined;
        const upsampling = { scales: this.numbers(inputs[2]!), mode: 'nearest' };
        return this.target.emit('Upsample', [x()], shape, upsampling, DOMAIN);
      }
      case 'Concat': {
        if (Number(attributes.axis) > 1 || !inputs.every((name) => this.hasOther(name))) return undefined;
        return this.target.emit(
          op,
          inputs.map((name) => this.other(name)),
          shape,
          attributes,
        );
      }
      case 'Slice': {
        const [start, end, axis, step] = inputs.slice(1).map((name) => this.numbers(name)[0]!);
        const wholeBlocks = axis === 1 && this.fillsBlocks(start!) && this.fillsBlocks(end!);
        return step === 1 && (axis === 0 || wholeBlocks) ? withOperands() : undefined;
      }
      case 'Pad':
        // Images added or taken away at either end of the batch.
        return this.numbers(inputs[1]!).every((n, i) => n === 0 || i % 4 === 0) ? withOperands() : undefined;
      case 'Reshape': {
        // Whole blocks change between batch and channels; height and width stay.
        const [, , height, width] = this.source.valueOf(inputs[0]!).shape;
        return shape[2] === height && shape[3] === width ? withOperands() : undefined;
      }
      default:
        return undefined;
    }
  }

  /** Transposing [N, C, H, W] to [N, H, W, C] from the blocked layout in one go. */
  private channelsLast({ op, inputs, outputs, attributes }: GraphNode): Value | undefined {
    const x = inputs[0]!;
    if (op !== 'Transpose' || !this.hasOther(x) || this.hasPlain(x)) return undefined;
    if (String(attributes.perm) !== '0,2,3,1') return undefined;
    const shape = this.source.valueOf(outputs[0]!).shape;
    const unblock = { channels: shape[3]!, channels_last: 1 };
    return this.target.emit('ReorderOutput', [this.other(x)], shape, unblock, DOMAIN);
  }
}
