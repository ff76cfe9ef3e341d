/**
 * The condition of every comparison of two masks: they lie on one grid.
 *
 * Two masks of equal shape but different affines (a flipped copy, a scan resampled elsewhere) would give a
 * number that looks like a bad segmentation, so it is an error instead.
 */
import { ImagingError } from '../errors.ts';
import type { Volume } from '../volume/index.ts';

/** Farthest that a corner of one grid may lie from the same corner of the other. */
const TOLERANCE_MM = 0.01;

/** @throws ImagingError GRID_MISMATCH when shapes differ or corners lie more than 0.01 mm apart. */
export function requireSameGrid(operation: string, a: Volume, b: Volume): void {
  const sameShape = a.shape.every((length, axis) => length === b.shape[axis]);
  if (!sameShape) {
    throw new ImagingError(
      'GRID_MISMATCH',
      `${operation}: the masks have ${a.shape.join('x')} and ${b.shape.join('x')} voxels; resample one to the other's grid`,
    );
  }
  const apart = cornerDistanceMm(a, b);
  if (apart > TOLERANCE_MM) {
    throw new ImagingError(
      'GRID_MISMATCH',
      `${operation}: the masks are both ${a.shape.join('x')} but their voxels lie up to ${apart.toFixed(2)} mm apart in world space; reorient or resample one to the other's grid`,
    );
  }
}

/** Largest distance between corresponding corner voxels; the largest over the whole grid, maps being affine. */
function cornerDistanceMm(a: Volume, b: Volume): number {
  let largest = 0;
  for (let corner = 0; corner < 8; corner++) {
    const index = [0, 1, 2].map((axis) => ((corner >> axis) & 1 ? a.shape[axis]! - 1 : 0));
    let squared = 0;
    for (let row = 0; row < 12; row += 4) {
      let difference = a.voxelToWorld[row + 3]! - b.voxelToWorld[row + 3]!;
      for (let axis = 0; axis < 3; axis++) {
        difference += (a.voxelToWorld[row + axis]! - b.voxelToWorld[row + axis]!) * index[axis]!;
      }
      squared += difference * difference;
    }
    largest = Math.max(largest, Math.sqrt(squared));
  }
  return largest;
}
