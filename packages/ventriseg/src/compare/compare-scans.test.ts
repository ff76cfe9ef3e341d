import type { Grid } from '@ventriseg/imaging';
import { beforeAll, expect, test } from 'vitest';
import { comparisonHtml } from '../report/comparison-html.ts';
import type { OpenedScan } from '../scan-input/index.ts';
import type { LoadedSliceModel } from '../segment/load-model.ts';
import {
  type Blob,
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
import { changeMap, changeNumbers, drawChange } from './change-panels.ts';
import { drawChangeSheet } from './change-sheet.ts';
import { type Comparison, compareScans } from './compare-scans.ts';
import { comparisonRecord, comparisonRecordSchema } from './comparison-record.ts';

let model: LoadedSliceModel;
/** A nose and an ear, so that the head cannot be mistaken for one that is turned. */
const face: Blob[] = [
  { centre: [0, 84, -20], radii: [9, 14, 12], value: 100 },
  { centre: [70, 0, -10], radii: [8, 12, 20], value: 90 },
  { centre: [0, -30, -40], radii: [40, 25, 20], value: 140 },
];
const [smallHead, left, right] = [head, leftVentricle, rightVentricle].map(small) as [Blob, Blob, Blob];
const smallFace = face.map(small);
const larger = small({ ...leftVentricle, radii: [10, 32, 15] });
const upright: Grid = gridAround([2, 2, 2], smallFieldMm);
/** The same voxels with the head turned by 6 degrees. */
const turned: Grid = gridAround([2, 2, 2], smallFieldMm, [0.1, 0.06]);

const earlier = paint(upright, [smallHead, ...smallFace, left, right]);
// Painted on a turned grid and said to lie upright: the head is turned the other way.
const later = {
  ...paint(turned, [smallHead, ...smallFace, larger, right]),
  voxelToWorld: upright.voxelToWorld,
};

const numberOf = (comparison: Comparison, id: string) =>
  comparison.changes[0]!.numbers.find((number) => number.id === id)!;

beforeAll(async () => {
  model = await loadVentricleModel();
}, 60_000);

test('a ventricle that has grown is measured in a head that has turned', async () => {
  const told: string[] = [];
  const comparison = await compareScans(
    [
      { name: 'earlier', volume: earlier, years: 0 },
      { name: 'later', volume: later, years: 2 },
    ],
    model,
    { variations: 4, onProgress: ({ stage, done, total }) => told.push(`${stage} ${done / total}`) },
  );
  expect([told[0], told.at(-1)]).toEqual(['register 0', 'segment 1']);
  expect(comparison.quality.filter(({ severity }) => severity === 'error')).toEqual([]);
  const growth = numberOf(comparison, 'label4Ml');
  expect(Math.abs(growth.change / (mlOf(larger) - mlOf(left)) - 1)).toBeLessThan(0.15);
  expect(growth.exceeds).toBe(true);
  expect(growth.perYear).toBeCloseTo(growth.change / 2, 12);
  expect(Math.abs(numberOf(comparison, 'label43Ml').change)).toBeLessThan(0.1 * mlOf(right));

  const scans = comparison.scans;
  const map = changeMap(scans[0]!.segmentation.labels, scans[1]!.segmentation.labels);
  const counts = [0, 0, 0, 0];
  for (const value of map.data) counts[value]!++;
  expect((counts[changeNumbers.gained]! - counts[changeNumbers.lost]!) / 1000).toBeCloseTo(
    numberOf(comparison, 'totalMl').change,
    9,
  );
  // The network's pixels of 2 mm leave some voxels of the borders to chance.
  expect(counts[changeNumbers.lost]! / counts[changeNumbers.gained]!).toBeLessThan(0.35);

  const opened = [earlier, later].map(
    (volume, k): OpenedScan => ({
      name: `scan-${k}`,
      volume,
      header: {} as OpenedScan['header'],
      format: 'nifti-1',
      warnings: [],
      source: { path: `scan-${k}.nii`, sha256: String(k).repeat(64), kind: 'nifti' },
    }),
  );
  const record = comparisonRecord('both', opened, comparison, { total: 1 });
  expect(comparisonRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  const panels = drawChange(scans[0]!.segmentation, scans[1]!.segmentation, comparison.grid, {
    planeWindowMm: 192,
    pixelsPerMm: 1,
  });
  const shown = [...panels.planes, ...panels.slices].map(({ picture }) => orangePixels(picture.data));
  expect(shown.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20);
  expect(drawChangeSheet(panels, record).width).toBeGreaterThan(500);
  const page = comparisonHtml(record, panels);
  expect(page).toContain('Change from earlier to later');
  expect(page).toContain('more than chance');
  // Without the pictures, whose letters are chance.
  expect(page.replace(/data:[^"]*/g, '')).not.toMatch(/undefined|NaN|\[object/);
}, 300_000);

/** Pixels that are clearly more orange than grey. */
function orangePixels(data: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < data.length; at += 3) if (data[at]! - data[at + 2]! > 80) count++;
  return count;
}

test('one scan cannot be compared', async () => {
  await expect(compareScans([{ name: 'earlier', volume: earlier, years: 0 }], model)).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
  });
});
