/**
 * Axis-aligned resampling, prepared one axis at a time: for every target index, the source indices to read and
 * their weights, with smoothing folded in.
 *
 * Positions are laid out in the direction of the target axis, whatever the direction of the source axis, and
 * snapped to 2^-20 of a voxel. So a source stored in another order or direction gives bit-identical results,
 * and positions meant to be whole are whole.
 */
import {
  gaussianWeights,
  type InterpolationMethod,
  interpolationWeights,
  tapCount,
} from './interpolation-weights.ts';

/** Positions this close to whole, over a whole axis, count as whole (in voxels). */
export const WHOLE_TOLERANCE_VOXELS = 1e-4;

const SNAP = 2 ** 20;

export interface AxisTaps {
  /** Target indices from (inclusive) and to (exclusive) that lie inside the source. */
  readonly from: number;
  readonly to: number;
  /** Source samples read by each target index. */
  readonly taps: number;
  /** Source index of tap t of target index i, at [i * taps + t]. */
  readonly index: Int32Array;
  readonly weight: Float64Array;
}

/**
 * @param slope source samples from one target index to the next; not 0, negative when the axes run against each other
 * @param offset source position of target index 0
 * @param count target indices
 * @param length source samples
 * @param sigma standard deviation of the Gaussian applied to the source first, in source samples; 0 for none
 */
export function prepareAxis(
  method: InterpolationMethod,
  slope: number,
  offset: number,
  count: number,
  length: number,
  sigma: number,
): AxisTaps {
  const flipped = slope < 0;
  const step = Math.abs(slope);
  const start = flipped ? length - 1 - offset : offset;
  const positions = Float64Array.from(
    { length: count },
    (_, i) => Math.round((start + step * i) * SNAP) / SNAP,
  );
  const whole = positions.every((p) => Math.abs(p - Math.round(p)) <= WHOLE_TOLERANCE_VOXELS);
  if (whole)
    positions.forEach((p, i) => {
      positions[i] = Math.round(p);
    });

  const kernel: InterpolationMethod = whole ? 'nearest' : method;
  const gaussian = gaussianWeights(sigma);
  const radius = (gaussian.length - 1) / 2;
  const base = tapCount[kernel];
  const taps = base + 2 * radius;
  const index = new Int32Array(count * taps);
  const weight = new Float64Array(count * taps);
  const baseWeights = new Float64Array(base);
  let from = count;
  let to = 0;
  for (let i = 0; i < count; i++) {
    const position = positions[i]!;
    if (position < -0.5 || position > length - 0.5) continue;
    from = Math.min(from, i);
    to = i + 1;
    const clamped = Math.min(Math.max(position, 0), length - 1);
    const first = interpolationWeights(kernel, clamped, baseWeights) - radius;
    for (let t = 0; t < taps; t++) {
      const sample = Math.min(Math.max(first + t, 0), length - 1);
      index[i * taps + t] = flipped ? length - 1 - sample : sample;
    }
    for (let b = 0; b < base; b++) {
      for (let g = 0; g < gaussian.length; g++) weight[i * taps + b + g]! += baseWeights[b]! * gaussian[g]!;
    }
  }
  return { from: Math.min(from, to), to, taps, index, weight };
}
