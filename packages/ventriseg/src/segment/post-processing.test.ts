import { SeededRandom } from 'onnx-autograd';
import { describe, expect, test } from 'vitest';
import { otsuThreshold } from './find-head.ts';
import { boxInScan, type LabelledBox, labelOnScan, labelVoxels } from './label-regions.ts';
import { findParts } from './labelled-parts.ts';
import { measureLabels } from './measure-labels.ts';
import { type MidSagittalPlane, rightOf } from './mid-sagittal-plane.ts';
import { needsSides, numberLabels, numbersOfClass, sideOfVoxels } from './number-labels.ts';
import { distinctNames } from './output-names.ts';
import { removeIslands } from './remove-islands.ts';
import { unsureParts } from './unsure-parts.ts';

/** Voxels of 1 mm; x to the right from `x0`. */
const affine = (x0: number, step = 1) => [step, 0, 0, x0, 0, step, 0, 0, 0, 0, step, 0, 0, 0, 0, 1];
const upright: MidSagittalPlane = { normal: [1, 0, 0], offsetMm: 0, symmetry: 1, method: 'symmetry' };

/** A box of 40 x 8 x 8 voxels of one class; each run is [first x, last x, rows], at probability 0.9. */
function boxOf(runs: readonly (readonly [number, number, number])[], x0 = 0): LabelledBox {
  const classes = new Uint8Array(40 * 8 * 8);
  for (const [first, last, rows] of runs) {
    for (let z = 2; z < 6; z++) {
      for (let y = 0; y < rows; y++) for (let x = first; x <= last; x++) classes[x + 40 * (y + 8 * z)] = 1;
    }
  }
  const probabilities = [Float32Array.from(classes, (value) => 0.9 * value)];
  return { grid: { shape: [40, 8, 8], voxelToWorld: affine(x0) }, start: [0, 0, 0], probabilities, classes };
}

const islandsOf = (box: LabelledBox, labels: Parameters<typeof removeIslands>[1]) =>
  removeIslands(box, labels, findParts(box)).removed;

const count = (data: Uint8Array, value: number) => data.reduce((n, v) => n + (v === value ? 1 : 0), 0);

describe('labelVoxels', () => {
  test('labels what is more probable than the threshold', () => {
    const one = Float32Array.of(0.4, 0.43, 0.44, 0.5, 0.51, 1);
    expect([...labelVoxels([one], 0.5)]).toEqual([0, 0, 0, 0, 1, 1]);
    expect([...labelVoxels([one], Math.fround(0.43))]).toEqual([0, 0, 1, 1, 1, 1]);
  });

  test('classes count together, and the largest wins though the background be more probable', () => {
    const a = Float32Array.of(0.4, 0.3, 0.2, 0.1);
    const b = Float32Array.of(0.35, 0.3, 0.45, 0.2);
    expect([...labelVoxels([a, b], 0.43)]).toEqual([1, 1, 2, 0]);
  });
});

test('a scan of coarser voxels has the share of each that is filled', () => {
  const fine = { shape: [6, 2, 2] as const, voxelToWorld: affine(0) };
  const data = new Float32Array(24).map((_, at) => Number(at % 6 >= 1 && at % 6 < 5));
  const scan = {
    shape: [3, 1, 1] as const,
    voxelToWorld: [2, 0, 0, 0.5, 0, 2, 0, 0.5, 0, 0, 2, 0.5, 0, 0, 0, 1],
  };
  const box = labelOnScan({ grid: fine, classes: [data] }, scan, 0.43)!;
  expect([...box.probabilities[0]!]).toEqual([0.5, 1, 0.5]);
  expect([...box.classes]).toEqual([1, 1, 1]);
  expect([...labelOnScan({ grid: fine, classes: [data] }, scan, 0.5)!.classes]).toEqual([0, 1, 0]);
});

