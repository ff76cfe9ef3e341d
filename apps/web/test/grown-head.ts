/** A second scan of a head: the first one, turned, with the middle of the brain grown. */
import { readFile, writeFile } from 'node:fs/promises';
import { applyAffine, invertAffine, readNifti, type Vec3, type Volume, writeNifti } from '@ventriseg/imaging';
import { linearAt } from '../../../test/linear-at.ts';

/** Growth at its centre, and how far it reaches (one standard deviation), mm. */
const growth = 0.15;
const reachMm = 30;
/** Radians. */
const turn = 0.07;

/** @param centreMm of the growth, world RAS */
export async function writeGrownHead(from: string, to: string, centreMm: Vec3): Promise<void> {
  const { volume } = await readNifti(new Uint8Array(await readFile(from)));
  await writeFile(to, await writeNifti(grown(volume, centreMm), { gzip: true }));
}

function grown(scan: Volume, centreMm: Vec3): Volume<Float32Array> {
  const { shape, voxelToWorld } = scan;
  const toVoxel = invertAffine(voxelToWorld);
  const data = new Float32Array(scan.data.length);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  for (let k = 0, at = 0; k < shape[2]; k++) {
    for (let j = 0; j < shape[1]; j++) {
      for (let i = 0; i < shape[0]; i++, at++) {
        const world = applyAffine(voxelToWorld, [i, j, k]);
        const [x, y, z] = world.map((mm, axis) => mm - centreMm[axis]!) as [number, number, number];
        const shrink = 1 - growth * Math.exp(-(x * x + y * y + z * z) / (2 * reachMm ** 2));
        // Turned about the axis from foot to head, then looked up nearer to the centre than it lies.
        const source: Vec3 = [
          centreMm[0] + shrink * (cos * x - sin * y),
          centreMm[1] + shrink * (sin * x + cos * y),
          centreMm[2] + shrink * z,
        ];
        data[at] = linearAt(scan, applyAffine(toVoxel, source));
      }
    }
  }
  return { data, shape, voxelToWorld };
}
