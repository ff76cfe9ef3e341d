import { expect, test } from 'vitest';
import { confidenceReach, detectableDifference, smallestDetectableChange } from './confidence.ts';

test('a number reaches as many standard errors as tables of the t distribution say', () => {
  // 97.5th percentiles for 1, 2, 3, 4, 7, 11 and 30 degrees of freedom.
  const table = [
    [2, 12.7062],
    [3, 4.3027],
    [4, 3.1824],
    [5, 2.7764],
    [8, 2.3646],
    [12, 2.201],
    [31, 2.0423],
  ] as const;
  for (const [variations, percentile] of table) {
    expect(Math.abs(confidenceReach(1, variations) / percentile - 1)).toBeLessThan(0.0013);
    expect(confidenceReach(3, variations)).toBeCloseTo(3 * confidenceReach(1, variations), 12);
  }
  expect(confidenceReach(1, 100_000)).toBeCloseTo(1.96, 3);
});

test('two numbers may differ by the root of 2 more', () => {
  expect(smallestDetectableChange(0.5, 8)).toBeCloseTo(0.5 * Math.SQRT2 * 2.3646, 3);
});

test('two standard errors are surer than one, as far as both count', () => {
  // Alike: 14 degrees of freedom, whose percentile is 2.1448.
  expect(detectableDifference([0.3, 0.3], [8, 8])).toBeCloseTo(0.3 * Math.SQRT2 * 2.1448, 4);
  // One without an error: the 7 of the other.
  expect(detectableDifference([0, 0.3], [8, 8])).toBeCloseTo(0.3 * 2.3646, 4);
  // 0.09 and 0.16: 0.0625 / (0.0081 / 7 + 0.0256 / 3) = 6.4, rounded down to 6.
  expect(detectableDifference([0.3, 0.4], [8, 4])).toBeCloseTo(0.5 * 2.4469, 3);
  expect(detectableDifference([0, 0], [2, 2])).toBe(0);
});
