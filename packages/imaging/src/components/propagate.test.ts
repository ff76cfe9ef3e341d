import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Connectivity } from './connectivity.ts';
import { labelComponents } from './label-components.ts';
import { propagate } from './propagate.ts';

test('what is reached are the components that hold a seed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 1), { minLength: 60, maxLength: 60 }),
      fc.array(fc.nat({ max: 59 }), { maxLength: 4 }),
      fc.constantFrom<Connectivity>(6, 18, 26),
      (values, seeds, connectivity) => {
        const mask = { data: Uint8Array.from(values), shape: [5, 4, 3] as const };
        const { labels } = labelComponents(mask, { connectivity });
        const wanted = new Set(seeds.map((at) => labels[at]!).filter((label) => label !== 0));
        const expected = [...labels.keys()].filter((at) => wanted.has(labels[at]!));
        const reached = propagate(mask, Int32Array.from(seeds), connectivity);
        expect([...reached].sort((a, b) => a - b)).toEqual(expected);
      },
    ),
  );
});

test('data that do not fit the shape are refused', () => {
  const mask = { data: new Uint8Array(7), shape: [2, 2, 2] as const };
  expect(() => propagate(mask, Int32Array.of(0))).toThrow(/2x2x2 needs 8 voxels, got 7/);
});
