import {
  createVolume,
  type Grid,
  gridOf,
  identityAffine,
  multiplyAffines,
  type Volume,
} from '@ventriseg/imaging';
import { beforeAll, expect, test } from 'vitest';
import type { CanonicalNumber } from '../labels/index.ts';
import type { LoadedSliceModel } from '../segment/load-model.ts';
import { type Segmentation, segmentVolume } from '../segment/segment-volume.ts';
import {
  gridAround,
  head,
  leftVentricle,
  loadVentricleModel,
  mlOf,
  paint,
  rightVentricle,
  small,
  smallFieldMm,
} from '../segment/synthetic-head.test-helper.ts';
import { estimateErrorBars } from './error-bars.ts';
import { firstVariations, undoVariation, varyScan } from './variations.ts';

let model: LoadedSliceModel;
let found: Segmentation;
const grid: Grid = gridAround([2, 2, 2], smallFieldMm);
const [left, right] = [small(leftVentricle), small(rightVentricle)];
const scan: Volume<Uint8Array> = paint(grid, [small(head), left, right]);

beforeAll(async () => {
  model = await loadVentricleModel();
  found = await segmentVolume(scan, model);
}, 120_000);

const volumeOf = (label: CanonicalNumber, ml: number) => ({
  label,
  name: '',
  title: '',
  ml,
  mlByProbability: ml,
});

test('variations are spread over turns, shifts, sizes and both hands, and are always the same', () => {
  const variations = firstVariations(64);
  expect(variations).toEqual([...firstVariations(80)].slice(0, 64));
  expect(variations.filter(({ mirrored }) => mirrored)).toHaveLength(32);
  const dimensions = [
    ...([0, 1, 2] as const).map((axis) => variations.map(({ turnDegrees }) => turnDegrees[axis] / 4)),
    ...([0, 1, 2] as const).map((axis) => variations.map(({ shiftVoxels }) => shiftVoxels[axis] / 0.5)),
    variations.map(({ voxelFactor }) => Math.log(voxelFactor) / Math.log(1.2)),
  ];
  for (const values of dimensions) {
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1);
    // Quarters of the range get a quarter each, or nearly.
    for (const low of [-1, -0.5, 0, 0.5]) {
      const inQuarter = values.filter((value) => value >= low && value < low + 0.5).length;
      expect(Math.abs(inQuarter - 16)).toBeLessThanOrEqual(3);
    }
  }
});

test('larger voxels fill the same field of view about the same middle', () => {
  const larger = {
    turnDegrees: [0, 0, 0],
    shiftVoxels: [0, 0, 0],
    voxelFactor: 1.2,
    mirrored: false,
  } as const;
  const slice = createVolume(
    new Uint8Array(60 * 36),
    [60, 36, 1],
    [2, 0, 0, -59, 0, 2, 0, -35, 0, 0, 5, 0, 0, 0, 0, 1],
  );
  const { volume } = varyScan(slice, larger);
  expect(volume.shape).toEqual([50, 30, 1]);
  const expected = [2.4, 0, 0, -58.8, 0, 2.4, 0, -34.8, 0, 0, 5, 0, 0, 0, 0, 1];
  expected.forEach((value, n) => {
    expect(volume.voxelToWorld[n]).toBeCloseTo(value, 9);
  });
});

test('no turn, no shift and no mirror leave the scan as it is', () => {
  const none = { turnDegrees: [0, 0, 0], shiftVoxels: [0, 0, 0], voxelFactor: 1, mirrored: false } as const;
  const { volume, toScanWorld } = varyScan(scan, none);
  expect(Array.from(volume.data)).toEqual(Array.from(scan.data));
  expect(toScanWorld.map((value) => value + 0)).toEqual(identityAffine);
});

