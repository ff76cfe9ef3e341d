/**
 * Rewrites 3-D convolutions, and what lies between them, as 2-D operators on slabs: the volume [1, C, D, H, W] is
 * held as D images [D, C, H, W].
 *
 * A k x h x w convolution is then one h x w convolution of k C channels: those of the slab itself and of its
 * neighbours, beside each other. Runtimes have far faster kernels for 2-D than for 3-D (ONNX Runtime on a processor
 * twice as fast, in its blocked layout; its WebGPU kernels for 3-D are plain loops), and all rewritings for 2-D apply
 * afterwards. Only graphs of one volume at a time are rewritten, since slabs of two volumes are not neighbours. The
 * graph computes what it did, sums in another order.
 */
import type { Graph, GraphNode, Value } from '../graph/graph.ts';
import { concat, elementCount, pad, reshape, slice, transpose } from '../operators/shape.ts';
import { LayoutRewriter } from './layout-rewriter.ts';

/** Positions of a slab from which convolutions go slab by slab: the neighbours' copies then stay in the cache. */
const LARGE_SLAB = 1024;

/** @returns the same inputs, parameters and outputs */
export function lowerDepthToBatch(graph: Graph): Graph {
  return new SlabRewriter(graph).rewrite();
}

/** [D, C, ...] with, beside each slab's channels, those of the slabs `offsets` further on; zeros beyond the ends. */
export function besideNeighbours(slabs: Value, offsets: readonly number[]): Value {
  const behind = slabs.shape.slice(1).map(() => 0);
  return concat(
    offsets.map((by) => (by === 0 ? slabs : pad(slabs, [-by, ...behind], [by, ...behind]))),
    1,
  );
}

/** The other layout of a tensor [1, C, D, H, W] is [D, C, H, W]. */
class SlabRewriter extends LayoutRewriter {
  protected lower(node: GraphNode, name: string): void {
    if (node.op === 'Conv') {
      const relu = this.onlyRelu(name);
      const convolved = this.convolution(node, relu !== undefined);
      if (convolved !== undefined) {
        this.setOther(relu?.outputs[0] ?? name, convolved);
        return;
      }
    }
    const slabs = this.onSlabs(node);
    if (slabs !== undefined) this.setOther(name, slabs);
    else this.setPlain(name, this.fromSlabs(node) ?? this.softmax(node) ?? this.copy(node));
  }

  protected toOther(plain: Value): Value {
    const [, channels, depth, height, width] = plain.shape as [number, number, number, number, number];
    return transpose(reshape(plain, [channels, depth, height, width]), [1, 0, 2, 3]);
  }

  protected toPlain(slabs: Value, shape: readonly number[]): Value {
    return reshape(transpose(slabs, [1, 0, 2, 3]), shape);
  }

  /** The node's result as slabs; undefined where it is not computed on them. */
  private onSlabs(node: GraphNode): Value | undefined {
    const { op, inputs, attributes } = node;
    const shape = this.source.valueOf(node.outputs[0]!).shape;
    if (shape.length !== 5 || shape[0] !== 1) return undefined;
    const [, channels, depth, height, width] = shape as [number, number, number, number, number];
    const elementwise = this.elementwise(node, [depth, channels, height, width]);
    if (elementwise !== undefined) return elementwise;
    if (!inputs.every((name, i) => this.hasOther(name) || i > 0)) return undefined;
    const x = () => this.other(inputs[0]!);
    switch (op) {
      case 'MaxPool':
      case 'AveragePool':
        return this.pool(op, x(), attributes.kernel_shape as readonly number[]);
      case 'Resize': {
        const factor = this.numbers(inputs[2]!)[2]!;
        return attributes.mode === 'nearest' ? this.upsample(x(), factor, node) : undefined;
      }
      case 'Concat':
        return attributes.axis === 1 ? concat(inputs.map((name) => this.other(name))) : undefined;
      case 'Slice': {
        const [start, end, axis, step] = inputs.slice(1).map((name) => this.numbers(name)[0]!);
        return axis === 1 && step === 1 ? slice(x(), 1, start!, end!) : undefined;
      }
      default:
        return undefined;
    }
  }

  /** Results that are no volumes, but are computed best from slabs. */
  private fromSlabs({ op, inputs, outputs, attributes }: GraphNode): Value | undefined {
    const from = inputs[0]!;
    if (!this.hasOther(from)) return undefined;
    const { shape } = this.source.valueOf(outputs[0]!);
    // [1, C, D, H, W] to [1, D, C, H, W].
    if (op === 'Transpose' && String(attributes.perm) === '0,2,1,3,4')
      return reshape(this.other(from), shape);
    if (op === 'ReduceSum' && attributes.keepdims === 0 && String(this.numbers(inputs[1]!)) === '0,2,3,4') {
      const axes = this.target.integers([0, 2, 3]);
      return this.target.emit(op, [this.other(from), axes], shape, attributes);
    }
    return undefined;
  }

