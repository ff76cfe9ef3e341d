import { expect, test } from 'vitest';
import { dicomBytes, mrSlice } from './dicom-bytes.test-helper.ts';
import { describeSeries, findSeries } from './dicom-series.ts';

const slice = (path: string, options: Parameters<typeof mrSlice>[0]) => ({
  path,
  bytes: dicomBytes(mrSlice(options)),
});

test('files are grouped by series, ordered by instance, strangers counted', () => {
  const found = findSeries([
    slice('b', { series: '1.9', instance: 1, elements: { '00200011': '2', '0008103e': 'localizer' } }),
    slice('z', { series: '1.5', instance: 2 }),
    slice('y', { series: '1.5', instance: 10 }),
    slice('x', { series: '1.5', instance: 1 }),
    { path: 'notes.txt', bytes: new TextEncoder().encode('not DICOM') },
    { path: 'sr', bytes: dicomBytes({ '00080016': '1.2.840.10008.5.1.4.1.1.88.11', '0020000e': '1.5' }) },
    { path: 'cut', bytes: dicomBytes(mrSlice()).subarray(0, 300) },
  ]);
  expect(found).toMatchObject({ files: 7, otherDicom: 1, unreadable: [{ path: 'cut' }] });
  expect(found.series.map(({ seriesInstanceUid, images }) => [seriesInstanceUid, images])).toEqual([
    ['1.9', 1],
    ['1.5', 3],
  ]);
  expect(found.series[1]!.headers.map(({ path }) => path)).toEqual(['x', 'z', 'y']);
});

test('the same image twice is kept once', () => {
  const { series } = findSeries([
    slice('a/1', { instance: 1 }),
    slice('a/2', { instance: 2 }),
    slice('copy/1', { instance: 1 }),
  ]);
  expect(series).toMatchObject([{ images: 2, duplicates: 1 }]);
  expect(series[0]!.headers.map(({ path }) => path)).toEqual(['a/1', 'a/2']);
});

test('frames of a multi-frame file count as images', () => {
  const { series } = findSeries([slice('a', { elements: { '00280008': '120' } })]);
  expect(series[0]!.images).toBe(120);
  expect(describeSeries(series[0]!)).toBe('#5 "t1_mprage_sag" (MR, 120 images)');
});

test('the protocol stands in for a missing description, the UID for a missing number', () => {
  const { series } = findSeries([
    slice('a', { elements: { '0008103e': '', '00181030': 'BRAVO', '00200011': '' } }),
  ]);
  expect(describeSeries(series[0]!)).toBe('UID 1.2.3.4 "BRAVO" (MR, 1 image)');
});

test('no files, no series', () => {
  expect(findSeries([])).toEqual({ series: [], files: 0, otherDicom: 0, unreadable: [] });
});
