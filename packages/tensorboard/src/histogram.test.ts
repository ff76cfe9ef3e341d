import fc from 'fast-check';
import { expect, test } from 'vitest';
import { histogramOf } from './histogram.ts';

test('values are counted in equal buckets, upper edges excluded except the last', () => {
  const { min, max, num, sum, sumSquares, bucketLimits, buckets } = histogramOf([0, 1, 1, 2, 3, 4], 4);
  expect({ min, max, num, sum, sumSquares }).toEqual({ min: 0, max: 4, num: 6, sum: 11, sumSquares: 31 });
  expect([...bucketLimits]).toEqual([1, 2, 3, 4]);
  expect([...buckets]).toEqual([1, 2, 1, 2]);
});

test('there are 30 buckets by default', () => {
  const { bucketLimits, buckets } = histogramOf(Float32Array.from({ length: 300 }, (_, i) => i));
  expect(bucketLimits.length).toBe(30);
  expect([...buckets]).toEqual(new Array(30).fill(10));
});

test('equal values are one bucket without width', () => {
  expect(histogramOf([5, 5, 5])).toMatchObject({ min: 5, max: 5, num: 3, bucketLimits: [5], buckets: [3] });
});

test('counts agree with searching each value among the edges, at any scale', () => {
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 40 }), (data, bucketCount) => {
      const { min, max, bucketLimits, buckets } = histogramOf(data, bucketCount);
      const edges = [...bucketLimits];
      const naive = new Array(edges.length).fill(0);
      for (const value of data) {
        const above = edges.findIndex((edge) => value < edge);
        naive[above === -1 ? edges.length - 1 : above]++;
      }
      expect([...buckets]).toEqual(naive);
      expect([min, max]).toEqual([Math.min(...data), Math.max(...data)]);
      expect(edges.at(-1)).toBe(max);
      expect(edges).toEqual(edges.toSorted((a, b) => a - b));
    }),
    {
      examples: [
        [[-Number.MAX_VALUE, Number.MAX_VALUE, 0], 7],
        [[0, Number.MIN_VALUE], 30],
        [[-1.7976931348623025e308, -1.7976931348622993e308], 30],
      ],
    },
  );
});

test('values without a histogram are refused', () => {
  expect(() => histogramOf([1, Number.NaN, Number.POSITIVE_INFINITY])).toThrow(
    expect.objectContaining({ code: 'NON_FINITE', message: expect.stringContaining('2 of 3 values') }),
  );
  expect(() => histogramOf([])).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
  expect(() => histogramOf([1], 0)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
});
