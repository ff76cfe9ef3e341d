import { axisCodes, conform, createVolume, identityAffine, resample } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { meanSpaceGrid } from './mean-space-grid.ts';

const still = { rotation: [0, 0, 0], translationMm: [0, 0, 0] } as const;

test('it covers all scans, in 1 mm and LIA, whatever their order', () => {
  const scans = [
    { shape: [50, 30, 21] as const, voxelToWorld: [2, 0, 0, -60, 0, 2, 0, 0, 0, 0, 3, 7, 0, 0, 0, 1] },
    { shape: [80, 80, 80] as const, voxelToWorld: identityAffine },
  ];
  // x: -61 to 79.5; y: -1 to 79.5; z: -0.5 to 79.5.
  const grid = meanSpaceGrid(scans, [still, still]);
  expect(grid.shape).toEqual([142, 80, 82]);
  expect(axisCodes(grid.voxelToWorld)).toBe('LIA');
  expect(grid.voxelToWorld[3]).toBeCloseTo((-61 + 79.5) / 2 + 70.5, 9);
  expect(meanSpaceGrid(scans.reverse(), [still, still])).toEqual(grid);
});

test('it moves with the scans and goes up to 256 mm', () => {
  const scan = { shape: [300, 100, 100] as const, voxelToWorld: identityAffine };
  const grid = meanSpaceGrid([scan], [{ rotation: [0, 0, 0], translationMm: [5, 0, 0] }]);
  expect(grid.shape).toEqual([256, 100, 100]);
  expect(grid.voxelToWorld[3]).toBeCloseTo(149.5 + 5 + 127.5, 9);
});

test('conforming does not interpolate it again', () => {
  const grid = meanSpaceGrid([{ shape: [33, 40, 25], voxelToWorld: identityAffine }], [still]);
  const data = Uint8Array.from({ length: grid.shape.reduce((a, b) => a * b) }, (_, n) => (n * 37) % 200);
  const { volume } = conform(createVolume(data, grid.shape, grid.voxelToWorld), { sizeVoxels: 64 });
  const back = resample(volume, grid, { method: 'nearest' });
  expect(back.data).toEqual(data);
});
