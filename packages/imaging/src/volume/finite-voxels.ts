/**
 * NaN and infinity in scans: some writers mark "outside the field of view" with NaN. Everything downstream
 * assumes finite numbers, so they are replaced by 0 here, once, and counted.
 */
import { ImagingError } from '../errors.ts';
import type { VoxelArray } from './volume.ts';

/**
 * Replaces non-finite voxels by 0 in place and adds a warning with their number.
 *
 * @throws ImagingError NON_FINITE when no voxel is finite
 */
export function replaceNonFinite(data: VoxelArray, path: string | undefined, warnings: string[]): void {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return;
  const n = data.length;
  let count = 0;
  for (let i = 0; i < n; i++) {
    const v = data[i]!;
    if (v - v !== 0) {
      data[i] = 0;
      count++;
    }
  }
  if (count === 0) return;
  if (count === n) {
    throw new ImagingError(
      'NON_FINITE',
      `${path ?? 'scan'}: all ${n} voxels are NaN or infinite; there is no image in this file`,
      path === undefined ? {} : { path },
    );
  }
  warnings.push(`${count} of ${n} voxels are NaN or infinite; they were replaced by 0.`);
}
