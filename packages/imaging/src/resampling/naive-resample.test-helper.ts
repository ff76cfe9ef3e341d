/**
 * Resampling written for reading, not for speed: the reference that the fast ways are compared with. Kernels are
 * given as functions of distance, every sample near a position is summed, nothing is separable or precomputed.
 */
import { applyAffine, invertAffine } from '../geometry/affine.ts';
import type { Grid } from '../geometry/grid.ts';
import type { Volume } from '../volume/volume.ts';
import type { InterpolationMethod } from './interpolation-weights.ts';

const kernels: { readonly [method in InterpolationMethod]: (distance: number) => number } = {
  nearest: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0),
  linear: (x) => Math.max(0, 1 - Math.abs(x)),
  cubic: (x) => {
    const d = Math.abs(x);
    if (d <= 1) return 1.5 * d ** 3 - 2.5 * d ** 2 + 1;
    return d < 2 ? -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2 : 0;
  },
};

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** Values on the grid in double precision; places outside the source get `fill`. */
export function naiveResample(
  volume: Volume,
  grid: Grid,
  method: InterpolationMethod,
  fill = 0,
): Float64Array {
  const kernel = kernels[method];
  const [nx, ny, nz] = volume.shape;
  const toSource = invertAffine(volume.voxelToWorld);
  const out = new Float64Array(grid.shape[0] * grid.shape[1] * grid.shape[2]);
  for (let n = 0; n < out.length; n++) {
    const i = n % grid.shape[0];
    const j = Math.floor(n / grid.shape[0]) % grid.shape[1];
    const k = Math.floor(n / (grid.shape[0] * grid.shape[1]));
    const position = applyAffine(toSource, applyAffine(grid.voxelToWorld, [i, j, k]));
    if (position.some((p, axis) => p < -0.5 || p > volume.shape[axis]! - 0.5)) {
      out[n] = fill;
      continue;
    }
    const [x, y, z] = position.map((p, axis) => clamp(p, 0, volume.shape[axis]! - 1)) as [
      number,
      number,
      number,
    ];
    let sum = 0;
    for (let c = Math.floor(z) - 2; c <= Math.floor(z) + 3; c++) {
      for (let b = Math.floor(y) - 2; b <= Math.floor(y) + 3; b++) {
        for (let a = Math.floor(x) - 2; a <= Math.floor(x) + 3; a++) {
          const weight = kernel(x - a) * kernel(y - b) * kernel(z - c);
          if (weight === 0) continue;
          const at = clamp(a, 0, nx - 1) + nx * (clamp(b, 0, ny - 1) + ny * clamp(c, 0, nz - 1));
          sum += weight * volume.data[at]!;
        }
      }
    }
    out[n] = sum;
  }
  return out;
}

/** Smooths along one axis with a Gaussian cut at 4 sigma (rounded up), ends continued by their last value. */
export function naiveGaussian(volume: Volume, axis: 0 | 1 | 2, sigma: number): Volume<Float64Array> {
  const radius = Math.ceil(4 * sigma);
  const stride = [1, volume.shape[0], volume.shape[0] * volume.shape[1]][axis]!;
  const length = volume.shape[axis]!;
  const data = Float64Array.from(volume.data, (_, n) => {
    const at = Math.floor(n / stride) % length;
    let sum = 0;
    let total = 0;
    for (let d = -radius; d <= radius; d++) {
      const weight = Math.exp(-(d * d) / (2 * sigma * sigma));
      sum += weight * volume.data[n + (clamp(at + d, 0, length - 1) - at) * stride]!;
      total += weight;
    }
    return sum / total;
  });
  return { ...volume, data };
}

/** Largest absolute difference. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let n = 0; n < a.length; n++) largest = Math.max(largest, Math.abs(a[n]! - b[n]!));
  return largest;
}
