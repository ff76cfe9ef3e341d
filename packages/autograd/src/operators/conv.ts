/**
 * Convolution in two or three dimensions, with stride, dilation, padding and groups.
 *
 * Gradient of the input: for stride 1 without groups a convolution with the flipped, transposed kernel (fast
 * kernels everywhere), else the transposed convolution, its exact adjoint. Gradient of the kernel: see
 * conv-weight-gradient.ts.
 */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { convWeightGradient } from './conv-weight-gradient.ts';
import { elementCount, reshape, transpose } from './shape.ts';

export interface ConvOptions {
  readonly stride?: number;
  readonly dilation?: number;
  /** Zeros added at both ends of each spatial axis; default: 'same', which keeps the size at stride 1. */
  readonly padding?: number | 'same';
  readonly groups?: number;
}

/** The options with their defaults, one number for all spatial axes. */
export interface ConvGeometry {
  readonly kernel: readonly number[];
  readonly stride: number;
  readonly dilation: number;
  readonly padding: readonly number[];
  readonly groups: number;
}

export function convGeometry(
  operator: string,
  kernel: readonly number[],
  options: ConvOptions,
): ConvGeometry {
  const stride = options.stride ?? 1;
  const dilation = options.dilation ?? 1;
  const groups = options.groups ?? 1;
  for (const [name, n] of Object.entries({ stride, dilation, groups })) {
    if (!Number.isInteger(n) || n < 1) {
      throw new AutogradError('BAD_ARGUMENT', `${operator}(): ${name} must be a positive integer, got ${n}`);
    }
  }
  const padding = kernel.map((k) => {
    if (options.padding !== undefined && options.padding !== 'same') {
      if (!Number.isInteger(options.padding) || options.padding < 0) {
        throw new AutogradError(
          'BAD_ARGUMENT',
          `${operator}(): padding must be 'same' or a whole number of zeros, got ${options.padding}`,
        );
      }
      return options.padding;
    }
    if ((dilation * (k - 1)) % 2 !== 0) {
      throw new AutogradError('BAD_ARGUMENT', `${operator}(): 'same' padding needs an odd kernel, got ${k}`);
    }
    return (dilation * (k - 1)) / 2;
  });
  return { kernel, stride, dilation, padding, groups };
}

/** ONNX attributes of a (transposed) convolution. */
export function convAttributes(c: ConvGeometry) {
  return {
    kernel_shape: c.kernel,
    strides: c.kernel.map(() => c.stride),
    dilations: c.kernel.map(() => c.dilation),
    pads: [...c.padding, ...c.padding],
    group: c.groups,
  };
}

/**
 * @param x [N, C, ...spatial], two or three spatial axes
 * @param weight [O, C / groups, ...kernel]
 * @param bias [O]
 * @returns [N, O, ...spatial]
 * @throws AutogradError SHAPE_MISMATCH naming both shapes
 */
export function conv(x: Value, weight: Value, bias?: Value, options: ConvOptions = {}): Value {
  const spatialRank = x.shape.length - 2;
  if (weight.shape.length !== x.shape.length || spatialRank < 1) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `conv() of ${formatShape(x.shape)} with a kernel of ${formatShape(weight.shape)}: the ranks differ`,
    );
  }
  const c = convGeometry('conv', weight.shape.slice(2), options);
  const [n, channels] = x.shape as [number, number];
  const filters = weight.shape[0]!;
  if (channels !== weight.shape[1]! * c.groups || filters % c.groups !== 0) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `conv() input channels: ${channels} != ${weight.shape[1]} x ${c.groups} groups (input ${formatShape(x.shape)}, kernel ${formatShape(weight.shape)})`,
    );
  }
  if (bias !== undefined && formatShape(bias.shape) !== formatShape([filters])) {
    throw new AutogradError('SHAPE_MISMATCH', `conv() bias is ${formatShape(bias.shape)}, not ${filters}`);
  }
  const spatial = c.kernel.map((k, i) =>
    Math.floor((x.shape[i + 2]! + 2 * c.padding[i]! - c.dilation * (k - 1) - 1) / c.stride + 1),
  );
  const g = x.graph;
  const operands = bias === undefined ? [x, weight] : [x, weight, bias];
  const y = g.emit('Conv', operands, [n, filters, ...spatial], convAttributes(c));
  return g.record(operands, y, (dy, needs) => [
    needs[0] ? convInputGradient(dy, weight, x.shape, c) : undefined,
    needs[1] ? convWeightGradient(x, dy, weight.shape, c) : undefined,
    needs[2] ? channelSum(dy) : undefined,
  ]);
}

/** Sum over batch and space: the gradient of a bias. */
export function channelSum(dy: Value): Value {
  const axes = dy.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  return dy.graph.emit('ReduceSum', [dy, dy.graph.integers(axes)], [dy.shape[1]!], { keepdims: 0 });
}

function convInputGradient(dy: Value, weight: Value, inputShape: readonly number[], c: ConvGeometry): Value {
  const g = dy.graph;
  if (c.stride === 1 && c.groups === 1) {
    const [filters, channels] = weight.shape as [number, number];
    const taps = elementCount(c.kernel);
    // Flip every kernel axis at once: reversing the flattened taps reverses each of them.
    const reversed = g.integers(Array.from({ length: taps }, (_, i) => taps - 1 - i));
    const swapped = transpose(weight, [1, 0, ...c.kernel.map((_, i) => i + 2)]);
    const flipped = g.emit(
      'Gather',
      [reshape(swapped, [channels, filters, taps]), reversed],
      [channels, filters, taps],
      { axis: 2 },
    );
    const padding = c.kernel.map((k, i) => c.dilation * (k - 1) - c.padding[i]!);
    if (padding.every((p) => p >= 0)) {
      return g.emit(
        'Conv',
        [dy, reshape(flipped, [channels, filters, ...c.kernel])],
        inputShape,
        convAttributes({ ...c, padding }),
      );
    }
  }
  const reached = c.kernel.map(
    (k, i) => (dy.shape[i + 2]! - 1) * c.stride + c.dilation * (k - 1) + 1 - 2 * c.padding[i]!,
  );
  return g.emit('ConvTranspose', [dy, weight], inputShape, {
    ...convAttributes(c),
    output_padding: reached.map((n, i) => inputShape[i + 2]! - n),
  });
}
