import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runNiimath } from '../../../../test/niimath-oracle.ts';
import { testWithPython } from '../../../../test/python-oracle.ts';
import { testWithData } from '../../../../test/shared-data.ts';
import { labelMask } from '../metrics/label-mask.ts';
import { foregroundBox } from '../morphology/foreground-box.ts';
import { drawn, maskOf, randomMask, realLabels, scaling, scipy } from '../morphology/masks.test-helper.ts';
import { writeNifti } from '../nifti/index.ts';
import { readScan } from '../volume/scan-file.ts';
import { createVolume, type Shape3, type Vec3, type Volume } from '../volume/volume.ts';
import { distanceTransform } from './distance-transform.ts';

function naiveDistances(mask: Volume, spacing: Vec3, toForeground: boolean): number[] {
  const [nx, ny] = mask.shape;
  const place = (at: number): Vec3 => [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))];
  const sites = [...mask.data.keys()].filter((at) => (mask.data[at] !== 0) === toForeground).map(place);
  return Array.from(mask.data, (_, at) => {
    const p = place(at);
    return Math.min(...sites.map((s) => Math.hypot(...s.map((c, axis) => (c - p[axis]!) * spacing[axis]!))));
  });
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let at = 0; at < a.length; at++) {
    if (a[at] !== b[at]) largest = Math.max(largest, Math.abs(a[at]! - b[at]!));
  }
  return largest;
}

describe('distanceTransform', () => {
  test('measures to the background, or to the foreground, in mm', () => {
    const mask = drawn([['.111..']], [2, 1, 1]);
    expect([...distanceTransform(mask).data]).toEqual([0, 2, 4, 2, 0, 0]);
    expect([...distanceTransform(mask, { to: 'foreground' }).data]).toEqual([2, 0, 0, 0, 2, 4]);
  });

  test('measures along diagonals of anisotropic voxels', () => {
    const corner = maskOf([1, 0, 0, 0, 0, 0, 0, 0], [2, 2, 2], [3, 4, 12]);
    expect([...distanceTransform(corner, { to: 'foreground' }).data]).toEqual([
      0,
      3,
      4,
      5,
      12,
      Math.fround(Math.hypot(3, 12)),
      Math.fround(Math.hypot(4, 12)),
      13,
    ]);
  });

  test('without anything to measure to, everything is infinitely far', () => {
    const full = maskOf(new Uint8Array(8).fill(1), [2, 2, 2]);
    expect([...distanceTransform(full).data]).toEqual(Array(8).fill(Number.POSITIVE_INFINITY));
    expect([...distanceTransform(full, { to: 'foreground' }).data]).toEqual(Array(8).fill(0));
  });

  test('agrees with the naive minimum on random masks', () => {
    const side = fc.integer({ min: 1, max: 6 });
    const mm = fc.double({ min: 0.3, max: 4, noNaN: true });
    fc.assert(
      fc.property(
        fc.tuple(side, side, side),
        fc.tuple(mm, mm, mm),
        fc.infiniteStream(fc.integer({ min: 0, max: 4 })),
        fc.boolean(),
        (shape: Shape3, spacing: Vec3, values, sparse) => {
          const cells = [...values.take(shape[0] * shape[1] * shape[2])];
          const mask = maskOf(
            cells.map((value) => (sparse ? (value === 4 ? 1 : 0) : value)),
            shape,
            spacing,
          );
          for (const to of ['foreground', 'background'] as const) {
            const { data } = distanceTransform(mask, { to });
            const expected = naiveDistances(mask, spacing, to === 'foreground');
            expect(largestDifference(data, expected)).toBeLessThan(1e-5);
          }
        },
      ),
      { numRuns: 100, seed: 2 },
    );
  });

  test('in a box around the foreground gives the same distances on a grid of its own', () => {
    const mask = randomMask([12, 11, 10], 0.002, 3, [1, 2, 3]);
    const box = foregroundBox(mask)!;
    const whole = distanceTransform(mask, { to: 'foreground' });
    const part = distanceTransform(mask, { to: 'foreground', box });
    expect(part.shape).toEqual(box.size);
    expect(part.shape).not.toEqual(mask.shape);
    const [x, y, z] = box.start;
    const [bx, by] = box.size;
    expect([3, 7, 11].map((i) => part.voxelToWorld[i])).toEqual([x, 2 * y, 3 * z]);
    const expected = Array.from(part.data, (_, at) => {
      const [i, j, k] = [at % bx, Math.floor(at / bx) % by, Math.floor(at / (bx * by))];
      return whole.data[x + i + 12 * (y + j + 11 * (z + k))]!;
    });
    expect([...part.data]).toEqual(expected);
  });

  test('refuses sheared grids and boxes that leave the grid', () => {
    const sheared = createVolume(
      new Uint8Array(8),
      [2, 2, 2],
      [1, 0.5, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    );
    expect(() => distanceTransform(sheared)).toThrow(/storage axes 0 and 1 are 63.4 degrees apart/);
    const mask = maskOf(new Uint8Array(8), [2, 2, 2]);
    expect(() => distanceTransform(mask, { box: { start: [1, 0, 0], size: [2, 2, 2] } })).toThrow(
      /box of 2x2x2 at 1, 0, 0 leaves the grid of 2x2x2/,
    );
  });

  test('a rotated grid is measured by its voxel sizes', () => {
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
    const affine = [2 * c, -s, 0, 5, 2 * s, c, 0, 6, 0, 0, 1, 7, 0, 0, 0, 1];
    const mask = createVolume(Uint8Array.of(1, 0, 0), [3, 1, 1], affine);
    expect([...distanceTransform(mask, { to: 'foreground' }).data]).toEqual([0, 2, 4]);
  });

  testWithPython('equals scipy.ndimage.distance_transform_edt', ['scipy.ndimage'], () => {
    const mask = randomMask([40, 37, 29], 0.97, 4, [0.9375, 1.2, 3]);
    const expected = scipy('ndi.distance_transform_edt(a, sampling=mm)', mask);
    expect(largestDifference(distanceTransform(mask).data, expected)).toBeLessThan(1e-5);
    const opposite = scipy('ndi.distance_transform_edt(~a, sampling=mm)', mask);
    expect(largestDifference(distanceTransform(mask, { to: 'foreground' }).data, opposite)).toBeLessThan(
      1e-5,
    );
  });

  testWithData('equals niimath on real white matter', async () => {
    const matter = labelMask(await realLabels(), [2, 41]);
    const stretched = createVolume(matter.data, matter.shape, scaling([1, 1.5, 2]));
    const { volume } = await readScan(
      await runNiimath(await writeNifti(stretched, { gzip: false }), ['-edt']),
    );
    const { data } = distanceTransform(stretched);
    expect(data.reduce((a, b) => Math.max(a, b))).toBeGreaterThan(5);
    expect(largestDifference(data, volume.data)).toBeLessThan(1e-4);
  });
});
