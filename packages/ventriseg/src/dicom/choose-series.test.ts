import { expect, test } from 'vitest';
import { VentrisegError } from '../errors.ts';
import { chooseSeries } from './choose-series.ts';
import { dicomBytes, mrSlice } from './dicom-bytes.test-helper.ts';
import { type DicomSeries, findSeries } from './dicom-series.ts';
import { rateSeries, T1_LIKE_SCORE } from './series-suitability.ts';

let uid = 0;

/** A series of one multi-frame file, to keep the tests fast; elements with '' are absent. */
function series(description: string, images: number, elements: Record<string, string> = {}): DicomSeries {
  uid++;
  const bytes = dicomBytes(
    mrSlice({
      series: `1.2.840.${uid}`,
      elements: { '0008103e': description, '00280008': `${images}`, '00200011': `${uid}`, ...elements },
    }),
  );
  return findSeries([{ path: `file-${uid}`, bytes }]).series[0]!;
}

const spinEcho2d = { '00180020': 'SE', '00180023': '2D', '00180050': '5', '00180082': '' };
const t2 = { ...spinEcho2d, '00180080': '5000', '00180081': '100' };
const plain3d = { '00180020': 'GR', '00180082': '' };

test.each<[string, DicomSeries[], string]>([
  [
    'a Siemens examination',
    [
      series('localizer', 3, { ...spinEcho2d, '00180020': 'GR' }),
      series('AAHead_Scout', 128, { '00080008': 'ORIGINAL\\PRIMARY\\M\\ND\\LOCALIZER' }),
      series('t2_tse_tra', 30, t2),
      series('t1_mprage_sag_p2_iso', 176),
      series('t1_mprage_sag_p2_iso_MPR_Tra', 60, { '00080008': 'DERIVED\\SECONDARY\\MPR' }),
      series('t2_space_dark-fluid_sag_FLAIR', 176, { '00180020': 'SE', '00180081': '388' }),
      series('ep2d_diff_ADC', 40, { '00180020': 'EP', '00080008': 'DERIVED\\PRIMARY\\DIFFUSION\\ADC' }),
    ],
    't1_mprage_sag_p2_iso',
  ],
  [
    'a GE examination',
    [
      series('3 Plane Loc SSFSE', 30, spinEcho2d),
      series('ASSET calibration', 80, plain3d),
      series('Ax T1 SE', 28, { ...spinEcho2d, '00180080': '500', '00180081': '9' }),
      series('Sag 3D T1 BRAVO', 196, plain3d),
      series('3D TOF MRA', 180, plain3d),
      series('Ax SWAN', 140, { ...plain3d, '00180081': '24' }),
    ],
    'Sag 3D T1 BRAVO',
  ],
  [
    'a Philips examination',
    [
      series('Survey_SHC', 9, spinEcho2d),
      series('WIP 3D T1TFE', 180, plain3d),
      series('T2W_TSE', 28, t2),
      series('sT1W_3D_FFE_phase', 180, { ...plain3d, '00080008': 'ORIGINAL\\PRIMARY\\PHASE MAP\\P\\FFE' }),
    ],
    'WIP 3D T1TFE',
  ],
  [
    'the combined echoes before a single one',
    [series('memprage', 176), series('memprage RMS', 176), series('memprage', 176)],
    'memprage RMS',
  ],
  [
    'a scan before its screenshots',
    [
      series('MPRAGE screenshots', 200, { '00080016': '1.2.840.10008.5.1.4.1.1.7' }),
      series('head', 160, plain3d),
    ],
    'head',
  ],
  [
    'a 2-D T1 when there is nothing better',
    [series('T2 TSE', 28, t2), series('T1 SE', 28, { ...spinEcho2d, '00180080': '500', '00180081': '9' })],
    'T1 SE',
  ],
])('takes from %s the right series', (_, candidates, expected) => {
  const chosen = chooseSeries(candidates, undefined, 'study');
  expect(chosen.series.description).toBe(expected);
  const backwards = chooseSeries([...candidates].reverse(), undefined, 'study');
  expect(backwards.series.seriesInstanceUid).toBe(chosen.series.seriesInstanceUid);
});

test('the reason is in words', () => {
  const chosen = chooseSeries([series('localizer', 3), series('t1_mprage', 176)], undefined, 'study');
  expect(chosen.because).toBe(
    'best of 2 image series: it is called T1, has 176 images, is a 3-D acquisition, ' +
      'is an inversion-prepared gradient echo (TI 900 ms, TE 3 ms)',
  );
  expect(chosen.warnings).toEqual([]);
});