  /**
   * Softmax over the channels of a volume in its parts: ONNX Runtime's own turns the volume to have channels last and
   * back, which takes six times as long.
   */
  private softmax({ op, inputs, attributes }: GraphNode): Value | undefined {
    const { shape } = this.source.valueOf(inputs[0]!);
    if (op !== 'Softmax' || attributes.axis !== 1 || shape.length !== 5 || shape[0] !== 1) return undefined;
    const g = this.target;
    const positions = elementCount(shape.slice(2));
    const flat = [1, shape[1]!, positions];
    const one = [1, 1, positions];
    const x = reshape(this.plain(inputs[0]!), flat);
    const most = g.emit('ReduceMax', [x], one, { axes: [1], keepdims: 1 });
    const powers = g.emit('Exp', [g.emit('Sub', [x, most], flat)], flat);
    const total = g.emit('ReduceSum', [powers, g.integers([1])], one, { keepdims: 1 });
    return reshape(g.emit('Div', [powers, total], flat), shape);
  }

  private convolution(node: GraphNode, relu: boolean): Value | undefined {
    const [x, kernel, bias] = node.inputs as [string, string, string?];
    const { attributes } = node;
    const { shape } = this.source.valueOf(x);
    if (shape.length !== 5 || shape[0] !== 1) return undefined;
    const [filters, channels, depth, ...taps] = this.source.valueOf(kernel).shape as [
      number,
      number,
      number,
      number,
      number,
    ];
    const size = [depth, ...taps];
    const is = (key: string, wanted: readonly number[]) => String(attributes[key]) === String(wanted);
    const padding = size.map((k) => (k - 1) / 2);
    const plain = is('strides', [1, 1, 1]) && is('dilations', [1, 1, 1]) && attributes.group === 1;
    if (!plain || !is('pads', [...padding, ...padding])) return undefined;
    const slabs = this.other(x);
    // [O, C, k, h, w] to [O, k C, h, w], in the order of the neighbours.
    const flat = reshape(transpose(this.plain(kernel), [0, 2, 1, 3, 4]), [
      filters,
      depth * channels,
      ...taps,
    ]);
    const [, ...inPlane] = padding;
    const convolve = (images: Value) => {
      const operands = bias === undefined ? [images, flat] : [images, flat, this.plain(bias)];
      const size = [images.shape[0]!, filters, ...images.shape.slice(2)];
      const y = this.target.emit('Conv', operands, size, {
        kernel_shape: taps,
        strides: [1, 1],
        dilations: [1, 1],
        pads: [...inPlane, ...inPlane],
        group: 1,
      });
      return relu ? this.target.emit('Relu', [y], size) : y;
    };
    if (depth === 1) return convolve(slabs);
    const offsets = Array.from({ length: depth }, (_, tap) => tap - (depth - 1) / 2);
    const [count, , height, width] = slabs.shape as [number, number, number, number];
    if (height * width < LARGE_SLAB) return convolve(besideNeighbours(slabs, offsets));
    const each = Array.from({ length: count }, (_, d) => slice(slabs, 0, d, d + 1));
    const outside = pad(each[0]!, [1, 0, 0, 0], [-1, 0, 0, 0]);
    return concat(
      each.map((_, d) =>
        convolve(
          concat(
            offsets.map((by) => each[d + by] ?? outside),
            1,
          ),
        ),
      ),
      0,
    );
  }

  /** In the plane first, which leaves less for the depth. Windows are their own stride, as everywhere here. */
  private pool(op: 'MaxPool' | 'AveragePool', slabs: Value, window: readonly number[]): Value {
    const g = this.target;
    const [depth, channels, height, width] = slabs.shape as [number, number, number, number];
    const [along, ...inPlane] = window as [number, number, number];
    const [rows, columns] = [height / inPlane[0]!, width / inPlane[1]!];
    const pooled = g.emit(op, [slabs], [depth, channels, rows, columns], {
      kernel_shape: inPlane,
      strides: inPlane,
    });
    if (along === 1) return pooled;
    const shape = [depth / along, channels, rows, columns];
    const together = reshape(pooled, [depth / along, along * channels, rows, columns]);
    const parts = Array.from({ length: along }, (_, i) =>
      slice(together, 1, i * channels, (i + 1) * channels),
    );
    if (op === 'MaxPool') return g.emit('Max', parts, shape);
    return g.emit('Mul', [g.emit('Sum', parts, shape), g.scalar(1 / along)], shape);
  }

  /** Slabs are repeated before they grow, while they are small. */
  private upsample(slabs: Value, factor: number, { attributes }: GraphNode): Value {
    const g = this.target;
    const [depth, channels, height, width] = slabs.shape as [number, number, number, number];
    const repeated = reshape(concat(Array<Value>(factor).fill(slabs)), [
      depth * factor,
      channels,
      height,
      width,
    ]);
    const shape = [depth * factor, channels, height * factor, width * factor];
    const scales = g.constant([1, 1, factor, factor], [4]);
    return g.emit('Resize', [repeated, undefined, scales], shape, attributes);
  }
}