test('a mirrored head has its voxels in reverse, and its labels come back on their own side', () => {
  const mirrored = {
    turnDegrees: [0, 0, 0],
    shiftVoxels: [0, 0, 0],
    voxelFactor: 1,
    mirrored: true,
  } as const;
  const { volume, toScanWorld } = varyScan(scan, mirrored);
  const [nx] = grid.shape;
  for (let at = 0; at < nx; at++) {
    const row = nx * (30 + grid.shape[1] * 30);
    expect(volume.data[row + at]).toBeCloseTo(scan.data[row + nx - 1 - at]!, 3);
  }
  const labels = { ...gridOf(scan), data: new Uint8Array(scan.data.length).fill(4) };
  labels.data[7] = 15;
  const volumes = {
    labels: [volumeOf(4, 1), volumeOf(43, 2), volumeOf(15, 3)],
    lateral: null,
    total: { ml: 6, mlByProbability: 7 },
  };
  const back = undoVariation({ labels, volumes, intracranial: undefined }, mirrored, toScanWorld);
  expect([back.labels.data[0], back.labels.data[7]]).toEqual([43, 15]);
  expect(back.volumes.labels.map(({ label, ml }) => [label, ml])).toEqual([
    [4, 2],
    [43, 1],
    [15, 3],
  ]);
  // The first voxel lies where the last one of the row is in the scan.
  const flip = [-1, 0, 0, nx - 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  multiplyAffines(grid.voxelToWorld, flip).forEach((value, n) => {
    expect(back.labels.voxelToWorld[n]).toBeCloseTo(value, 9);
  });
});

test('the spread of a made-up head is small beside its ventricles, and sides are not mixed up', async () => {
  const told: number[] = [];
  const { variations, numbers } = await estimateErrorBars(scan, found, model, {
    variations: 3,
    onProgress: ({ done }) => told.push(done),
  });
  expect(variations).toBe(3);
  expect(told).toEqual([0, 1, 2, 3]);
  for (const [id, blob] of [
    ['label4Ml', left],
    ['label43Ml', right],
  ] as const) {
    const bar = numbers.find((number) => number.id === id)!;
    expect(bar.value).toBe(found.volumes.labels.find(({ label }) => id === `label${label}Ml`)!.ml);
    // Mixed up, the spread would be over 0.5 mL and the means alike.
    expect(Math.abs(bar.mean! / mlOf(blob) - 1)).toBeLessThan(0.2);
    expect(bar.standardError).toBeGreaterThan(0);
    expect(bar.standardError).toBeLessThan(0.5);
    // Student's t of 2 degrees of freedom is 4.303.
    expect(bar.smallestDetectableChange).toBeCloseTo(Math.SQRT2 * 4.3027 * bar.standardError!, 3);
  }
}, 120_000);

test('standard errors count spread and common shifts; a number that is missing once has none', async () => {
  let call = 0;
  const number = (id: string, value: number) => ({ id, title: id, unit: 'mm', digits: 1, value });
  const { numbers } = await estimateErrorBars(scan, found, model, {
    variations: 3,
    numbersOf: () => {
      const n = call++;
      // The last call is of the scan itself.
      return [
        number('a', [1, 3, 8, 5][n]!),
        ...(n === 1 ? [] : [number('b', n)]),
        number('shifted', [1, 2, 3, 8][n]!),
      ];
    },
  });
  // About their mean 4: squares 9 + 1 + 16 over 2.
  expect(numbers[0]).toMatchObject({ id: 'a', value: 5, mean: 4, standardError: Math.sqrt(13) });
  expect(numbers[1]).toMatchObject({ id: 'b', value: 3, mean: null, standardError: null });
  // About the scan's 8: squares 49 + 36 + 25 over 2 x 3; about their mean only 1.
  expect(numbers[2]!.standardError).toBeCloseTo(Math.sqrt(110 / 6), 12);
}, 120_000);

test('one variation has no spread', async () => {
  await expect(estimateErrorBars(scan, found, model, { variations: 1 })).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
  });
});
