import { expect, test } from 'vitest';
import { widthOf } from './horn-widths.ts';
import type { PoseVolume } from './pose-volume.ts';
import { thirdVentricleRow } from './third-ventricle-width.ts';

/** Values in a box from (-10, -40, -12) mm, by how much of each voxel is third ventricle. */
function third(value: (x: number, y: number, z: number) => number): PoseVolume {
  const shape = [21, 51, 25] as const;
  const data = new Float32Array(21 * 51 * 25);
  for (let k = 0, at = 0; k < shape[2]; k++) {
    for (let j = 0; j < shape[1]; j++) {
      for (let i = 0; i < shape[0]; i++, at++) data[at] = value(i - 10, j - 40, k - 12);
    }
  }
  return { data, shape, firstMm: [-10, -40, -12] };
}

test('half voxels count as half, and the row lies about the middle', () => {
  // From x = 0.5 to 4.75: voxels 1 to 4 and a quarter of the fifth.
  const row = thirdVentricleRow(third((x) => (x >= 1 && x <= 4 ? 1 : x === 5 ? 0.25 : 0)))!;
  expect(widthOf(row)).toBeCloseTo(4.25, 5);
  expect((row.lowX + row.highX) / 2).toBeCloseTo((1 + 2 + 3 + 4 + 5 * 0.25) / 4.25, 5);
});

test('only what lies between the commissures, near their plane, counts', () => {
  const wide = (x: number) => (Math.abs(x) <= 5 ? 1 : 0);
  const narrow = (x: number) => (Math.abs(x) <= 1 ? 1 : 0);
  const row = thirdVentricleRow(
    third((x, y, z) => (y > 2 || y < -30 || Math.abs(z) > 7 ? wide(x) : narrow(x))),
  )!;
  expect(widthOf(row)).toBeCloseTo(3, 5);
  expect(thirdVentricleRow(third((x, y) => (y > 3 ? wide(x) : 0)))).toBeUndefined();
});
