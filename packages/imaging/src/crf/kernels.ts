/**
 * The two pairwise kernels of the dense CRF, normalised symmetrically: N^-1/2 K N^-1/2, N the row sums of K.
 */
import { ImagingError } from '../errors.ts';
import type { Shape3, Vec3, VoxelArray } from '../volume/volume.ts';
import { gaussianSum, gaussianTaps } from './gaussian-sum.ts';
import { buildLattice, filterLattice } from './permutohedral-lattice.ts';

/** A normalised kernel over the voxels of one image. */
export interface Kernel {
  /** Puts the kernel's sums of the values (one a voxel) into `message`. */
  apply(values: Float32Array): void;
  /** Result of the last `apply`. */
  readonly message: Float32Array;
  /** The kernel's sums of ones. */
  readonly total: Float32Array;
}

/** Gaussian of the distance in mm. */
export function smoothnessKernel(shape: Shape3, spacingMm: Vec3, sigmaMm: number): Kernel {
  const taps = gaussianTaps(shape, spacingMm, sigmaMm);
  const scratch = new Float32Array(shape[0] * shape[1] * shape[2]);
  return normalised(scratch.length, (values) => gaussianSum(values, scratch, shape, taps));
}

/** Gaussian of the distance in mm and of the difference in intensity. Axes of length 1 are left out. */
export function bilateralKernel(
  intensities: VoxelArray,
  shape: Shape3,
  spacingMm: Vec3,
  { sigmaMm, sigmaIntensity }: { sigmaMm: number; sigmaIntensity: number },
): Kernel {
  const axes = [0, 1, 2].filter((axis) => shape[axis]! > 1);
  const features = bilateralFeatures(intensities, shape, spacingMm, axes, sigmaMm, sigmaIntensity);
  const lattice = buildLattice(features, axes.length + 1);
  return normalised(intensities.length, (values) => filterLattice(lattice, values, values));
}

function normalised(voxels: number, sum: (values: Float32Array) => void): Kernel {
  const root = new Float32Array(voxels).fill(1);
  sum(root);
  for (let at = 0; at < voxels; at++) root[at] = 1 / Math.sqrt(root[at]!);
  const message = new Float32Array(voxels);
  const apply = (values: Float32Array) => {
    for (let at = 0; at < voxels; at++) message[at] = values[at]! * root[at]!;
    sum(message);
    for (let at = 0; at < voxels; at++) message[at]! *= root[at]!;
  };
  apply(new Float32Array(voxels).fill(1));
  return { apply, message, total: message.slice() };
}

/** Position and intensity of each voxel in standard deviations, around the middle of each. */
function bilateralFeatures(
  intensities: VoxelArray,
  shape: Shape3,
  spacingMm: Vec3,
  axes: readonly number[],
  sigmaMm: number,
  sigmaIntensity: number,
): Float32Array {
  const [nx, ny, nz] = shape;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < intensities.length; at++) {
    const value = intensities[at]!;
    if (!Number.isFinite(value)) {
      throw new ImagingError(
        'NON_FINITE',
        `dense CRF: intensity of voxel ${at} is ${value}; replace it first`,
      );
    }
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const middle = (low + high) / 2;
  const d = axes.length + 1;
  const features = new Float32Array(intensities.length * d);
  const place = [0, 0, 0];
  let at = 0;
  for (place[2] = 0; place[2] < nz; place[2]++) {
    for (place[1] = 0; place[1] < ny; place[1]++) {
      for (place[0] = 0; place[0] < nx; place[0]++, at++) {
        for (let i = 0; i < d - 1; i++) {
          const axis = axes[i]!;
          features[at * d + i] = ((place[axis]! - (shape[axis]! - 1) / 2) * spacingMm[axis]!) / sigmaMm;
        }
        features[at * d + d - 1] = (intensities[at]! - middle) / sigmaIntensity;
      }
    }
  }
  return features;
}
