/** A part of a volume as a volume of its own, at the same place in the world. */
import { ImagingError } from '../errors.ts';
import { createVolume, type Shape3, type Vec3, type Volume, type VoxelArray } from '../volume/volume.ts';
import { multiplyAffines } from './affine.ts';

/**
 * Copies a box of voxels out of a volume.
 *
 * @param box first voxel and number of voxels along the storage axes
 * @throws ImagingError BAD_DIMENSIONS when the box is empty or does not lie inside the volume.
 * @example const brain = cropVolume(scan, foregroundBox(mask)!)
 */
export function cropVolume<T extends VoxelArray>(
  volume: Volume<T>,
  box: { readonly start: Vec3; readonly size: Shape3 },
): Volume<T> {
  const { data, shape, voxelToWorld } = volume;
  const [x, y, z] = box.start;
  const [nx, ny, nz] = box.size;
  if (box.start.some((first, axis) => first < 0 || first + box.size[axis]! > shape[axis]!)) {
    throw new ImagingError(
      'BAD_DIMENSIONS',
      `box of ${box.size.join('x')} voxels from (${box.start.join(', ')}) does not lie in a volume of ` +
        `${shape.join('x')}`,
    );
  }
  // A copy of the right type and length, whose content is then replaced.
  const cut = data.slice(0, nx * ny * nz) as T;
  for (let row = 0; row < ny * nz; row++) {
    const from = x + shape[0] * (y + (row % ny) + shape[1] * (z + Math.floor(row / ny)));
    cut.set(data.subarray(from, from + nx), row * nx);
  }
  const move = [1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z, 0, 0, 0, 1];
  return createVolume(cut, box.size, multiplyAffines(voxelToWorld, move));
}
