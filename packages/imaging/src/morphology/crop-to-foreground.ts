import { cropVolume } from '../geometry/crop.ts';
import type { Volume, VoxelArray } from '../volume/volume.ts';
import { foregroundBox } from './foreground-box.ts';

/**
 * The part that holds everything that is not 0, of a ventricle often a fiftieth of the volume; undefined when all is 0.
 *
 * @example const part = cropToForeground(labels)
 */
export function cropToForeground<T extends VoxelArray>(volume: Volume<T>): Volume<T> | undefined {
  const box = foregroundBox(volume);
  return box && cropVolume(volume, box);
}
