/** The part of a volume that matters, often a fiftieth of it. */
import {
  cropVolume,
  foregroundBox,
  type Shape3,
  type Vec3,
  type Volume,
  type VoxelArray,
} from '@ventriseg/imaging';

/**
 * The part that holds everything that is not 0, with a voxel around it: where there is none around, the field of view
 * ends. The whole volume when all is 0.
 *
 * @param shown what the part has to hold, on the volume's grid; default the volume itself
 */
export function aroundForeground<T extends VoxelArray>(volume: Volume<T>, shown: Volume = volume): Volume<T> {
  const box = foregroundBox(shown);
  if (box === undefined) return volume;
  const first = box.start.map((at) => Math.max(0, at - 1));
  const last = box.start.map((at, axis) => Math.min(volume.shape[axis]! - 1, at + box.size[axis]!));
  return cropVolume(volume, {
    start: first as unknown as Vec3,
    size: last.map((at, axis) => at - first[axis]! + 1) as unknown as Shape3,
  });
}
