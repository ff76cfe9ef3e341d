/** A sampling grid: where the voxels of a volume are, without their values. */

import type { Affine, Shape3 } from '../volume/volume.ts';
import { applyAffine } from './affine.ts';

export interface Grid {
  readonly shape: Shape3;
  /** Voxel index (i, j, k, 1) to world RAS mm. */
  readonly voxelToWorld: Affine;
}

/** The grid that a volume lies on. */
export function gridOf(volume: Grid): Grid {
  return { shape: volume.shape, voxelToWorld: volume.voxelToWorld };
}

/**
 * Whether two grids (or volumes) have the same shape and put every voxel at the same place, storage order
 * included.
 *
 * Affines are compared by what they do: the largest distance in mm between corresponding corner voxels, which
 * bounds that of all voxels, must not exceed `toleranceMm`. The default lets pass what NIfTI's 32-bit headers
 * and quaternions lose.
 */
export function sameGrid(a: Grid, b: Grid, toleranceMm = 0.01): boolean {
  if (a.shape.some((n, axis) => n !== b.shape[axis])) return false;
  const [nx, ny, nz] = a.shape;
  for (let corner = 0; corner < 8; corner++) {
    const voxel = [corner & 1 ? nx - 1 : 0, corner & 2 ? ny - 1 : 0, corner & 4 ? nz - 1 : 0] as const;
    const p = applyAffine(a.voxelToWorld, voxel);
    const q = applyAffine(b.voxelToWorld, voxel);
    if (!(Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) <= toleranceMm)) return false;
  }
  return true;
}
