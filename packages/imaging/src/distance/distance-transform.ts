/**
 * Euclidean distance maps of a mask, in mm.
 */
import { ImagingError } from '../errors.ts';
import { multiplyAffines } from '../geometry/index.ts';
import { cropMask, type VoxelBox } from '../morphology/foreground-box.ts';
import type { Volume } from '../volume/volume.ts';
import { orthogonalSpacingMm } from './orthogonal-spacing.ts';
import { squaredDistances } from './squared-distance.ts';

export interface DistanceOptions {
  /**
   * What to measure the distance to. 'background' (the default, as scipy.ndimage.distance_transform_edt): 0
   * outside the mask, growing towards its middle. 'foreground': 0 inside, growing away from it.
   */
  to?: 'background' | 'foreground';
  /**
   * Compute in this box only; the result has the box's size and its own affine. Voxels outside the box are not
   * seen, so it must hold the nearest ones: the whole foreground, or the foreground and one voxel around it.
   */
  box?: VoxelBox;
}

/**
 * Exact Euclidean distance in mm from each voxel's centre to the centre of the nearest background (or
 * foreground) voxel. Infinity everywhere when there is no such voxel; the world outside the grid is neither.
 *
 * @throws ImagingError BAD_AFFINE when the grid's axes are sheared; BAD_ARGUMENT when the box leaves the grid.
 */
export function distanceTransform(mask: Volume, options: DistanceOptions = {}): Volume<Float32Array> {
  const { to = 'background', box = { start: [0, 0, 0], size: mask.shape } } = options;
  if (to !== 'background' && to !== 'foreground') {
    throw new ImagingError(
      'BAD_ARGUMENT',
      `distanceTransform: to must be 'background' or 'foreground': ${to}`,
    );
  }
  for (let axis = 0; axis < 3; axis++) {
    const start = box.start[axis]!;
    const size = box.size[axis]!;
    if (
      !Number.isInteger(start) ||
      !Number.isInteger(size) ||
      start < 0 ||
      size < 1 ||
      start + size > mask.shape[axis]!
    ) {
      throw new ImagingError(
        'BAD_ARGUMENT',
        `distanceTransform: box of ${box.size.join('x')} at ${box.start.join(', ')} leaves the grid of ${mask.shape.join('x')}`,
      );
    }
  }
  const spacing = orthogonalSpacingMm('distanceTransform', mask);
  const cropped = cropMask(mask.data, mask.shape, box);
  const data = squaredDistances(cropped, to === 'foreground' ? 1 : 0, box.size, spacing);
  for (let at = 0; at < data.length; at++) data[at] = Math.sqrt(data[at]!);
  const [x, y, z] = box.start;
  const voxelToWorld = multiplyAffines(mask.voxelToWorld, [1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z, 0, 0, 0, 1]);
  return { data, shape: box.size, voxelToWorld };
}
