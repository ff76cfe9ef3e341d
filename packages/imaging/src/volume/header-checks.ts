/**
 * Checks of what a header claims, before anything is allocated or read on its word.
 */
import { ImagingError } from '../errors.ts';
import { type Affine, createVolume, type Shape3, voxelCount } from './volume.ts';

/** Larger grids are taken for a damaged header: 2^31 voxels are a cube of 1290. */
const LARGEST_VOXEL_COUNT = 2 ** 31;

/**
 * Checks the sizes of the three axes.
 *
 * @throws ImagingError BAD_DIMENSIONS
 */
export function checkDimensions(shape: Shape3, path: string | undefined): void {
  const count = voxelCount(shape);
  const positive = shape.every((n) => Number.isSafeInteger(n) && n > 0);
  if (positive && count <= LARGEST_VOXEL_COUNT) return;
  const reason = positive ? `over ${LARGEST_VOXEL_COUNT} voxels` : 'not all positive';
  throw new ImagingError(
    'BAD_DIMENSIONS',
    `${path ?? 'scan'}: header says ${shape.join('x')} voxels, ${reason}; the header looks damaged`,
    path === undefined ? {} : { path },
  );
}

/**
 * Checks the affine by the rules of `createVolume`, and names the file, which `createVolume` does not know.
 *
 * @throws ImagingError BAD_AFFINE
 */
export function checkAffine(voxelToWorld: Affine, path: string | undefined): void {
  try {
    createVolume(new Uint8Array(1), [1, 1, 1], voxelToWorld);
  } catch (cause) {
    throw new ImagingError(
      'BAD_AFFINE',
      `${path ?? 'scan'}: ${cause instanceof Error ? cause.message : String(cause)}; the header looks damaged`,
      path === undefined ? { cause } : { path, cause },
    );
  }
}