test('boxInScan holds the other grid with a voxel around, and knows when they do not meet', () => {
  const scan = { shape: [100, 100, 100] as const, voxelToWorld: affine(0) };
  const part = {
    shape: [4, 5, 6] as const,
    voxelToWorld: [2, 0, 0, 10, 0, 2, 0, 20, 0, 0, 2, 30, 0, 0, 0, 1],
  };
  const box = boxInScan(part, scan)!;
  // From 10 - 1 to 10 + 2 * 3.5 = 17 along x, and a voxel more on each side.
  expect(box.start).toEqual([8, 18, 28]);
  expect(box.grid.shape).toEqual([11, 13, 15]);
  expect(box.grid.voxelToWorld.slice(3, 4)).toEqual([8]);
  expect(boxInScan({ ...part, voxelToWorld: affine(500) }, scan)).toBeUndefined();
});

test('of a class in several parts, those that are large and not sure are told, but not the main one', () => {
  // 17 x 8 x 4 voxels, and 16 x 8 x 4, 0.512 mL, apart.
  const runs = [
    [0, 16, 8],
    [20, 35, 8],
  ] as const;
  const box = boxOf(runs);
  const found = (of = box) => unsureParts(findParts(of).parts, [[43]], 0.001);
  expect(found()).toEqual([]);
  const [probability] = box.probabilities;
  probability!.forEach((_, at) => {
    if (at % 40 >= 20) probability![at]! *= 0.8;
  });
  expect(found()).toEqual([{ labels: [43], ml: 0.512, confidence: expect.closeTo(0.72, 6) }]);
  probability!.fill(0.7);
  // Of two parts the one with less probability in all is not the main one.
  expect(found()).toHaveLength(1);
  expect(found(boxOf([[0, 35, 8]]))).toEqual([]);
});

describe('islands', () => {
  test('keeps the two ventricles and a horn near one, drops a speck and what is small and far', () => {
    // 14 x 8 x 4 voxels; 9 x 8 x 4; a horn of 1 x 4 x 4 two voxels off (0.016 mL); a far one of 1 x 8 x 4 (0.032 mL).
    const runs = [
      [0, 13, 8],
      [26, 34, 8],
      [16, 16, 4],
      [38, 38, 8],
    ] as const;
    const horn = boxOf(runs);
    expect(islandsOf(horn, [[5, 44]])).toEqual({ parts: 1, ml: expect.closeTo(0.016, 9) });
    expect(count(horn.classes, 1)).toBe((14 + 9 + 1) * 32);
    // As part of the lateral ventricles, both are too small to stay on account of being near.
    const lateral = boxOf(runs);
    expect(islandsOf(lateral, [[4, 43]]).parts).toBe(1);
    expect(lateral.classes[38 + 40 * 8 * 3]).toBe(1);
  });

  test('does nothing to a single part or none', () => {
    for (const runs of [[], [[3, 20, 5]]] as [number, number, number][][]) {
      const box = boxOf(runs);
      const before = box.classes.slice();
      expect(islandsOf(box, [[4]])).toEqual({ parts: 0, ml: 0 });
      expect(box.classes).toEqual(before);
    }
  });
});

describe('sides', () => {
  test('which labels a class is written as', () => {
    expect(numbersOfClass({ labels: [4, 43] })).toEqual({ left: 4, right: 43 });
    expect(numbersOfClass({ labels: [44, 5, 4, 43] })).toEqual({ left: 4, right: 43 });
    expect(numbersOfClass({ labels: [14] })).toEqual({ left: 14, right: 14 });
    expect(numbersOfClass({ labels: [44] })).toEqual({ left: 44, right: 44 });
    expect(needsSides([{ labels: [4] }, { labels: [43] }])).toBe(false);
    expect(needsSides([{ labels: [14] }, { labels: [5, 44] }])).toBe(true);
  });

  test('a part across the plane is divided at it, one that is nearly on one side stays whole', () => {
    // x from -20 to 19; a part from -10 to 9, and one from 15 to 19; then one from -1 to 18.
    const split = boxOf([[10, 29, 4]], -20);
    const labels = numberLabels(split, [{ labels: [4, 43] }], { ...upright, offsetMm: -0.5 });
    expect(count(labels, 4)).toBe(10 * 16);
    expect(count(labels, 43)).toBe(10 * 16);
    const whole = numberLabels(boxOf([[19, 38, 4]], -20), [{ labels: [4, 43] }], upright);
    expect(count(whole, 43)).toBe(20 * 16);
  });

  test('sideOfVoxels is the sign of rightOf at every voxel, on a turned grid too', () => {
    const plane: MidSagittalPlane = { ...upright, normal: [0.96, -0.28, 0], offsetMm: 3 };
    const grid = {
      shape: [6, 5, 4] as const,
      voxelToWorld: [0, 2, 0.3, -4, -1.5, 0, 0, 7, 0.2, 0, 3, 1, 0, 0, 0, 1],
    };
    const sides = sideOfVoxels({ grid }, plane);
    const m = grid.voxelToWorld;
    for (let at = 0; at < 120; at++) {
      const [i, j, k] = [at % 6, Math.floor(at / 6) % 5, Math.floor(at / 30)];
      const p = [0, 4, 8].map((row) => m[row]! * i + m[row + 1]! * j + m[row + 2]! * k + m[row + 3]!);
      expect(sides[at]).toBe(rightOf(plane, [p[0]!, p[1]!, p[2]!]) > 0 ? 1 : 0);
    }
  });
});

