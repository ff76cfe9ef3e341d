import { describe, expect, test } from 'vitest';
import { testWithPython } from '../../../../test/python-oracle.ts';
import { testWithData } from '../../../../test/shared-data.ts';
import { dilate } from '../morphology/binary-morphology.ts';
import { drawn, maskOf, realLabels, scipy, seeded } from '../morphology/masks.test-helper.ts';
import type { Vec3, Volume } from '../volume/volume.ts';
import { labelMask } from './label-mask.ts';
import { hausdorff95Mm, meanSurfaceDistanceMm, surfaceDistancesMm } from './surface-distance.ts';

/** Python: surface of m by one erosion with faces, distances by the transform, as medpy and MONAI compute them. */
const reference = `(lambda s, d: (lambda ab, ba: [
  max(np.percentile(ab, 95), np.percentile(ba, 95)), np.concatenate([ab, ba]).mean(), len(ab), len(ba)
])(d(s(a), s(b)), d(s(b), s(a))))(
  lambda m: m ^ ndi.binary_erosion(m, ndi.generate_binary_structure(3, 1)),
  lambda p, q: ndi.distance_transform_edt(~q, sampling=mm)[p])`;

/** A ball with some of its voxels and surroundings flipped. */
function roughBall(seed: number, radius: number, spacing: Vec3): Volume<Uint8Array> {
  const random = seeded(seed);
  const cells = Array.from({ length: 24 * 22 * 20 }, (_, at) => {
    const [x, y, z] = [at % 24, Math.floor(at / 24) % 22, Math.floor(at / 528)];
    const inside = Math.hypot(x - 12, y - 11, z - 10) < radius;
    return inside !== random() < 0.03 ? 1 : 0;
  });
  return maskOf(cells, [24, 22, 20], spacing);
}

describe('surface distances', () => {
  test('of two slabs are the distance of their faces', () => {
    // Two rows: every voxel has the end of the grid across a face in y, so all are surface.
    const a = drawn([['.11..', '.11..']], [2, 1, 1]);
    const b = drawn([['.111.', '.111.']], [2, 1, 1]);
    const { aToB, bToA } = surfaceDistancesMm(a, b);
    expect([...aToB]).toEqual([0, 0, 0, 0]);
    expect([...bToA]).toEqual([0, 0, 0, 0, 2, 2]);
    expect(hausdorff95Mm(a, b)).toBe(2);
    expect(meanSurfaceDistanceMm(a, b)).toBeCloseTo(0.4, 6);
  });

  test('the inside is not surface; a slice is measured in two dimensions', () => {
    const square = drawn([['111', '111', '111']]);
    expect(surfaceDistancesMm(square, square).aToB.length).toBe(8);
    const cube = maskOf(new Uint8Array(27).fill(1), [3, 3, 3]);
    expect(surfaceDistancesMm(cube, cube).aToB.length).toBe(26);
  });

  test('the 95th percentile is interpolated and the larger direction counts', () => {
    const a = drawn([['1...................']]);
    const b = drawn([['1.1.................']]);
    // Directed: {0} and {0, 2}; 95th percentile of {0, 2} is 1.9.
    expect(hausdorff95Mm(a, b)).toBeCloseTo(1.9, 6);
    expect(hausdorff95Mm(b, a)).toBeCloseTo(1.9, 6);
  });

  test('equal masks are 0 apart, so are two empty ones; one empty one is infinitely far', () => {
    const mask = roughBall(1, 6, [1, 1, 1]);
    const empty = maskOf(new Uint8Array(mask.data.length), mask.shape);
    expect([hausdorff95Mm(mask, mask), meanSurfaceDistanceMm(mask, mask)]).toEqual([0, 0]);
    expect([hausdorff95Mm(empty, empty), meanSurfaceDistanceMm(empty, empty)]).toEqual([0, 0]);
    for (const [p, q] of [
      [mask, empty],
      [empty, mask],
    ] as const) {
      expect(hausdorff95Mm(p, q)).toBe(Number.POSITIVE_INFINITY);
      expect(meanSurfaceDistanceMm(p, q)).toBe(Number.POSITIVE_INFINITY);
    }
  });

  test('refuses masks on different grids', () => {
    const a = drawn([['11']]);
    expect(() => hausdorff95Mm(a, drawn([['11']], [2, 1, 1]))).toThrow(
      expect.objectContaining({ code: 'GRID_MISMATCH' }),
    );
  });

  testWithPython('equal what scipy gives by the definition of medpy and MONAI', ['scipy.ndimage'], () => {
    for (const [seed, spacing] of (
      [
        [1, 1, 1],
        [0.9375, 1.5, 3],
      ] as Vec3[]
    ).entries()) {
      const a = roughBall(10 + seed, 6, spacing);
      const b = roughBall(20 + seed, 7, spacing);
      const [hd95, mean, surfaceA, surfaceB] = scipy(reference, a, b);
      const { aToB, bToA } = surfaceDistancesMm(a, b);
      expect([aToB.length, bToA.length]).toEqual([surfaceA, surfaceB]);
      expect(hausdorff95Mm(a, b)).toBeCloseTo(hd95!, 5);
      expect(meanSurfaceDistanceMm(a, b)).toBeCloseTo(mean!, 5);
    }
  });

  testWithData('lead from real ventricles dilated by 2 mm back to them in 1 to 2 mm', async () => {
    const ventricles = labelMask(await realLabels(), [4, 43]);
    // Cut ends on the border of the crop would be surface of both.
    ventricles.data.forEach((_, at) => {
      const place = [at % 100, Math.floor(at / 100) % 100, Math.floor(at / 10_000)];
      if (place.some((i) => i < 3 || i > 96)) ventricles.data[at] = 0;
    });
    const grown = dilate(ventricles, { radiusMm: 2 });
    // A surface voxel of the dilation is within 2 mm of the mask, and a neighbour 1 mm away is not.
    const { bToA } = surfaceDistancesMm(ventricles, grown);
    expect(bToA.length).toBeGreaterThan(5000);
    expect(bToA[0]).toBeGreaterThan(1);
    expect(bToA.at(-1)).toBe(2);
  });
});
