import { createVolume, readScan, type Volume } from '@ventriseg/imaging';
import { describe, expect, test } from 'vitest';
import { dataBytes, testWithData } from '../../../../test/shared-data.ts';
import {
  distinctLabels,
  guessLabelScheme,
  resolveLabelScheme,
  schemeNumbers,
  toCanonicalLabels,
  ventricles,
} from './schemes.ts';

const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const row = (data: Volume['data']) => createVolume(data, [data.length, 1, 1], identity);

describe('label schemes', () => {
  test('each scheme reaches each of the six ventricles once', () => {
    const numbers = ventricles.map(({ number }) => number).sort((a, b) => a - b);
    for (const pairs of Object.values(schemeNumbers)) {
      expect(pairs.map(([, canonical]) => canonical).sort((a, b) => a - b)).toEqual(numbers);
      expect(new Set(pairs.map(([own]) => own)).size).toBe(6);
    }
  });

  test('4 is the left lateral ventricle in one scheme, the third in the other', () => {
    const labels = row(Int16Array.of(0, 4, 43, 5, 44, 14, 15, 52, 51, 50, 49, 11, 207, -1));
    expect([...toCanonicalLabels(labels, 'freesurfer', 'a').data]).toEqual([
      0, 4, 43, 5, 44, 14, 15, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect([...toCanonicalLabels(labels, 'neuromorphometrics', 'a').data]).toEqual([
      0, 14, 0, 0, 0, 0, 0, 4, 43, 5, 44, 15, 0, 0,
    ]);
  });

  test('numbers beyond a byte are other structures, not ventricles modulo 256', () => {
    const labels = row(Int32Array.of(260, 299, 1004, 65540, 4));
    expect([...toCanonicalLabels(labels, 'freesurfer', 'a').data]).toEqual([0, 0, 0, 0, 4]);
  });

  test('float maps of whole numbers pass, images do not', () => {
    expect([...toCanonicalLabels(row(Float32Array.of(4, 43)), 'freesurfer', 'a').data]).toEqual([4, 43]);
    expect(() => toCanonicalLabels(row(Float32Array.of(4, 4.5)), 'freesurfer', 'a.nii')).toThrow(
      'a.nii: voxel 1 is 4.5; a label map holds whole numbers (is this an image?)',
    );
  });

  test('is guessed only when one scheme alone fits', () => {
    expect(guessLabelScheme([0, 2, 4, 10, 43, 49, 51, 52])).toBe('freesurfer');
    expect(guessLabelScheme([0, 4, 11, 23, 35, 51, 52, 100])).toBe('neuromorphometrics');
    // Ventricles alone: 4, 43 and 4, 11, 49-52 occur in both schemes; 5 and 14 in FreeSurfer's only.
    expect(guessLabelScheme([0, 4, 43])).toBeUndefined();
    expect(guessLabelScheme([0, 4, 11, 49, 50, 51, 52])).toBeUndefined();
    expect(guessLabelScheme([0, 4, 5, 14, 15, 43, 44])).toBe('freesurfer');
    expect(guessLabelScheme([0, 2, 4, 23])).toBeUndefined();
    expect(guessLabelScheme([0, 1])).toBeUndefined();
  });

  test('a stated scheme is believed, unless the numbers can only be the other one', () => {
    expect(resolveLabelScheme([0, 4, 43], 'freesurfer', 'a')).toEqual({
      scheme: 'freesurfer',
      guessed: false,
    });
    expect(resolveLabelScheme([0, 2, 4], undefined, 'a')).toEqual({ scheme: 'freesurfer', guessed: true });
    expect(() => resolveLabelScheme([0, 4, 43], undefined, 'a.nii')).toThrowError(
      expect.objectContaining({ code: 'SCHEME_UNKNOWN', path: 'a.nii' }),
    );
    expect(() => resolveLabelScheme([0, 4, 23, 51, 52], 'freesurfer', 'a.nii')).toThrowError(
      expect.objectContaining({
        code: 'SCHEME_CONTRADICTED',
        message: expect.stringContaining('labels 0 4 23 51 52'),
      }),
    );
  });

  testWithData('the scheme of real label maps is told from their numbers', async () => {
    const files: [string, string][] = [
      ['oasis-manual/1000_labels.nii.gz', 'neuromorphometrics'],
      ['ixi-2mm/IXI012-HH-1211_labels.nii.gz', 'neuromorphometrics'],
      ['freesurfer-subjects/atlas/mri/aseg.mgz', 'freesurfer'],
      ['freesurfer-subjects/atlas/mri/aparc+aseg.mgz', 'freesurfer'],
      ['label-maps/map_01.nii.gz', 'freesurfer'],
    ];
    for (const [file, scheme] of files) {
      const { volume } = await readScan(dataBytes(file), { path: file });
      expect(guessLabelScheme(distinctLabels(volume)), file).toBe(scheme);
    }
  });
});
