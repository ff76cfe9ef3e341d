import { describe, expect, test } from 'vitest';
import { bandOf, compareWithBand, expectedShareInside, smooth } from '../bench/experiment-2017/curve-band.ts';

describe('training curves beside a band of others', () => {
  test('smoothing is the mean of whole windows only', () => {
    expect(smooth([3, 6, 9, 0], 3)).toEqual([6, 5]);
    expect(smooth([3, 6], 1)).toEqual([3, 6]);
    expect(smooth([3, 6], 3)).toEqual([]);
  });

  test('the band reaches from the lowest to the highest, over the steps that all have', () => {
    const band = bandOf([
      [1, 5, 3],
      [2, 4, 9, 7],
    ]);
    expect(band).toEqual({ low: [1, 4, 3], high: [2, 5, 9] });
  });

  test('counts steps inside and measures how far outside', () => {
    const band = { low: [0, 0, 0, 0], high: [1, 1, 1, 1] };
    expect(compareWithBand([0, 1, 1.5, -0.25], band)).toEqual({
      shareInside: 0.5,
      meanExcess: 0.1875,
      largestExcess: 0.5,
      largestAt: 2,
    });
  });

  test('a further curve of the same process is inside as often as it is neither lowest nor highest', () => {
    const order = [0, 1, 2, 3];
    const inside = order.map((rank) => {
      const others = order.filter((other) => other !== rank).map((other) => [other]);
      return compareWithBand([rank], bandOf(others)).shareInside;
    });
    expect(inside.reduce((a, b) => a + b) / 4).toBe(expectedShareInside(3));
  });
});
