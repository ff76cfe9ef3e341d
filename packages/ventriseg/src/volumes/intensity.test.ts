import { expect, test } from 'vitest';
import { airLevel, normaliseLocateImage, normaliseSegmentImage } from './intensity.ts';

/** 500 voxels of tissue, from 51 to 100 ten times each, behind so many of air. */
function head(airVoxels: number, air: number): Float32Array {
  const tissue = Array.from({ length: 500 }, (_, at) => 51 + (at % 50));
  return Float32Array.from([...new Array<number>(airVoxels).fill(air), ...tissue]);
}

test('locate: stripped background has the least value and does not count', () => {
  const scaled = normaliseLocateImage(head(300, 0));
  // Above 0 are 51 to 100; 1 % of them is 51. Above their mean 75.5 are 76 to 100; 99 % of those is 100.
  expect(scaled[0]).toBe(0);
  expect(scaled[300]).toBe(0);
  expect(scaled[300 + 49]).toBeCloseTo(1, 6);
  expect(scaled[300 + 24]).toBeCloseTo((75 - 51) / 49, 6);
});

test('locate: neither scale nor offset of the numbers matters, nor a few bright ones beyond 1.5', () => {
  const plain = head(50, 3);
  const expected = normaliseLocateImage(plain);
  const moved = normaliseLocateImage(plain.map((value) => 8 * value - 500));
  moved.forEach((value, at) => {
    expect(value).toBeCloseTo(expected[at]!, 5);
  });
  plain[549] = 1e6;
  const outlier = normaliseLocateImage(plain);
  expect(outlier[549]).toBe(1.5);
  expect(Math.abs(outlier[100]! - expected[100]!)).toBeLessThan(0.05);
});

test('locate: an image of one value is 0, one of two values 0 and 1', () => {
  expect(normaliseLocateImage(new Float32Array(8).fill(7))).toEqual(new Float32Array(8));
  expect(normaliseLocateImage(Float32Array.of(4, 4, 9, 9, 9))).toEqual(Float32Array.of(0, 0, 1, 1, 1));
});

test('segment: mean 0 and deviation 1 inside the mask, limited to 5 of them', () => {
  const image = Float32Array.of(2, 4, 100, -300, 3);
  const mask = Uint8Array.of(1, 1, 0, 0, 0);
  expect([...normaliseSegmentImage(image, mask)]).toEqual([-1, 1, 5, -5, 0]);
});

test('segment: without a mask all voxels count; an even image is 0', () => {
  expect([...normaliseSegmentImage(Float32Array.of(1, 3), new Uint8Array(2))]).toEqual([-1, 1]);
  expect([...normaliseSegmentImage(Float32Array.of(6, 6), Uint8Array.of(1, 0))]).toEqual([0, 0]);
});

test('air is 0 unless the scan goes below', () => {
  expect(airLevel(Float32Array.of(5, 7))).toBe(0);
  expect(airLevel(Float32Array.of(5, -7, 3))).toBe(-7);
});
