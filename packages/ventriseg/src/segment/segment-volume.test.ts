import { affineDeterminant, dice, gridOf, labelMask, type Volume } from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LoadedSliceModel } from './load-model.ts';
import { type SegmentVolumeOptions, segmentVolume } from './segment-volume.ts';
import {
  type Blob,
  gridAround,
  head,
  leftVentricle,
  loadIntensityModel,
  maskOf,
  mlOf,
  paint,
  rightVentricle,
} from './synthetic-head.test-helper.ts';

const conformedGrid = {
  shape: [256, 256, 256] as const,
  voxelToWorld: [-1, 0, 0, 128, 0, 0, 1, -128, 0, -1, 0, 128, 0, 0, 0, 1],
};
const normal = [head, leftVentricle, rightVentricle];
let bright: LoadedSliceModel;
let coarse: LoadedSliceModel;

beforeAll(async () => {
  bright = await loadIntensityModel([160.5]);
  coarse = await loadIntensityModel([160.5], { slices: 'all' });
});

const mlOfLabel = (result: Awaited<ReturnType<typeof segmentVolume>>, label: number) =>
  result.volumes.labels.find((volume) => volume.label === label)!;

describe('a conformed scan', () => {
  test('gets exactly the voxels the network marks, divided by side', async () => {
    const scan = paint(conformedGrid, normal);
    const result = await segmentVolume(scan, bright);
    let wrong = 0;
    for (let at = 0; at < scan.data.length; at++) {
      const side = at % 256 > 127 ? 4 : 43;
      if (result.labels.data[at] !== (scan.data[at]! > 160.5 ? side : 0)) wrong++;
    }
    expect(wrong).toBe(0);
    expect(gridOf(result.labels)).toEqual(gridOf(scan));
    expect(result.quality).toEqual([]);
    expect(result.plane).toMatchObject({ method: 'symmetry' });
    expect(Object.keys(result.timingsMs)).toEqual(['conform', 'head', 'network', 'labels', 'measure']);
    for (const [label, blob] of [
      [4, leftVentricle],
      [43, rightVentricle],
    ] as const) {
      const { ml, mlByProbability } = mlOfLabel(result, label);
      expect(Math.abs(ml / mlOf(blob) - 1)).toBeLessThan(0.02);
      expect(Math.abs(mlByProbability / mlOf(blob) - 1)).toBeLessThan(0.02);
    }
    expect(result.volumes.lateral!.ml).toBeCloseTo(result.volumes.total.ml, 9);
  });

  test('with classes that overlap in place but not in intensity gets each label where it is', async () => {
    const third: Blob = { centre: [0, -4, -6], radii: [4, 10, 9], value: 180 };
    const left = { ...leftVentricle, value: 250 };
    const model = await loadIntensityModel([250, 220, 180], {
      slices: 'all',
      scaledSize: 256,
      crop: { rows: 256, columns: 256 },
      classes: [[4], [43], [14]],
    });
    const scan = paint(conformedGrid, [head, left, rightVentricle, third], 1e-6);
    const result = await segmentVolume(scan, model);
    for (const [label, blob] of [
      [4, left],
      [43, rightVentricle],
      [14, third],
    ] as const) {
      expect(dice(labelMask(result.labels, label), maskOf(scan, [blob])), `label ${label}`).toBeGreaterThan(
        0.93,
      );
    }
    expect(result.plane).toBeUndefined();
    expect(result.volumes.labels.map(({ label }) => label)).toEqual([4, 43, 14]);
  });
});

describe('scans on other grids get labels on their own grid', () => {
  test.each([
    ['0.8 mm', gridAround([0.8, 0.8, 0.8]), 0.95],
    ['1 x 1 x 5 mm', gridAround([1, 1, 5]), 0.92],
    ['5 x 1 x 1 mm', gridAround([5, 1, 1]), 0.88],
    ['oblique', gridAround([1, 1.2, 1.4], [200, 200, 200], [0.3, 0.2]), 0.95],
    ['3 mm', gridAround([3, 3, 3]), 0.9],
  ])('%s', async (_, grid, least) => {
    const scan = paint(grid, normal);
    const { labels, volumes } = await segmentVolume(scan, coarse);
    expect(gridOf(labels)).toEqual(gridOf(scan));
    expect(dice(labels, maskOf(scan, [leftVentricle, rightVentricle]))).toBeGreaterThan(least);
    expect(dice(labelMask(labels, 4), maskOf(scan, [leftVentricle]))).toBeGreaterThan(least - 0.02);
    const expected = mlOf(leftVentricle) + mlOf(rightVentricle);
    expect(Math.abs(volumes.total.mlByProbability / expected - 1)).toBeLessThan(0.08);
    const voxelMl = Math.abs(affineDeterminant(scan.voxelToWorld)) / 1000;
    const counted = labels.data.reduce((sum, label) => sum + (label === 0 ? 0 : 1), 0);
    expect(volumes.total.ml).toBeCloseTo(counted * voxelMl, 6);
  });
});

