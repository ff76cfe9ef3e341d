import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantile } from './quantile.ts';

test('is the value of that rank in sorted order, ties and all', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (numbers, share) => {
        const sorted = [...numbers].sort((a, b) => a - b);
        expect(quantile(Float32Array.from(numbers), share)).toBe(
          sorted[Math.round(share * (sorted.length - 1))],
        );
      },
    ),
  );
});
