/**
 * Instance, group and batch normalisation, and standardised kernels.
 *
 * While training both are written as elementary operators, so that their gradients follow from the tape's own
 * rules; in an inference graph they are the single standard ONNX operators. Batch statistics are those of the
 * chunk that one run of the graph sees; running statistics are kept in non-trainable parameters.
 */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { ones, zeros } from '../graph/initialiser.ts';
import { add, divide, multiply, sqrt, subtract } from './arithmetic.ts';
import { mean } from './reduce.ts';
import { elementCount, reshape } from './shape.ts';

export interface NormalisationOptions {
  readonly epsilon?: number;
}

/** Centres and scales over `axes`; returns the statistics as well. */
function standardise(x: Value, axes: readonly number[], epsilon: number) {
  const average = mean(x, axes, { keepAxes: true });
  const centred = subtract(x, average);
  const variance = mean(multiply(centred, centred), axes, { keepAxes: true });
  return { y: divide(centred, sqrt(add(variance, epsilon))), average, variance };
}

/** Scale and shift per channel, as parameters `scale` and `shift` of the current scope. */
function affineParameters(x: Value): { scale: Value; shift: Value } {
  const channels = x.shape[1]!;
  return {
    scale: x.graph.parameter('scale', [channels], ones, { decay: false }),
    shift: x.graph.parameter('shift', [channels], zeros, { decay: false }),
  };
}

function perChannel(v: Value, rank: number): Value {
  return reshape(v, [1, v.shape[0]!, ...Array<number>(rank - 2).fill(1)]);
}

/** Each channel of each image to mean 0 and variance 1, then a learned scale and shift (Ulyanov et al. 2016). */
export function instanceNorm(x: Value, options: NormalisationOptions = {}): Value {
  const epsilon = options.epsilon ?? 1e-5;
  const { scale, shift } = affineParameters(x);
  const rank = x.shape.length;
  if (x.graph.mode === 'inference') {
    return x.graph.emit('InstanceNormalization', [x, scale, shift], x.shape, { epsilon: { float: epsilon } });
  }
  const spatial = x.shape.flatMap((_, i) => (i < 2 ? [] : [i]));
  const { y } = standardise(x, spatial, epsilon);
  return add(multiply(y, perChannel(scale, rank)), perChannel(shift, rank));
}

/**
 * Each group of neighbouring channels of each image to mean 0 and variance 1, then a learned scale and shift per
 * channel (Wu and He 2018).
 */
export function groupNorm(x: Value, groups: number, options: NormalisationOptions = {}): Value {
  const epsilon = options.epsilon ?? 1e-5;
  const [images, channels] = x.shape as [number, number];
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `groupNorm(): ${channels} channels do not divide into ${groups} groups (input ${formatShape(x.shape)})`,
    );
  }
  const { scale, shift } = affineParameters(x);
  const g = x.graph;
  const rank = x.shape.length;
  const grouped = reshape(x, [images, groups, elementCount(x.shape) / (images * groups)]);
  const each = (value: number) => g.constant(Array<number>(groups).fill(value), [groups]);
  const y =
    g.mode === 'inference'
      ? g.emit('InstanceNormalization', [grouped, each(1), each(0)], grouped.shape, {
          epsilon: { float: epsilon },
        })
      : standardise(grouped, [2], epsilon).y;
  return add(multiply(reshape(y, x.shape), perChannel(scale, rank)), perChannel(shift, rank));
}

/**
 * Each channel to mean 0 and variance 1 over batch and space, then a learned scale and shift (Ioffe and Szegedy
 * 2015). Running mean and (biased) variance move by `momentum` a step and are used for inference.
 */
export function batchNorm(x: Value, options: NormalisationOptions & { momentum?: number } = {}): Value {
  const epsilon = options.epsilon ?? 1e-5;
  const momentum = options.momentum ?? 0.1;
  const g = x.graph;
  const rank = x.shape.length;
  const channels = x.shape[1]!;
  const { scale, shift } = affineParameters(x);
  const runningMean = g.parameter('running_mean', [channels], zeros, { trainable: false });
  const runningVariance = g.parameter('running_variance', [channels], ones, { trainable: false });
  if (g.mode === 'inference') {
    const operands = [x, scale, shift, runningMean, runningVariance];
    return g.emit('BatchNormalization', operands, x.shape, { epsilon: { float: epsilon } });
  }
  const { y, average, variance } = standardise(
    x,
    x.shape.flatMap((_, i) => (i === 1 ? [] : [i])),
    epsilon,
  );
  const moved = (running: Value, current: Value) =>
    add(multiply(running, 1 - momentum), multiply(reshape(current, [channels]), momentum));
  g.stateUpdates.set(runningMean.name, moved(runningMean, average));
  g.stateUpdates.set(runningVariance.name, moved(runningVariance, variance));
  return add(multiply(y, perChannel(scale, rank)), perChannel(shift, rank));
}

/** Below this the variance of a filter counts as none. */
const KERNEL_EPSILON = 1e-8;
/** What keeps the variance through a ReLU for kernels of mean 0: 1 / sqrt((1 - 1 / pi) / 2). */
const RELU_GAIN = 1.7139;

/**
 * Each filter to mean 0 and a variance of gain^2 * 2.94 / fan in, so that activations neither grow nor fade from
 * layer to layer without looking at them (scaled weight standardisation, Brock et al. 2021).
 *
 * @param weight [O, I, ...kernel]
 * @param gain [O]
 */
export function standardiseWeight(weight: Value, gain: Value): Value {
  const filters = weight.shape[0]!;
  const fanIn = weight.shape.slice(1).reduce((a, b) => a * b, 1);
  const { y } = standardise(reshape(weight, [filters, fanIn]), [1], KERNEL_EPSILON);
  const scale = multiply(reshape(gain, [filters, 1]), RELU_GAIN / Math.sqrt(fanIn));
  return reshape(multiply(y, scale), weight.shape);
}

/**
 * The same on plain numbers.
 *
 * @param shape [O, I, ...kernel]
 */
export function standardiseFilters(
  weight: Float32Array,
  shape: readonly number[],
  gain: Float32Array,
): Float32Array {
  const fanIn = weight.length / shape[0]!;
  const result = new Float32Array(weight.length);
  for (let filter = 0; filter < shape[0]!; filter++) {
    const own = weight.subarray(filter * fanIn, (filter + 1) * fanIn);
    const mean = own.reduce((total, value) => total + value, 0) / fanIn;
    const variance = own.reduce((total, value) => total + (value - mean) ** 2, 0) / fanIn;
    const scale = (gain[filter]! * RELU_GAIN) / Math.sqrt(fanIn * (variance + KERNEL_EPSILON));
    for (let i = 0; i < fanIn; i++) result[filter * fanIn + i] = (own[i]! - mean) * scale;
  }
  return result;
}

/** The gains with which `standardiseFilters` gives filters back that it has made. */
export function gainsOfFilters(standardised: Float32Array, filters: number): Float32Array {
  const fanIn = standardised.length / filters;
  return Float32Array.from({ length: filters }, (_, filter) => {
    const own = standardised.subarray(filter * fanIn, (filter + 1) * fanIn);
    return Math.sqrt(own.reduce((total, value) => total + value * value, 0)) / RELU_GAIN;
  });
}
