import { SeededRandom } from 'onnx-autograd';
import { describe, expect, test } from 'vitest';
import { drawContrast, drawContrastName } from './contrast.ts';
import { labelBoxes } from './made-up-head.test-helper.ts';
import { paint } from './paint.ts';
import { labelSlots, slotLabels } from './tissues.ts';

const slot = (label: number) => slotLabels.indexOf(label);

describe('drawContrast', () => {
  test('T1-like: fluid under grey under white matter, bone dark, left as right', () => {
    const random = new SeededRandom(7);
    const cortices = new Set<number>();
    for (let n = 0; n < 200; n++) {
      const { mean } = drawContrast('t1-like', random);
      expect(mean[slot(2)]).toBe(1);
      expect(mean[slot(3)]).toBeLessThan(0.85);
      expect(mean[slot(4)]).toBeLessThan(mean[slot(3)]! - 0.1);
      expect(mean[slot(14)]).toBeLessThan(mean[slot(3)]!);
      expect(mean[slot(515)]).toBeLessThan(0.25);
      expect(mean[slot(0)]).toBeLessThan(0.03);
      expect(mean[slot(4)]).toBe(mean[slot(44)]!);
      expect(mean[slot(11)]).toBe(mean[slot(50)]!);
      cortices.add(mean[slot(3)]!);
    }
    expect(cortices.size).toBe(200);
  });

  test('T2-like: fluid over cortex over white matter, iron, bone and blood dark', () => {
    const random = new SeededRandom(9);
    for (let n = 0; n < 200; n++) {
      const { mean } = drawContrast('t2-like', random);
      expect(mean[slot(4)]).toBe(1);
      expect(mean[slot(3)]).toBeLessThan(0.75);
      expect(mean[slot(2)]).toBeLessThan(mean[slot(3)]!);
      expect(mean[slot(14)]).toBeGreaterThan(mean[slot(3)]!);
      expect(mean[slot(515)]).toBeLessThan(mean[slot(2)]!);
      expect(mean[slot(502)]).toBeLessThan(0.45);
    }
  });

  test('FLAIR-like: cortex over white matter, fluid dark as in T1', () => {
    const random = new SeededRandom(10);
    for (let n = 0; n < 200; n++) {
      const { mean } = drawContrast('flair-like', random);
      expect(mean[slot(3)]).toBe(1);
      expect(mean[slot(2)]).toBeLessThan(0.95);
      expect(mean[slot(4)]).toBeLessThan(0.4);
      expect(mean[slot(25)]).toBeGreaterThanOrEqual(1);
    }
  });

  test('any: fluid is brighter than white matter about as often as not; ventricles hold one fluid', () => {
    const random = new SeededRandom(8);
    let brighter = 0;
    for (let n = 0; n < 200; n++) {
      const { mean } = drawContrast('any', random);
      if (mean[slot(4)]! > mean[slot(2)]!) brighter++;
      expect(Math.abs(mean[slot(15)]! - mean[slot(4)]!)).toBeLessThan(0.15);
    }
    expect(brighter).toBeGreaterThan(70);
    expect(brighter).toBeLessThan(130);
  });
});

test('contrasts are drawn in the proportions that are asked for', () => {
  const random = new SeededRandom(11);
  const counts = new Map<string, number>();
  for (let n = 0; n < 4000; n++) {
    const contrast = drawContrastName({ 't1-like': 2, 'flair-like': 1, any: 1, 't2-like': 0 }, random);
    counts.set(contrast, (counts.get(contrast) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['any', 'flair-like', 't1-like']);
  expect(counts.get('t1-like')! / 4000).toBeCloseTo(0.5, 1);
  expect(counts.get('any')! / 4000).toBeCloseTo(0.25, 1);
});

describe('paint', () => {
  test('each tissue has its mean and the spread of texture and voxels together', () => {
    const slots = labelSlots(labelBoxes([[2, [0, 0, 0], [128, 256, 256]]]));
    const mean = new Float32Array(slotLabels.length);
    const spread = new Float32Array(slotLabels.length);
    const mottle = new Float32Array(slotLabels.length);
    mean.set([0.5], slot(2));
    spread.set([0.04], slot(2));
    const painted = paint(slots, { mean, spread, mottle }, new SeededRandom(5));
    let [sum, squares, air] = [0, 0, 0];
    for (let at = 0; at < painted.length; at++) {
      if (slots[at] === slot(2)) {
        sum += painted[at]!;
        squares += (painted[at]! - 0.5) ** 2;
      } else air += painted[at]!;
    }
    expect(air).toBe(0);
    expect(sum / 128 / 65536).toBeCloseTo(0.5, 3);
    expect(Math.sqrt(squares / 128 / 65536)).toBeCloseTo(0.04, 3);
    // Neighbours are independent.
    let covariance = 0;
    for (let at = 0; at < 126; at++) {
      for (let j = 0; j < 256; j++) {
        const here = at + 256 * (j + 256 * 99);
        covariance += (painted[here]! - 0.5) * (painted[here + 1]! - 0.5);
      }
    }
    expect(Math.abs(covariance / (126 * 256)) / 0.04 ** 2).toBeLessThan(0.03);
  });
});
