import { describe, expect, test } from 'vitest';
import { gridOf, sameGrid } from './grid.ts';
import { reorient } from './reorient.ts';
import { randomVolume, turnedAffine } from './synthetic-volume.test-helper.ts';

const affine = turnedAffine([0.9, 1, 1.2], [0.1, -0.2, 0.3], [-90, -120, -60]);
const volume = randomVolume([5, 6, 7], affine);

describe('sameGrid', () => {
  test('accepts the same grid and what a 32-bit header makes of it', () => {
    expect(sameGrid(volume, gridOf(volume))).toBe(true);
    expect(sameGrid(volume, { shape: [5, 6, 7], voxelToWorld: affine.map(Math.fround) })).toBe(true);
  });

  test('rejects another shape, place, size or order', () => {
    expect(sameGrid(volume, { ...gridOf(volume), shape: [5, 6, 8] })).toBe(false);
    const moved = affine.with(3, affine[3]! + 0.02);
    expect(sameGrid(volume, { shape: [5, 6, 7], voxelToWorld: moved })).toBe(false);
    expect(sameGrid(volume, { shape: [5, 6, 7], voxelToWorld: moved }, 0.03)).toBe(true);
    const grown = affine.with(0, affine[0]! + 0.005);
    expect(sameGrid(volume, { shape: [5, 6, 7], voxelToWorld: grown })).toBe(false);
    expect(sameGrid(volume, reorient(volume, 'LAS'))).toBe(false);
  });

  test('is false, not true, for matrices that are not numbers', () => {
    const broken = affine.with(3, Number.NaN);
    expect(sameGrid(volume, { shape: [5, 6, 7], voxelToWorld: broken })).toBe(false);
  });
});
