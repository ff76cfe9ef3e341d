import { expect, test } from 'vitest';
import type { Shape3, Vec3 } from '../volume/volume.ts';
import { movingMean } from './moving-mean.ts';

/** One running mean along an axis, written for reading. */
function naiveMean(values: Float64Array, shape: Shape3, axis: number, radius: number): Float64Array {
  const stride = [1, shape[0], shape[0] * shape[1]][axis]!;
  return values.map((_, at) => {
    const q = Math.floor(at / stride) % shape[axis]!;
    let sum = 0;
    let count = 0;
    for (let p = Math.max(0, q - radius); p <= Math.min(shape[axis]! - 1, q + radius); p++, count++) {
      sum += values[at + (p - q) * stride]!;
    }
    return sum / count;
  });
}

test('two running means along each axis, of the width nearest to the one wanted', () => {
  const shape: Shape3 = [9, 4, 7];
  const values = Float32Array.from({ length: 9 * 4 * 7 }, (_, n) => Math.sin(n * n));
  const sizes: Vec3 = [2, 5, 1];
  // 10 mm are 5 voxels of 2 mm (radius 2), 2 of 5 mm (radius 1, as 0.5 rounds up), 10 of 1 mm (radius 5).
  let expected = Float64Array.from(values);
  for (const [axis, radius] of [2, 1, 5].entries()) {
    for (const _ of [1, 2]) expected = naiveMean(expected, shape, axis, radius) as typeof expected;
  }
  movingMean(values, shape, sizes, 10).forEach((value, at) => {
    expect(value).toBeCloseTo(expected[at]!, 5);
  });
});

test('a width below a voxel changes nothing', () => {
  const values = Float32Array.of(1, 5, 2);
  const result = movingMean(values, [3, 1, 1], [1, 1, 1], 1);
  expect([...result]).toEqual([1, 5, 2]);
  expect(result).not.toBe(values);
});
