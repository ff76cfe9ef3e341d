/**
 * Volumes in millilitres: voxels counted times the volume of a voxel, which is the determinant of the affine
 * (so shears and rotations are right too).
 */
import { affineDeterminant } from '../geometry/index.ts';
import type { Volume } from '../volume/volume.ts';

/** Volume of one voxel in mL. */
export function voxelVolumeMl(volume: Pick<Volume, 'voxelToWorld'>): number {
  return Math.abs(affineDeterminant(volume.voxelToWorld)) / 1000;
}

/** Volume of the non-zero voxels in mL. */
export function volumeMl(mask: Volume): number {
  const { data } = mask;
  let voxels = 0;
  for (let at = 0; at < data.length; at++) if (data[at] !== 0) voxels++;
  return voxels * voxelVolumeMl(mask);
}
