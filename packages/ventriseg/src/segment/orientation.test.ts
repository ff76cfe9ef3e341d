/** The same head stored in another order must get the same labels at the same places, left and right included. */
import { reorient } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { segmentVolume } from './segment-volume.ts';
import {
  gridAround,
  head,
  leftVentricle,
  loadIntensityModel,
  paint,
  rightVentricle,
} from './synthetic-head.test-helper.ts';

const all48Orders = ['LR', 'PA', 'IS']
  .flatMap((a, i, pairs) =>
    pairs.flatMap((b, j) => pairs.flatMap((c, k) => (i === j || j === k || i === k ? [] : [[a, b, c]]))),
  )
  .flatMap(([a, b, c]) => [...a!].flatMap((x) => [...b!].flatMap((y) => [...c!].map((z) => x + y + z))));

test('all 48 storage orders of an oblique, anisotropic scan give identical labels', async () => {
  expect(new Set(all48Orders).size).toBe(48);
  // A few slices through the middle of the ventricles are enough, and quick.
  const model = await loadIntensityModel([160], { slices: { first: 108, last: 116 }, classes: [[14]] });
  const grid = gridAround([1.9, 2.3, 2.1], [180, 210, 180], [0.2, 0.15]);
  const scan = reorient(paint(grid, [head, leftVentricle, rightVentricle]), 'RAS');
  const expected = await segmentVolume(scan, model);
  const found = new Set(expected.labels.data);
  expect(found).toEqual(new Set([0, 14]));
  for (const order of all48Orders) {
    const { labels, volumes } = await segmentVolume(reorient(scan, order), model);
    expect(Buffer.compare(reorient(labels, 'RAS').data, expected.labels.data), order).toBe(0);
    expect(volumes.total.mlByProbability).toBeCloseTo(expected.volumes.total.mlByProbability, 6);
  }
});

test('left stays left in mirrored storage', async () => {
  const model = await loadIntensityModel([160], { slices: 'all' });
  const scan = paint(gridAround([2, 2, 2]), [head, leftVentricle, rightVentricle]);
  for (const order of ['RAS', 'LPS', 'ASL']) {
    const { volumes } = await segmentVolume(reorient(scan, order), model);
    const [left, right] = volumes.labels.map(({ ml }) => ml);
    // The left one was made half as large again.
    expect(left! / right!, order).toBeGreaterThan(1.5);
  }
});
