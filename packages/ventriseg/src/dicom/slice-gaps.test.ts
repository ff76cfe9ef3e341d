import { expect, test } from 'vitest';
import { dicomBytes, mrSlice, type SliceOptions } from './dicom-bytes.test-helper.ts';
import { findSeries } from './dicom-series.ts';
import { findSliceGaps } from './slice-gaps.ts';

function headersOf(slices: readonly SliceOptions[]) {
  const files = slices.map((slice, i) => ({ path: `${i}`, bytes: dicomBytes(mrSlice(slice)) }));
  return findSeries(files).series[0]!.headers;
}

const instances = (...numbers: number[]) => numbers.map((instance) => ({ instance }));

test('a complete series has no gaps, in whatever order its images are numbered', () => {
  expect(findSliceGaps(headersOf(instances(1, 2, 3, 4, 5, 6)))).toBeUndefined();
  expect(findSliceGaps(headersOf(instances(6, 5, 4, 3, 2, 1)))).toBeUndefined();
});

test('missing slices are counted', () => {
  expect(findSliceGaps(headersOf(instances(1, 2, 3, 6, 7, 9, 10)))).toEqual({
    positions: 7,
    missing: 3,
    spacingMm: 2,
    largestGapMm: 6,
  });
});

test('several echoes at the same places are no gaps', () => {
  const echoes = [1, 2].flatMap((echo) => [1, 2, 3, 4].map((instance) => ({ instance, echo })));
  expect(findSliceGaps(headersOf(echoes))).toBeUndefined();
});

test('positions along an oblique normal are measured along it', () => {
  const oblique = (instance: number) => ({
    instance,
    elements: {
      // Normal (0.6, 0, 0.8): slices 2 mm apart along it.
      '00200037': '0.8\\0\\-0.6\\0\\1\\0',
      '00200032': `${1.2 * instance}\\0\\${1.6 * instance}`,
    },
  });
  expect(findSliceGaps(headersOf([1, 2, 3, 4, 5].map(oblique)))).toBeUndefined();
  const gaps = findSliceGaps(headersOf([1, 2, 3, 5, 6].map(oblique)));
  expect(gaps).toMatchObject({ positions: 5, missing: 1 });
  expect(gaps?.largestGapMm).toBeCloseTo(4, 9);
});

test('three orientations, as in a localizer, cannot tell', () => {
  const turned = { instance: 9, elements: { '00200037': '0\\1\\0\\0\\0\\-1' } };
  expect(findSliceGaps(headersOf([...instances(1, 2, 3, 8), turned]))).toBeUndefined();
});

test('slightly uneven spacing is no gap', () => {
  const uneven = [0, 2, 4.1, 6, 7.9, 10.2].map((z, i) => ({
    instance: i + 1,
    elements: { '00200032': `0\\0\\${z}` },
  }));
  expect(findSliceGaps(headersOf(uneven))).toBeUndefined();
});
