import { createVolume, type Grid, multiplyAffines, resample } from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { expect, test } from 'vitest';
import { sampleSlice } from './sample-slice.ts';

const random = new SeededRandom(1);
const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
const turn = [c, -s, 0, 4, s, c, 0, -7, 0, 0, 1, 2, 0, 0, 0, 1];
const shape = [14, 11, 9] as const;
const data = Float32Array.from({ length: 14 * 11 * 9 }, () => random.uniform(0, 100));
const uneven = [0.9, 0, 0, -5, 0, 1.3, 0, 3, 0, 0, 2, -8, 0, 0, 0, 1];

/** Pixels by where they lie in the scan's voxels; beyond its end on every side. */
const slices: Record<string, readonly number[]> = {
  'along the first two axes': [0.4, 0, 0, -2, 0, 0.5, 0, -1, 0, 0, 1, 3.25, 0, 0, 0, 1],
  'on whole voxels': [1, 0, 0, -2, 0, 1, 0, -1, 0, 0, 1, 4, 0, 0, 0, 1],
  'along the last two axes, one backwards': [0, 0, 1, 6.5, 0, -0.6, 0, 12, 0.5, 0, 0, -1.2, 0, 0, 0, 1],
  'across all axes': [0.5, 0.2, 0, -1.03, -0.2, 0.5, 0, 2.03, 0.1, 0.1, 1, 2.03, 0, 0, 0, 1],
};

test.each(Object.entries(slices))('%s: as general resampling', (_, toVoxel) => {
  for (const voxelToWorld of [uneven, multiplyAffines(turn, uneven)]) {
    const image = createVolume(data, shape, voxelToWorld);
    const grid: Grid = { shape: [40, 30, 1], voxelToWorld: multiplyAffines(voxelToWorld, toVoxel) };
    const expected = resample(image, grid, { fill: -1 }).data;
    const sampled = sampleSlice(image, grid, -1);
    expect(expected.filter((value) => value === -1).length).toBeGreaterThan(0);
    sampled.forEach((value, at) => {
      expect(Math.abs(value - expected[at]!)).toBeLessThan(2e-3);
    });
  }
});