test('volumes: voxels counted, and probabilities added up over the region of the label alone', () => {
  const box = boxOf([[10, 29, 4]], -20);
  // A rim of 0.2 beside the part counts, haze elsewhere does not.
  for (let z = 2; z < 6; z++) for (let y = 0; y < 4; y++) box.probabilities[0]![30 + 40 * (y + 8 * z)] = 0.2;
  box.probabilities[0]![39] = 0.4;
  const plane = { ...upright, offsetMm: -0.5 };
  const classes = [{ labels: [4, 43] as (4 | 43)[] }];
  const volumes = measureLabels(box, numberLabels(box, classes, plane), classes, plane);
  expect(volumes.labels.map(({ label, ml }) => [label, ml])).toEqual([
    [4, expect.closeTo(0.16, 9)],
    [43, expect.closeTo(0.16, 9)],
  ]);
  expect(volumes.labels[0]!.mlByProbability).toBeCloseTo(0.16 * 0.9, 6);
  expect(volumes.labels[1]!.mlByProbability).toBeCloseTo(0.16 * 0.9 + 0.016 * 0.2, 6);
  expect(volumes.total.ml).toBeCloseTo(0.32, 9);
  expect(volumes.lateral).toEqual(volumes.total);
  const third = measureLabels(undefined, new Uint8Array(0), [{ labels: [14] }], undefined);
  expect(third.lateral).toBeNull();
  expect(third.labels).toEqual([
    { label: 14, name: '3rd-Ventricle', title: 'third ventricle', ml: 0, mlByProbability: 0 },
  ]);
});

test('Otsu’s threshold parts two heaps, equals the exhaustive search, and is none for one value', () => {
  const random = new SeededRandom(3);
  const data = Uint8Array.from({ length: 2000 }, (_, at) => (at % 3 === 0 ? 120 : 30) + random.nextInt(25));
  const found = otsuThreshold(data)!;
  expect(found).toBeGreaterThanOrEqual(54);
  expect(found).toBeLessThan(120);
  const within = (values: number[]) => {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    return values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  };
  const costs = Array.from({ length: 255 }, (_, t) => {
    const [low, high] = [[...data].filter((v) => v <= t), [...data].filter((v) => v > t)];
    return low.length === 0 || high.length === 0 ? Infinity : within(low) + within(high);
  });
  expect(costs[found]).toBeCloseTo(Math.min(...costs), 3);
  expect(otsuThreshold(new Uint8Array(10).fill(7))).toBeUndefined();
});

test('no two inputs write the same files', () => {
  expect(distinctNames(['/a/x/T1.mgz', '/a/y/T1.mgz', '/a/other.nii.gz', '/a/z/t1.nii'])).toEqual([
    'x_T1',
    'y_T1',
    'other',
    'z_t1',
  ]);
  expect(distinctNames(['/p/s1/mri/T1.mgz', '/p/s2/mri/T1.mgz'])).toEqual(['s1_mri_T1', 's2_mri_T1']);
  expect(distinctNames(['/p/T1.mgz', '/p/T1.mgz', '/p/T1.nii.gz'])).toEqual(['p_T1', 'p_T1_2', 'p_T1_3']);
  expect(distinctNames(['/p/T1.mgz', '/p/T1.mgz'])).toEqual(['T1', 'T1_2']);
  expect(distinctNames(['/scans/sub-01.nii'])).toEqual(['sub-01']);
});
