import { expect, test } from 'vitest';
import { bicaudateRow, frontalHornRow, occipitalHornRow, widthOf } from './horn-widths.ts';
import type { PoseVolume } from './pose-volume.ts';

/** One axial slice, 10 mm above the commissures, of walls at plus and minus the given half widths, y from -12. */
function slice(halfWidthMm: (y: number) => number, side: -1 | 1): PoseVolume {
  const [nx, ny] = [81, 45];
  const data = new Float32Array(nx * ny);
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      const outwards = side * (i - 40);
      // Partial voxels, so that walls between grid points are found there.
      if (outwards >= 1) data[i + nx * j] = Math.min(1, Math.max(0, halfWidthMm(j - 12) + 0.5 - outwards));
    }
  }
  return { data, shape: [nx, ny, 1], firstMm: [-40, -12, 10] };
}
const both = (halfWidthMm: (y: number) => number) => ({
  left: slice(halfWidthMm, -1),
  right: slice(halfWidthMm, 1),
});

test('the waist between the caudates is the narrowest row between the horns and the bodies', () => {
  const row = bicaudateRow(both((y) => 8.5 + Math.abs(y - 6) / 4))!;
  expect(row.y).toBe(6);
  expect(row.z).toBe(10);
  expect(widthOf(row)).toBeCloseTo(17, 5);
});

test('horns that only narrow or only widen backwards have no waist; nor do dents of less than half a mm', () => {
  expect(bicaudateRow(both((y) => 12 + y / 4))).toBeUndefined();
  expect(bicaudateRow(both((y) => 20 - y / 4))).toBeUndefined();
  expect(bicaudateRow(both((y) => (y === 6 ? 14.85 : 15)))).toBeUndefined();
});

test('a horn that is shorter than the other does not hide how far that one reaches', () => {
  // The left horn reaches 18 mm out at y = 32, where the right one has long ended; that one reaches 9 mm at y = 8.
  const lateral = {
    left: slice((y) => 2 + y / 2, -1),
    right: slice((y) => (y > 8 ? -1 : 5 + y / 2), 1),
  };
  const row = frontalHornRow(lateral)!;
  expect(row.lowX).toBeCloseTo(-18, 5);
  expect(row.highX).toBeCloseTo(9, 5);
  expect(row.y).toBe((32 + 8) / 2);
  expect(occipitalHornRow(lateral)).toBeUndefined();
});
