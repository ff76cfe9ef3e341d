/**
 * Volumes in millilitres: voxels counted times the volume of a voxel, which is the determinant of the affine
 * (so shears and rotations are right too).
 */
import type { Volume } from '../volume/index.ts';

/** Volume of one voxel in mL. */
export function voxelVolumeMl(volume: Pick<Volume, 'voxelToWorld'>): number {
  const [a, b, c, , d, e, f, , g, h, i] = volume.voxelToWorld;
  const det = a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!);
  return Math.abs(det) / 1000;
}

/** Volume of the non-zero voxels in mL. */
export function volumeMl(mask: Volume): number {
  const { data } = mask;
  let voxels = 0;
  for (let at = 0; at < data.length; at++) if (data[at] !== 0) voxels++;
  return voxels * voxelVolumeMl(mask);
}