test('a series that does not look like T1 is taken with a warning that says why', () => {
  const { warnings } = chooseSeries([series('T2 TSE', 28, t2)], undefined, 'study');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(
    /does not look like a T1-weighted 3-D head scan: it is called T2, has only 28 images/,
  );
});

test('two equal acquisitions: the later one, with a warning that names the other', () => {
  const first = series('t1_mprage', 176);
  const second = series('t1_mprage', 176);
  const chosen = chooseSeries([first, second], undefined, 'study');
  expect(chosen.series).toBe(second);
  expect(chosen.warnings).toHaveLength(1);
  expect(chosen.warnings[0]).toContain(`#${first.number} "t1_mprage" (MR, 176 images) would suit as well`);
});

test('two persons in one folder: a warning', () => {
  const chosen = chooseSeries(
    [series('t1_mprage RMS', 176), series('t1_mprage', 176, { '0020000d': '7.7.7' })],
    undefined,
    'study',
  );
  expect(chosen.warnings.join()).toContain('different examinations lie together');
});

test('computed tomography, screenshots and localizers are refused unless asked for', () => {
  const all = [
    series('Head CT', 200, { '00080060': 'CT' }),
    series('mprage capture', 30, { '00080016': '1.2.840.10008.5.1.4.1.1.7' }),
    series('localizer', 3),
  ];
  for (const one of all) expect(rateSeries(one).usable).toBe(false);
  const error = errorOf(() => chooseSeries(all, undefined, 'study'));
  expect(error.code).toBe('NO_DICOM_IMAGES');
  expect(error.message).toContain('"Head CT" (CT, 200 images) is CT, not MR');
  expect(error.message).not.toContain('\n');
  const asked = chooseSeries(all, 'head ct', 'study');
  expect(asked.series.description).toBe('Head CT');
  expect(asked.warnings[0]).toContain('is CT, not MR');
});

test('a series is found by UID, number, description or a part of it', () => {
  const a = series('t1_mprage', 176);
  const b = series('t1_mprage_RMS', 176);
  const c = series('Ax T2', 30, { ...t2, '00181030': 'HeadRoutine' });
  const all = [a, b, c];
  expect(chooseSeries(all, b.seriesInstanceUid, 'study').series).toBe(b);
  expect(chooseSeries(all, `${a.number}`, 'study').series).toBe(a);
  expect(chooseSeries(all, `#${a.number}`, 'study').series).toBe(a);
  expect(chooseSeries(all, 'T1_MPRAGE', 'study').series).toBe(a);
  expect(chooseSeries(all, 'rms', 'study').series).toBe(b);
  expect(chooseSeries(all, 'headroutine', 'study').series).toBe(c);
  expect(chooseSeries(all, 'rms', 'study').because).toBe('asked for by "rms"');
});

test('a name that fits several series lists them with their UIDs', () => {
  const a = series('t1_mprage_a', 176);
  const b = series('t1_mprage_b', 176);
  const error = errorOf(() => chooseSeries([a, b, series('T2', 30)], 'mprage', 'study'));
  expect(error).toMatchObject({ code: 'SERIES_AMBIGUOUS', path: 'study' });
  expect(error.message).toContain(a.seriesInstanceUid);
  expect(error.message).toContain(b.seriesInstanceUid);
  expect(error.message).not.toContain('T2');
});

test('a name that fits nothing lists what there is', () => {
  const error = errorOf(() => chooseSeries([series('t1_mprage', 176)], 'flair', 'study'));
  expect(error.code).toBe('SERIES_NOT_FOUND');
  expect(error.message).toMatch(/no series has "flair" .* there is #\d+ "t1_mprage" \(MR, 176 images\)$/);
});

test('an empty name fits nothing', () => {
  expect(errorOf(() => chooseSeries([series('t1', 176)], ' ', 'study')).code).toBe('SERIES_NOT_FOUND');
});

test.each([
  'MP-RAGE',
  'MP2RAGE_UNI',
  'Sag FSPGR BRAVO',
  't1_tfl3d',
  'WIPmocoMEMPRAGE 1mm FOV 220 RMS',
  'ADNI_Sag3D MPRAGE',
  'ax_3dt1',
  'FLASH 3D',
])('"%s" with 176 slices is like T1', (description) => {
  expect(rateSeries(series(description, 176, plain3d)).score).toBeGreaterThanOrEqual(T1_LIKE_SCORE);
});

function errorOf(run: () => unknown): VentrisegError {
  try {
    run();
  } catch (error) {
    if (error instanceof VentrisegError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
