import { describe, expect, test } from 'vitest';
import { multiplyAffines } from '../geometry/affine.ts';
import { randomVolume, turnedAffine } from '../geometry/synthetic-volume.test-helper.ts';
import { createVolume } from '../volume/volume.ts';
import { resample } from './resample.ts';
import { voxelMeans } from './voxel-means.ts';

const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** A row of voxels along x, 1 mm apart. */
const row = (...values: number[]) => createVolume(Float32Array.from(values), [values.length, 1, 1], identity);
/** A row of places along x. */
const places = (count: number, start: number, step: number) => ({
  shape: [count, 1, 1] as const,
  voxelToWorld: identity.with(0, step).with(3, start),
});

describe('voxelMeans', () => {
  test('of two voxels each, no more and no less', () => {
    expect([...voxelMeans(row(0, 1, 1, 1, 0, 0), places(3, 0.5, 2)).data]).toEqual([0.5, 1, 0]);
  });

  test('a grid that begins elsewhere reads between the voxels', () => {
    // Of the values at 0.5 and 1.5, at 2.5 and 3.5.
    expect([...voxelMeans(row(0, 4, 8, 8, 0), places(2, 1, 2)).data]).toEqual([4, 6]);
  });

  test('of five voxels of a thick slice, the other axes left alone; outside is nothing', () => {
    const source = createVolume(
      Float32Array.from({ length: 20 }, (_, at) => at % 2),
      [2, 1, 10],
      identity,
    );
    const slices = { shape: [2, 1, 3] as const, voxelToWorld: identity.with(10, 5).with(11, 2) };
    const means = voxelMeans(source, slices).data;
    [0, 1, 0, 1, 0, 0].forEach((mean, at) => {
      expect(means[at]).toBeCloseTo(mean, 6);
    });
  });

  test('what a structure holds in all stays, along turned axes too', () => {
    const source = randomVolume([12, 10, 8], turnedAffine([1, 1, 1], [0.2, -0.1, 0.3], [5, -3, 8]));
    const coarse = {
      shape: [6, 5, 4] as const,
      voxelToWorld: multiplyAffines(source.voxelToWorld, [
        ...[2, 0, 0, 0.5, 0, 2, 0, 0.5],
        ...[0, 0, 2, 0.5, 0, 0, 0, 1],
      ]),
    };
    const total = (data: ArrayLike<number>) => Array.from(data).reduce((sum, value) => sum + value, 0);
    expect(8 * total(voxelMeans(source, coarse).data)).toBeCloseTo(total(source.data), 2);
  });

  test('a grid that is not coarser is interpolated as by resample', () => {
    const source = row(0, 4, 8, 8, 0);
    const grid = places(8, 0.2, 0.5);
    expect(voxelMeans(source, grid)).toEqual(resample(source, grid));
  });
});
