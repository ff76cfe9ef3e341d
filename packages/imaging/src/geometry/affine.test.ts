import { describe, expect, test } from 'vitest';
import { ImagingError } from '../errors.ts';
import {
  affineDeterminant,
  applyAffine,
  identityAffine,
  invertAffine,
  multiplyAffines,
  voxelSizesMm,
} from './affine.ts';
import { seededRandom } from './synthetic-volume.test-helper.ts';

// 2 x 3 x 4 mm voxels, axes y, -x, z, origin (10, 20, 30).
const turned = [0, -3, 0, 10, 2, 0, 0, 20, 0, 0, 4, 30, 0, 0, 0, 1];

describe('affines', () => {
  test('take voxels to hand-computed places', () => {
    expect(applyAffine(turned, [0, 0, 0])).toEqual([10, 20, 30]);
    expect(applyAffine(turned, [1, 2, 3])).toEqual([10 - 6, 20 + 2, 30 + 12]);
  });

  test('know their voxel sizes and volume', () => {
    expect(voxelSizesMm(turned)).toEqual([2, 3, 4]);
    expect(affineDeterminant(turned)).toBe(24);
    expect(affineDeterminant([-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])).toBe(-1);
  });

  test('multiply so that the right one acts first', () => {
    const shift = [1, 0, 0, 5, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    expect(applyAffine(multiplyAffines(turned, shift), [0, 0, 0])).toEqual(applyAffine(turned, [5, 0, 0]));
    expect(applyAffine(multiplyAffines(shift, turned), [0, 0, 0])).toEqual([15, 20, 30]);
  });

  test('times their inverse are the identity', () => {
    const random = seededRandom(7);
    for (let n = 0; n < 200; n++) {
      const affine = [...Array.from({ length: 12 }, () => random() * 20 - 10), 0, 0, 0, 1];
      if (Math.abs(affineDeterminant(affine)) < 1) continue;
      multiplyAffines(affine, invertAffine(affine)).forEach((value, at) => {
        expect(value).toBeCloseTo(identityAffine[at]!, 9);
      });
    }
  });

  test('that are singular have no inverse', () => {
    const flat = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    expect(() => invertAffine(flat)).toThrow(ImagingError);
    expect(() => invertAffine(flat)).toThrow(/determinant is 0/);
    expect(() => invertAffine([Number.NaN, ...flat.slice(1)])).toThrow(/determinant is NaN/);
  });
});
