import {
  applyAffine,
  createVolume,
  reorient,
  type Shape3,
  sameGrid,
  type Volume,
  type VoxelArray,
  voxelSizesMm,
} from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { cutBox, gridOfBox, locateImage, toWorkingGrid, workingGrid } from './working-grid.ts';

/** A RAS volume with voxels of these sizes, tilted a little, holding pseudo-random numbers. */
function scan(shape: Shape3, sizes: Shape3, make = (n: number): VoxelArray => new Int16Array(n)): Volume {
  const data = make(shape[0] * shape[1] * shape[2]);
  for (let at = 0; at < data.length; at++) data[at] = (at * 7919) % 1009;
  const [a, b, c] = sizes;
  const [cos, sin] = [Math.cos(0.2), Math.sin(0.2)];
  const affine = [cos * a, -sin * b, 0, -30, sin * a, cos * b, 0, 12, 0, 0, c, 5, 0, 0, 0, 1];
  return createVolume(data, shape, affine);
}

test('voxels of about 1 mm are used as they are, in LIA order', () => {
  const volume = scan([5, 6, 7], [1.04, 1, 0.96]);
  const { volume: working, ownVoxels } = toWorkingGrid(volume);
  expect(ownVoxels).toBe(true);
  expect(working).toEqual(reorient(volume, 'LIA'));
  expect(sameGrid(workingGrid(volume), working, 1e-9)).toBe(true);
});

test('only the axes that need it are resampled, about the middle of the field of view', () => {
  const volume = scan([20, 30, 8], [1, 0.7, 5]);
  const { volume: working, ownVoxels } = toWorkingGrid(volume);
  expect(ownVoxels).toBe(false);
  // LIA: the first axis of RAS turned round, then the third, then the second.
  expect(working.shape).toEqual([20, 40, 21]);
  voxelSizesMm(working.voxelToWorld).forEach((size) => {
    expect(size).toBeCloseTo(1, 9);
  });
  const middle = (v: Volume) => applyAffine(v.voxelToWorld, v.shape.map((n) => (n - 1) / 2) as never);
  middle(working).forEach((value, axis) => {
    expect(value).toBeCloseTo(middle(volume)[axis]!, 9);
  });
});

test.each(['RAS', 'ASR', 'PIL', 'SPR'])('storage in %s order changes nothing', (order) => {
  for (const sizes of [
    [1, 1, 1],
    [0.8, 1.2, 2],
  ] as const) {
    const volume = scan([11, 13, 9], sizes);
    const expected = toWorkingGrid(volume).volume;
    const other = toWorkingGrid(reorient(volume, order)).volume;
    expect(other.data).toEqual(expected.data);
    expect(sameGrid(other, expected, 1e-9)).toBe(true);
  }
});

test('the locate image holds the means of 4 x 4 x 4 voxels where they lie', () => {
  const volume = scan([9, 8, 4], [1, 1, 1], (n) => new Uint16Array(n));
  const image = locateImage(volume, 8);
  expect(image.shape).toEqual([8, 8, 8]);
  const { data } = volume;
  let sum = 0;
  for (let k = 0; k < 4; k++)
    for (let j = 4; j < 8; j++) for (let i = 4; i < 8; i++) sum += data[i + 9 * (j + 8 * k)]!;
  expect(image.data[1 + 8]).toBeCloseTo(sum / 64, 4);
  let edge = 0;
  for (let k = 0; k < 4; k++) for (let j = 0; j < 4; j++) edge += data[8 + 9 * (j + 8 * k)]!;
  expect(image.data[2]).toBeCloseTo(edge / 16, 4);
  expect(image.data[3]).toBe(0);
  expect(applyAffine(image.voxelToWorld, [1, 0, 0])).toEqual(
    applyAffine(volume.voxelToWorld, [5.5, 1.5, 1.5]),
  );
});

test('around a scan with negative numbers the padding is its least mean', () => {
  const volume = { ...scan([8, 8, 8], [1, 1, 1]), data: new Float32Array(512).fill(-2) };
  volume.data.fill(6, 256);
  const image = locateImage(volume, 4);
  expect([...new Set(image.data)].sort()).toEqual([-2, 6]);
  volume.data.fill(-9, 0, 512);
  expect(new Set(locateImage(volume, 4).data)).toEqual(new Set([-9]));
});

test('a box may reach beyond the scan; it lies where its voxels lie', () => {
  const volume = scan([4, 3, 2], [1, 1, 1]);
  const box = { start: [-1, 1, 1] as const, shape: [3, 3, 2] as const };
  const at = (i: number, j: number, k: number) => volume.data[i + 4 * (j + 3 * k)]!;
  expect([...cutBox(volume, box, -5)]).toEqual([
    ...[-5, at(0, 1, 1), at(1, 1, 1)],
    ...[-5, at(0, 2, 1), at(1, 2, 1)],
    ...new Array(12).fill(-5),
  ]);
  const grid = gridOfBox(volume, box);
  expect(grid.shape).toEqual([3, 3, 2]);
  expect(applyAffine(grid.voxelToWorld, [1, 0, 0])).toEqual(applyAffine(volume.voxelToWorld, [0, 1, 1]));
});
