/**
 * Voxel sizes of a grid, with the guarantee that its axes stand at right angles.
 *
 * Separable distance transforms add squared distances along the axes, which is only the distance in space when
 * the axes are orthogonal. MR scans are; a sheared affine (a registration matrix saved as a header) is refused
 * rather than measured wrongly.
 */
import { ImagingError } from '../errors.ts';
import { voxelSizesMm } from '../geometry/index.ts';
import type { Vec3, Volume } from '../volume/volume.ts';

/** Largest cosine between two axes taken for rounding of the header; 0.01 is 0.6 degrees. */
const LARGEST_COSINE = 0.01;

/**
 * Voxel sizes in mm along the three storage axes.
 *
 * @throws ImagingError BAD_AFFINE when two axes are more than 0.6 degrees from a right angle.
 */
export function orthogonalSpacingMm(operation: string, volume: Pick<Volume, 'voxelToWorld'>): Vec3 {
  const m = volume.voxelToWorld;
  const spacing = voxelSizesMm(m);
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const dot = m[a]! * m[b]! + m[4 + a]! * m[4 + b]! + m[8 + a]! * m[8 + b]!;
    const cosine = dot / (spacing[a] * spacing[b]);
    if (Math.abs(cosine) > LARGEST_COSINE) {
      throw new ImagingError(
        'BAD_AFFINE',
        `${operation}: storage axes ${a} and ${b} are ${((Math.acos(cosine) * 180) / Math.PI).toFixed(1)} degrees apart, not 90; resample to a grid without shear`,
      );
    }
  }
  return spacing;
}
