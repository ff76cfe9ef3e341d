import { createVolume, identityAffine } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { moveScan } from './move-scan.ts';

const row = (values: number[], voxelMm = 1) =>
  createVolume(
    Float32Array.from(values),
    [values.length, 1, 1],
    [...[voxelMm, 0, 0, 0], ...identityAffine.slice(4)],
  );
const shift = (mm: number) => [1, 0, 0, mm, ...identityAffine.slice(4)];

test('a head that is moved by whole voxels keeps its values; beyond the scan lies air', () => {
  const scan = row([5, 6, 7, 8]);
  expect([...moveScan(scan, shift(1), scan).data]).toEqual([0, 5, 6, 7]);
  const negative = row([-3, 6, 7, 8]);
  expect([...moveScan(negative, shift(2), negative).data]).toEqual([-3, -3, -3, 6]);
});

test('edges do not overshoot the values of the scan', () => {
  const scan = row([0, 0, 0, 0, 100, 100, 100, 100]);
  const { data } = moveScan(scan, shift(0.5), scan);
  // Cubic convolution gives -6.25 and 106.25 beside the edge.
  expect([...data]).toEqual([0, 0, 0, 0, 50, 100, 100, 100]);
});

test('thick slices are interpolated linearly', () => {
  const scan = row([0, 0, 0, 100, 20, 20], 3);
  expect([...moveScan(scan, shift(1.5), scan).data]).toEqual([0, 0, 0, 50, 60, 20]);
});
