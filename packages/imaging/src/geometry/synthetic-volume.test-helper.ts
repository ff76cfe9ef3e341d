/** Small volumes with values that differ everywhere, and the 48 storage orders, for tests. */
import { createVolume, type Shape3, type Volume, voxelCount } from '../volume/volume.ts';

/** All 48 axis orders: 6 permutations of the three axes, each of the 8 ways to point them. */
export const all48Orders: readonly string[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
].flatMap((permutation) =>
  Array.from({ length: 8 }, (_, signs) =>
    permutation.map((axis, n) => ['LR', 'PA', 'IS'][axis]![(signs >> n) & 1]).join(''),
  ),
);

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** An affine with the given voxel sizes, turned by angles (radians) about x, y and z, then moved. */
export function turnedAffine(
  [sx, sy, sz]: readonly [number, number, number],
  [ax, ay, az]: readonly [number, number, number],
  [tx, ty, tz]: readonly [number, number, number],
): number[] {
  const [cx, cy, cz] = [Math.cos(ax), Math.cos(ay), Math.cos(az)];
  const [nx, ny, nz] = [Math.sin(ax), Math.sin(ay), Math.sin(az)];
  return [
    ...[cz * cy * sx, (cz * ny * nx - nz * cx) * sy, (cz * ny * cx + nz * nx) * sz, tx],
    ...[nz * cy * sx, (nz * ny * nx + cz * cx) * sy, (nz * ny * cx - cz * nx) * sz, ty],
    ...[-ny * sx, cy * nx * sy, cy * cx * sz, tz],
    ...[0, 0, 0, 1],
  ];
}

/** A float32 volume of random values in [0, 1000). */
export function randomVolume(shape: Shape3, voxelToWorld: readonly number[], seed = 1): Volume<Float32Array> {
  const random = seededRandom(seed);
  const data = Float32Array.from({ length: voxelCount(shape) }, () => random() * 1000);
  return createVolume(data, shape, voxelToWorld);
}
