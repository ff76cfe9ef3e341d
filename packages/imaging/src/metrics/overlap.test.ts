import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawn, maskOf } from '../morphology/masks.test-helper.ts';
import { createVolume } from '../volume/volume.ts';
import { labelMask } from './label-mask.ts';
import { confusionCounts, dice, diceOf, jaccard, jaccardOf, softDice, softJaccard } from './overlap.ts';
import { volumeMl } from './volume-ml.ts';

const a = drawn([['1111....']]);
const b = drawn([['..9999..']]);
const none = drawn([['........']]);

describe('overlap of masks', () => {
  test('4 and 4 voxels with 2 in common: Dice 1/2, Jaccard 1/3', () => {
    expect(dice(a, b)).toBe(0.5);
    expect(jaccard(a, b)).toBe(1 / 3);
    expect(confusionCounts(a, b)).toEqual({
      truePositive: 2,
      falsePositive: 2,
      falseNegative: 2,
      trueNegative: 2,
    });
  });

  test('truth comes first', () => {
    const small = drawn([['1.......']]);
    expect(confusionCounts(a, small)).toMatchObject({ falseNegative: 3, falsePositive: 0 });
    expect(confusionCounts(small, a)).toMatchObject({ falseNegative: 0, falsePositive: 3 });
  });

  test('two empty masks agree, one empty mask does not', () => {
    expect([dice(none, none), jaccard(none, none)]).toEqual([1, 1]);
    expect([dice(a, none), jaccard(none, a)]).toEqual([0, 0]);
  });

  test('refuses masks of other shapes and of other places', () => {
    const mismatch = (run: () => unknown) =>
      expect(run).toThrow(expect.objectContaining({ code: 'GRID_MISMATCH' }));
    mismatch(() => dice(a, drawn([['1111']])));
    const flipped = createVolume(a.data, a.shape, [-1, 0, 0, 7, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    mismatch(() => jaccard(a, flipped));
    expect(() => confusionCounts(a, flipped)).toThrow(/both 8x1x1 but their voxels lie up to 7.00 mm apart/);
    const rounded = createVolume(b.data, b.shape, [1, 0, 0, 0.001, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    expect(dice(a, rounded)).toBe(0.5);
  });

  test('Dice = 2J / (1 + J), symmetric, and soft indices equal them on masks', () => {
    const cells = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(cells, (pairs) => {
        const p = maskOf(
          pairs.map(([x]) => x),
          [pairs.length, 1, 1],
        );
        const g = maskOf(
          pairs.map(([, x]) => x),
          [pairs.length, 1, 1],
        );
        const j = jaccard(p, g);
        expect(dice(p, g)).toBeCloseTo((2 * j) / (1 + j), 12);
        expect(dice(g, p)).toBe(dice(p, g));
        expect(softDice(p.data, g.data)).toBeCloseTo(dice(p, g), 12);
        expect(softJaccard(p.data, g.data)).toBeCloseTo(j, 12);
        const counts = confusionCounts(p, g);
        expect([diceOf(counts), jaccardOf(counts)]).toEqual([dice(p, g), j]);
        expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(pairs.length);
      }),
      { seed: 3 },
    );
  });
});

describe('soft overlap', () => {
  test('of probabilities', () => {
    // sum(pg) = 0.5 + 0.25 = 0.75; sum(p) + sum(g) = 1 + 2 = 3.
    expect(softDice([0.5, 0.25, 0.25], [1, 1, 0])).toBe(0.5);
    expect(softJaccard([0.5, 0.25, 0.25], [1, 1, 0])).toBeCloseTo(0.75 / 2.25, 12);
    expect([softDice([0, 0], [0, 0]), softJaccard([0, 0], [0, 0])]).toEqual([1, 1]);
    expect(() => softDice([1], [1, 0])).toThrow(/lengths differ: 1 and 2/);
  });
});

describe('volumes and labels', () => {
  test('5 voxels of 2 x 3 x 4 mm are 0.12 mL, sheared or flipped too', () => {
    expect(volumeMl(maskOf([1, 7, 1, 0, 1, 1], [3, 2, 1], [2, 3, 4]))).toBeCloseTo(0.12, 12);
    const sheared = [-2, 1.5, 0, 10, 0, 3, 0.3, 20, 0, 0, 4, 30, 0, 0, 0, 1];
    expect(volumeMl(createVolume(Uint8Array.of(1, 1, 1, 0, 1, 1), [3, 2, 1], sheared))).toBeCloseTo(0.12, 12);
  });

  test('labelMask takes one label or several', () => {
    const map = drawn([['0445']]);
    expect([...labelMask(map, 4).data]).toEqual([0, 1, 1, 0]);
    expect([...labelMask(map, [4, 5, 43]).data]).toEqual([0, 1, 1, 1]);
  });
});
