import { describe, expect, test } from 'vitest';
import { testWithPython } from '../../../../test/python-oracle.ts';
import { testWithData } from '../../../../test/shared-data.ts';
import { labelMask } from '../metrics/label-mask.ts';
import type { Vec3, Volume } from '../volume/volume.ts';
import { close, dilate, erode, open } from './binary-morphology.ts';
import { drawing, drawn, maskOf, randomMask, realLabels, scipy } from './masks.test-helper.ts';

/** Every voxel asks every voxel (beyond the grid too): slow and plainly right. */
function naiveBall(mask: Volume, radiusMm: number, spacing: Vec3, erosion: boolean): number[] {
  const [nx, ny, nz] = mask.shape;
  const reach = spacing.map((mm, axis) => (mask.shape[axis] === 1 ? 0 : Math.ceil(radiusMm / mm)));
  return Array.from(mask.data, (_, at) => {
    const [x, y, z] = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))];
    for (let k = -reach[2]!; k <= reach[2]!; k++) {
      for (let j = -reach[1]!; j <= reach[1]!; j++) {
        for (let i = -reach[0]!; i <= reach[0]!; i++) {
          if (Math.hypot(i * spacing[0], j * spacing[1], k * spacing[2]) > radiusMm + 1e-9) continue;
          const [p, q, r] = [x + i, y + j, z + k];
          const inGrid = p >= 0 && p < nx && q >= 0 && q < ny && r >= 0 && r < nz;
          const value = inGrid && mask.data[p + nx * (q + ny * r)] !== 0;
          if (value !== erosion) return erosion ? 0 : 1;
        }
      }
    }
    return erosion ? 1 : 0;
  });
}

describe('steps to neighbours', () => {
  const dot = drawn([['.....', '.....', '..1..', '.....', '.....']]);

  test('dilates a dot to a diamond, or to a square', () => {
    expect(drawing(dilate(dot))).toEqual([['.....', '..1..', '.111.', '..1..', '.....']]);
    expect(drawing(dilate(dot, { connectivity: 18 }))).toEqual([
      ['.....', '.111.', '.111.', '.111.', '.....'],
    ]);
    expect(drawing(dilate(dot, { iterations: 2 }))).toEqual([['..1..', '.111.', '11111', '.111.', '..1..']]);
    expect(drawing(dilate(dot, { iterations: 0 }))).toEqual(drawing(dot));
  });

  test('erosion eats from the edge of the grid; closing gives it back', () => {
    const full = drawn([['1111', '1111', '1111']]);
    expect(drawing(erode(full))).toEqual([['....', '.11.', '....']]);
    expect(drawing(close(full, { iterations: 3 }))).toEqual(drawing(full));
  });

  test('opening cuts a thread, closing bridges a gap', () => {
    const thread = drawn([['.......', '111.111', '1111111', '111.111', '.......']]);
    expect(drawing(open(thread, { connectivity: 18 }))).toEqual([
      ['.......', '111.111', '111.111', '111.111', '.......'],
    ]);
    expect(drawing(close(thread, { connectivity: 18 }))).toEqual([
      ['.......', '1111111', '1111111', '1111111', '.......'],
    ]);
  });

  testWithPython('equals scipy.ndimage', ['scipy.ndimage'], () => {
    const mask = randomMask([19, 17, 15], 0.3, 11);
    const dense = randomMask([19, 17, 15], 0.9, 12);
    for (const [i, connectivity] of ([6, 18, 26] as const).entries()) {
      const iterations = i === 2 ? 1 : 2;
      const rest = `ndi.generate_binary_structure(3, ${i + 1}), ${iterations}`;
      const element = { connectivity, iterations };
      // scipy erodes closings at the border of the array, hence the padding.
      const closing = `ndi.binary_closing(np.pad(a, 3), ${rest})[3:-3, 3:-3, 3:-3]`;
      const sparse = randomMask([19, 17, 15], 0.05, 13);
      expect([...dilate(sparse, element).data]).toEqual([
        ...scipy(`ndi.binary_dilation(a, ${rest})`, sparse),
      ]);
      expect([...erode(dense, element).data]).toEqual([...scipy(`ndi.binary_erosion(a, ${rest})`, dense)]);
      expect([...open(dense, element).data]).toEqual([...scipy(`ndi.binary_opening(a, ${rest})`, dense)]);
      expect([...close(mask, element).data]).toEqual([...scipy(closing, mask)]);
    }
  });
});

describe('balls in mm', () => {
  test('a radius of exactly two voxels reaches the second', () => {
    const dot = drawn([['.....', '.....', '..1..', '.....', '.....']], [0.9375, 0.9375, 1]);
    expect(drawing(dilate(dot, { radiusMm: 1.875 }))).toEqual([
      ['..1..', '.111.', '11111', '.111.', '..1..'],
    ]);
  });

  test('follows the voxel sizes', () => {
    const dot = drawn([['.....', '.....', '..1..', '.....', '.....']], [1, 3, 1]);
    expect(drawing(dilate(dot, { radiusMm: 2 }))).toEqual([['.....', '.....', '11111', '.....', '.....']]);
  });

  test('agrees with the naive ball on random masks', () => {
    for (const [seed, spacing] of (
      [
        [1, 1, 1],
        [0.7, 1.3, 2],
        [2, 0.5, 1],
      ] as Vec3[]
    ).entries()) {
      for (const radiusMm of [0, 1, 2.2]) {
        const sparse = randomMask([9, 8, 7], 0.03, seed, spacing);
        expect([...dilate(sparse, { radiusMm }).data]).toEqual(naiveBall(sparse, radiusMm, spacing, false));
        const dense = randomMask([9, 8, 7], 0.97, seed, spacing);
        expect([...erode(dense, { radiusMm }).data]).toEqual(naiveBall(dense, radiusMm, spacing, true));
      }
    }
  });

  test('an empty mask stays empty, a single voxel alone in its grid stays', () => {
    expect([...dilate(maskOf([0, 0, 0, 0], [2, 2, 1]), { radiusMm: 5 }).data]).toEqual([0, 0, 0, 0]);
    expect([...erode(maskOf([1], [1, 1, 1]), { radiusMm: 5 }).data]).toEqual([1]);
  });

  test('refuses negative radii and parts of iterations', () => {
    const mask = maskOf([1], [1, 1, 1]);
    expect(() => dilate(mask, { radiusMm: -1 })).toThrow(/radiusMm must be 0 or more and finite: -1/);
    expect(() => close(mask, { iterations: 1.5 })).toThrow(/close: iterations must be a whole number: 1.5/);
  });

  testWithData('open and close bracket real ventricles', async () => {
    const ventricles = labelMask(await realLabels(), [4, 43]);
    const opened = open(ventricles, { radiusMm: 1.5 });
    const closed = close(ventricles, { radiusMm: 1.5 });
    let lost = 0;
    let won = 0;
    let wrong = 0;
    for (let at = 0; at < ventricles.data.length; at++) {
      const [o, v, c] = [opened.data[at]!, ventricles.data[at]!, closed.data[at]!];
      if (o > v || v > c) wrong++;
      if (o < v) lost++;
      if (c > v) won++;
    }
    expect(wrong).toBe(0);
    expect(Math.min(lost, won)).toBeGreaterThan(0);
    expect(Buffer.compare(open(opened, { radiusMm: 1.5 }).data, opened.data)).toBe(0);
    expect(Buffer.compare(close(closed, { radiusMm: 1.5 }).data, closed.data)).toBe(0);
  });
});
