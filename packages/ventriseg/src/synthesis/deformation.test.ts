import { SeededRandom } from 'onnx-autograd';
import { describe, expect, test } from 'vitest';
import { deformSlots } from './deformation.ts';
import { labelBoxes, madeUpHead, sameBytes } from './made-up-head.test-helper.ts';
import { resolveSynthesisOptions, type SynthesisInput } from './options.ts';
import { labelSlots, slotLabels } from './tissues.ts';
import { displace, ventricleGrowth } from './ventricle-growth.ts';

const still: SynthesisInput = {
  flip: 0,
  rotationDeg: 0,
  scale: 0,
  shear: 0,
  shiftMm: [0, 0, 0],
  elasticMm: 0,
  ventricleChange: 0,
};
const slots = labelSlots(madeUpHead());
const count = (data: Uint8Array, ...labels: number[]) => {
  const wanted = new Set(labels.map((label) => slotLabels.indexOf(label)));
  let n = 0;
  for (const slot of data) if (wanted.has(slot)) n++;
  return n;
};

describe('deformSlots', () => {
  test('with everything off the map stays as it is', () => {
    const same = deformSlots(slots, resolveSynthesisOptions(still), new SeededRandom(1));
    expect(sameBytes(same, slots)).toBe(true);
  });

  test('a mirrored head has left and right labels on their own sides', () => {
    // Left is at high indices, in the mirrored head too.
    const mirrored = deformSlots(slots, resolveSynthesisOptions({ ...still, flip: 1 }), new SeededRandom(1));
    const at = (i: number) => slotLabels[mirrored[i + 256 * (100 + 256 * 120)]!];
    expect([at(120), at(136)]).toEqual([43, 4]);
    expect(count(mirrored, 4)).toBe(12 * 30 * 60);
    // The fourth ventricle, 121 to 134, now lies at 255 - 134 to 255 - 121.
    const fourth = [...Array(256).keys()].filter(
      (i) => slotLabels[mirrored[i + 256 * (150 + 256 * 90)]!] === 15,
    );
    expect([fourth[0], fourth.at(-1)]).toEqual([121, 134]);
  });

  test('moved, turned and bent, structures keep about their size', () => {
    const options = resolveSynthesisOptions({ scale: 0, ventricleChange: 0 });
    const bent = deformSlots(slots, options, new SeededRandom(4));
    expect(sameBytes(bent, slots)).toBe(false);
    for (const [left, right] of [
      [2, 41],
      [4, 43],
    ] as const) {
      const share = count(bent, left, right) / count(slots, left, right);
      expect(share).toBeGreaterThan(0.75);
      expect(share).toBeLessThan(1.35);
    }
  });

  test('ventricles grow and shrink as asked, and nothing is torn off', () => {
    const change = (mm: number) =>
      count(
        deformSlots(
          slots,
          resolveSynthesisOptions({ ...still, ventricleChange: 1, ventricleGrowthMm: [mm, mm] }),
          new SeededRandom(2),
        ),
        4,
        43,
        15,
      ) / count(slots, 4, 43, 15);
    expect(change(4)).toBeGreaterThan(1.25);
    expect(change(-2)).toBeLessThan(0.96);
  });
});

describe('ventricleGrowth', () => {
  test('the wall of a broad ventricle moves by 0.6 to 1.4 of what was asked, far tissue not at all', () => {
    const broad = labelSlots(labelBoxes([[4, [88, 88, 88], [168, 168, 168]]]));
    const growth = ventricleGrowth(broad, 3, new SeededRandom(1));
    const point = Float64Array.of(168, 128, 128);
    displace(growth, point);
    // Backwards: tissue of the wall's new place comes from further inside.
    expect(168 - point[0]!).toBeGreaterThan(0.6 * 3 * 0.9);
    expect(168 - point[0]!).toBeLessThan(1.4 * 3 * 1.02);
    expect(point[1]).toBeCloseTo(128, 1);
    for (const far of [Float64Array.of(128, 128, 128), Float64Array.of(220, 128, 128)]) {
      const before = [...far];
      displace(growth, far);
      before.forEach((value, axis) => {
        expect(far[axis]).toBeCloseTo(value, 1);
      });
    }
  });

  test('ventricles below 10 mL are not made smaller', () => {
    const small = labelSlots(labelBoxes([[4, [120, 120, 120], [140, 140, 140]]]));
    const { x, y, z } = ventricleGrowth(small, -3, new SeededRandom(1));
    for (const field of [x, y, z]) expect(field.every((value) => value === 0)).toBe(true);
  });
});
