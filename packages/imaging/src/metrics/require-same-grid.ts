/**
 * The condition of every comparison of two masks: they lie on one grid.
 *
 * Two masks of equal shape but different affines (a flipped copy, a scan resampled elsewhere) would give a
 * number that looks like a bad segmentation, so it is an error instead.
 */
import { ImagingError } from '../errors.ts';
import { applyAffine, sameGrid } from '../geometry/index.ts';
import type { Volume } from '../volume/volume.ts';

/** @throws ImagingError GRID_MISMATCH when shapes differ or corners lie more than 0.01 mm apart. */
export function requireSameGrid(operation: string, a: Volume, b: Volume): void {
  if (sameGrid(a, b)) return;
  const shapes = [a.shape.join('x'), b.shape.join('x')] as const;
  if (shapes[0] !== shapes[1]) {
    throw new ImagingError(
      'GRID_MISMATCH',
      `${operation}: the masks have ${shapes[0]} and ${shapes[1]} voxels; resample one to the other's grid`,
    );
  }
  throw new ImagingError(
    'GRID_MISMATCH',
    `${operation}: the masks are both ${shapes[0]} but their voxels lie up to ${cornerDistanceMm(a, b).toFixed(2)} mm apart in world space; reorient or resample one to the other's grid`,
  );
}

/** Largest distance between corresponding corner voxels. */
function cornerDistanceMm(a: Volume, b: Volume): number {
  const [nx, ny, nz] = a.shape;
  let largest = 0;
  for (let corner = 0; corner < 8; corner++) {
    const voxel = [corner & 1 ? nx - 1 : 0, corner & 2 ? ny - 1 : 0, corner & 4 ? nz - 1 : 0] as const;
    const p = applyAffine(a.voxelToWorld, voxel);
    const q = applyAffine(b.voxelToWorld, voxel);
    largest = Math.max(largest, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]));
  }
  return largest;
}
