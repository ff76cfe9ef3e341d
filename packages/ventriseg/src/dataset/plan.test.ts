import { describe, expect, test } from 'vitest';
import { datasetPresets, type PlanOverrides, resolveDatasetPlan } from './plan.ts';

describe('resolveDatasetPlan', () => {
  test('2017: sagittal 110 to 145, rows and columns 17 to 112 of 128, counted from 1', () => {
    const plan = resolveDatasetPlan('2017');
    expect(plan).toEqual(datasetPresets['2017'].plan);
    expect([plan.slices.first + 1, plan.slices.last + 1]).toEqual([110, 145]);
    expect([plan.crop.firstRow + 1, plan.crop.firstRow + plan.crop.rows]).toEqual([17, 112]);
    expect(plan.classes).toEqual([{ name: 'lateral ventricles', labels: [4, 43] }]);
    expect(datasetPresets['2017'].deviations.join('\n')).toMatch(/95 pixels.*\n.*JPEG.*\n.*by person/);
  });

  test('another scale keeps the field of view; a size without a place is centred', () => {
    expect(resolveDatasetPlan('2017', { scaledSize: 256 }).crop).toEqual({
      firstRow: 32,
      firstColumn: 32,
      rows: 192,
      columns: 192,
    });
    expect(resolveDatasetPlan('2017', { crop: { rows: 64, columns: 81 } }).crop).toEqual({
      firstRow: 32,
      firstColumn: 23,
      rows: 64,
      columns: 81,
    });
  });

  test('the slice range of 2017 is not carried over to other planes', () => {
    expect(resolveDatasetPlan('2017', { plane: 'coronal' }).slices).toEqual({ first: 0, last: 255 });
    expect(resolveDatasetPlan('2017', { plane: 'sagittal' }).slices).toEqual({ first: 109, last: 144 });
    expect(resolveDatasetPlan('2017', { slices: 'all' }).slices).toEqual({ first: 0, last: 255 });
  });

  test('bare label lists are named by their structures', () => {
    const { classes } = resolveDatasetPlan('2017', { classes: [[4, 43], [14], { name: 'x', labels: [15] }] });
    expect(classes).toEqual([
      { name: 'left lateral ventricle + right lateral ventricle', labels: [4, 43] },
      { name: 'third ventricle', labels: [14] },
      { name: 'x', labels: [15] },
    ]);
  });

  test.each<[boolean | '3d', string]>([
    [true, '2d'],
    [false, 'none'],
    ['3d', '3d'],
  ])('fillHoles %s means %s', (fillHoles, expected) => {
    expect(resolveDatasetPlan('2017', { fillHoles }).fillHoles).toBe(expected);
  });

  test.each<[PlanOverrides, string]>([
    [
      { crop: { firstRow: 40, firstColumn: 0, rows: 96, columns: 96 } },
      'does not lie in the slice of 128x128',
    ],
    [{ crop: { rows: 200, columns: 200 } }, 'crop.firstRow'],
    [{ slices: { first: 20, last: 10 } }, 'first slice 20 is after last slice 10'],
    [{ slices: { first: 0, last: 256 } }, 'slices.last'],
    [{ classes: [[4, 43], [43]] }, "label 43 is in both 'left lateral ventricle + right lateral ventricle'"],
    [{ classes: [[7 as 4]] }, 'classes[0].labels[0]'],
    [{ classes: [] }, 'classes'],
    [{ scaledSize: 0 }, 'scaledSize'],
    [{ keepEmptyShare: -0.1 }, 'keepEmptyShare'],
  ])('%j is refused: %s', (overrides, message) => {
    expect(() => resolveDatasetPlan('2017', overrides)).toThrowError(
      expect.objectContaining({ code: 'BAD_PLAN', message: expect.stringContaining(message) }),
    );
  });

  test('an unknown preset is refused by name', () => {
    expect(() => resolveDatasetPlan('2016' as '2017')).toThrow("no dataset preset '2016'; there is: 2017");
  });
});