describe('quality', () => {
  const codes = async (scan: Volume, model = coarse) => {
    const result = await segmentVolume(scan, model);
    return { codes: result.quality.map(({ code }) => code), result };
  };
  const grid = gridAround([2, 2, 2]);

  test('an empty scan, noise and a small object are no head, and give no labels', async () => {
    const random = new SeededRandom(1);
    const noise = paint(conformedGrid, []);
    // Repeated with a prime period: no two rows alike.
    const period = 65_521;
    for (let at = 0; at < period; at++) noise.data[at] = random.nextInt(200);
    for (let at = period; at < noise.data.length; at *= 2) noise.data.copyWithin(at, 0, at);
    for (const scan of [
      paint(grid, []),
      noise,
      paint(grid, [{ ...head, radii: [30, 30, 30], value: 200 }]),
    ]) {
      const found = await codes(scan);
      expect(found.codes).toEqual(['NO_HEAD_FOUND']);
      expect(found.result.labels.data.every((label) => label === 0)).toBe(true);
      expect(found.result.volumes.total).toEqual({ ml: 0, mlByProbability: 0 });
    }
  });

  test('a head without ventricles', async () => {
    expect((await codes(paint(grid, [head]))).codes).toEqual(['NO_VENTRICLES_FOUND']);
  });

  test('volumes that cannot be', async () => {
    const tiny: Blob = { ...leftVentricle, radii: [5, 8, 5] };
    const huge: Blob = { centre: [0, 0, 5], radii: [40, 55, 42], value: 220 };
    const found = async (blob: Blob) => (await codes(paint(grid, [head, blob]))).codes;
    // The tiny one lies on the left only, so that the right one is missing as well.
    expect(await found(tiny)).toEqual(['VENTRICLES_IMPLAUSIBLE', 'PARTS_MISSING']);
    expect(await found(huge)).toEqual(['VENTRICLES_IMPLAUSIBLE']);
  });

  test('a field of view that ends in the ventricles', async () => {
    const cut = gridAround([2, 2, 2], [170, 200, 36]);
    expect((await codes(paint(cut, normal))).codes).toContain('TOUCHES_FIELD_OF_VIEW');
  });

  test('slices of the model that end in the ventricles', async () => {
    const model = await loadIntensityModel([160.5], { slices: { first: 110, last: 255 } });
    const { codes: found, result } = await codes(paint(grid, normal), model);
    expect(found).toEqual(['CUT_BY_MODEL']);
    expect(result.quality[0]!.message).toContain('(right)');
  });
});

describe('what is done after the network', () => {
  const islandAt: Blob = { centre: [45, -40, -20], radii: [4, 4, 4], value: 220 };
  const grid = gridAround([1.5, 1.5, 1.5]);

  test('islands are taken away unless wanted', async () => {
    const scan = paint(grid, [...normal, islandAt]);
    const island = maskOf(scan, [islandAt]);
    const cleaned = await segmentVolume(scan, coarse);
    expect(dice(cleaned.labels, maskOf(scan, [leftVentricle, rightVentricle]))).toBeGreaterThan(0.95);
    expect(cleaned.labels.data.some((label, at) => label !== 0 && island.data[at] === 1)).toBe(false);
    expect(cleaned.islands.parts).toBe(1);
    const kept = await segmentVolume(scan, coarse, { removeIslands: false });
    expect(kept.volumes.total.ml - cleaned.volumes.total.ml).toBeCloseTo(cleaned.islands.ml, 6);
    expect(kept.options).toMatchObject({ fillHoles: true, removeIslands: false, crf: false });
  });

  test('an island at the end of the slices does not count as a ventricle that is cut', async () => {
    const model = await loadIntensityModel([160.5], { slices: { first: 85, last: 255 } });
    const scan = paint(grid, [...normal, islandAt]);
    const codes = async (options: SegmentVolumeOptions) =>
      (await segmentVolume(scan, model, options)).quality.map(({ code }) => code);
    expect(await codes({ removeIslands: false })).toContain('CUT_BY_MODEL');
    expect(await codes({})).not.toContain('CUT_BY_MODEL');
  });

  test('holes are filled unless wanted', async () => {
    const hole: Blob = { ...leftVentricle, radii: [3, 3, 3], value: 100 };
    const scan = paint(grid, [...normal, hole]);
    const filled = await segmentVolume(scan, coarse);
    const open = await segmentVolume(scan, coarse, { fillHoles: false });
    expect(filled.filledVoxels).toBeGreaterThan(10);
    expect(open.filledVoxels).toBe(0);
    expect(mlOfLabel(filled, 4).ml - mlOfLabel(open, 4).ml).toBeCloseTo(
      (filled.filledVoxels * 1.5 ** 3) / 1000,
      6,
    );
  });

  test('the random field keeps clear ventricles and takes its own time', async () => {
    const scan = paint(grid, normal);
    const { labels, timingsMs } = await segmentVolume(scan, coarse, { crf: true });
    expect(dice(labels, maskOf(scan, [leftVentricle, rightVentricle]))).toBeGreaterThan(0.93);
    expect(timingsMs.crf).toBeGreaterThan(0);
  });
});

test('stops when aborted, with the signal’s reason', async () => {
  const scan = paint(gridAround([3, 3, 3]), normal);
  const controller = new AbortController();
  const stages: string[] = [];
  const running = segmentVolume(scan, coarse, {
    signal: controller.signal,
    onProgress: ({ stage }) => {
      stages.push(stage);
      if (stage === 'network') controller.abort(new Error('enough'));
    },
  });
  await expect(running).rejects.toThrow('enough');
  expect(new Set(stages)).toEqual(new Set(['conform', 'head', 'network']));
});
