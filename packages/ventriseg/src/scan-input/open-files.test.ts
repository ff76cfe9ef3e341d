import { applyAffine, createVolume, invertAffine, writeNifti } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { dicomBytes, mrSlice, type SliceOptions } from '../dicom/dicom-bytes.test-helper.ts';
import type { ConvertedImage, SeriesConverter, SeriesFile } from '../dicom/series-converter.ts';
import { VentrisegError } from '../errors.ts';
import { type InputFile, memoryFile } from './input-file.ts';
import { nodeDcm2niixConverter } from './node-converter.ts';
import { openFiles } from './open-files.ts';
import { pickImage } from './open-series.ts';
import type { OpenProgress } from './opened-scan.ts';

const slice = (path: string, options: SliceOptions = {}) => memoryFile(path, dicomBytes(mrSlice(options)));
const slices = (count: number, options: SliceOptions = {}) =>
  Array.from({ length: count }, (_, k) => slice(`s/${k + 1}.dcm`, { ...options, instance: k + 1 }));

const affine = [-2, 0, 0, 8, 0, -2, 0, 6, 0, 0, 2, 2, 0, 0, 0, 1];

async function niftiBytes(gzip = false) {
  return writeNifti(
    createVolume(
      new Int16Array(24).map((_, i) => i),
      [4, 3, 2],
      affine,
    ),
    { gzip },
  );
}

/** Hands out prepared images and records what it was given. */
function recording(images: readonly ConvertedImage[]) {
  const given: (readonly SeriesFile[])[] = [];
  const converter: SeriesConverter = {
    convert: async (files) => {
      given.push(files);
      return { images, warnings: ['a remark of the converter'] };
    },
  };
  return { converter, given };
}

async function magnitude(): Promise<ConvertedImage> {
  return { nifti: await niftiBytes(), echoTimeMs: undefined, content: 'magnitude' };
}

test('dcm2niix puts every voxel of a synthetic series where DICOM says', async () => {
  const { volume, source, format, warnings } = await openFiles('s', slices(5), {
    converter: nodeDcm2niixConverter(),
  });
  expect(format).toBe('nifti-1');
  expect(volume.shape).toEqual([8, 6, 5]);
  const worldToVoxel = invertAffine(volume.voxelToWorld);
  for (let k = 0; k < 5; k++) {
    for (let j = 0; j < 6; j++) {
      for (let i = 0; i < 8; i++) {
        // The slices' LPS position (-8 + 2i, -6 + 2j, 2 + 2k), as RAS.
        const [x, y, z] = applyAffine(worldToVoxel, [8 - 2 * i, 6 - 2 * j, 2 + 2 * k]).map(Math.round);
        expect(volume.data[x! + 8 * (y! + 6 * z!)], `${i},${j},${k}`).toBe(100 * (k + 1) + 10 * j + i);
      }
    }
  }
  expect(source.patient).toEqual({ sex: 'F', ageYears: 40 });
  expect(warnings.join()).toContain('has only 5 images');
});

test('nothing that names the patient comes out of a conversion', async () => {
  const scan = await openFiles('s', slices(5), { converter: nodeDcm2niixConverter() });
  const everything = JSON.stringify({ ...scan, volume: undefined });
  for (const secret of ['Doe', 'Jane', '4711', '1980', 'second visit'])
    expect(everything).not.toContain(secret);
});

test('two echoes in one series: the first is taken, with a warning', async () => {
  const files = [1, 2].flatMap((echo) =>
    Array.from({ length: 5 }, (_, k) => slice(`e${echo}/${k}`, { instance: k + 1, echo })),
  );
  const scan = await openFiles('s', files, { converter: nodeDcm2niixConverter() });
  expect(scan.volume.shape).toEqual([8, 6, 5]);
  expect(scan.warnings.join('\n')).toContain('has 2 echoes (3, 6 ms); the one at 3 ms was taken');
});

test('the converter gets exactly the files of the chosen series', async () => {
  const { converter, given } = recording([await magnitude()]);
  const localizer = { elements: { '0008103e': 'localizer' } };
  const files: InputFile[] = [
    memoryFile('README', new TextEncoder().encode('hello')),
    slice('loc/1', { series: '9.9', instance: 1, ...localizer }),
    ...slices(4),
    memoryFile('report', dicomBytes({ '00080016': '1.2.840.10008.5.1.4.1.1.88.11', '0020000e': '1.2.3.4' })),
    slice('copy of 1', { instance: 1 }),
  ];
  const scan = await openFiles('study', files, { converter });
  expect(given[0]!.map(({ path }) => path)).toEqual(['copy of 1', 's/2.dcm', 's/3.dcm', 's/4.dcm']);
  expect(scan.source.series).toMatchObject({ number: 5, images: 4, description: 't1_mprage_sag' });
  expect(scan.warnings).toContain('1 file repeats an image of the series and was left out.');
  expect(scan.warnings).toContain('a remark of the converter');
});

test('the hash does not depend on names or order', async () => {
  const { converter } = recording([await magnitude()]);
  const hash = async (files: InputFile[]) => (await openFiles('s', files, { converter })).source.sha256;
  const renamed = await Promise.all(
    slices(4).map(async (file, i) => memoryFile(`other-${9 - i}`, await file.read())),
  );
  expect(await hash(renamed.reverse())).toBe(await hash(slices(4)));
  expect(await hash(slices(5))).not.toBe(await hash(slices(4)));
});

test('missing slices stop the conversion', async () => {
  const { converter, given } = recording([]);
  const files = slices(9).filter((_, k) => k !== 3 && k !== 4);
  await expect(openFiles('s', files, { converter })).rejects.toMatchObject({
    code: 'INCOMPLETE_SERIES',
    message:
      's: #5 "t1_mprage_sag" (MR, 7 images) has 7 slices 2 mm apart with gaps of up to 6 mm: 2 slices are missing; ' +
      'export the series again',
  });
  expect(given).toEqual([]);
});

test('a file cut inside its pixels stops the conversion', async () => {
  const { converter } = recording([]);
  const files = slices(4);
  const whole = await files[2]!.read();
  files[2] = memoryFile('s/3.dcm', whole.subarray(0, whole.length - 10));
  await expect(openFiles('s', files, { converter })).rejects.toMatchObject({
    code: 'INCOMPLETE_SERIES',
    message: expect.stringContaining(`s/3.dcm: its 8x6 image needs ${whole.length} bytes`),
  });
});

test('files that cannot be read are named, and the rest is opened', async () => {
  const { converter } = recording([await magnitude()]);
  const refusing = async () => {
    throw new VentrisegError('UNREADABLE_FILE', 's/9: cannot be read: not permitted', { path: 's/9' });
  };
  const locked: InputFile = { path: 's/9', size: 10, read: refusing, readHead: refusing };
  const cut = memoryFile('s/cut', dicomBytes(mrSlice()).subarray(0, 300));
  const { warnings } = await openFiles('s', [...slices(4), locked, cut], { converter });
  expect(warnings.at(-1)).toMatch(
    /^2 files could not be read .*: s\/9: cannot be read: not permitted; s\/cut: its header is damaged/,
  );
});

test('headers longer than the first part of a file are read in full', async () => {
  const { converter } = recording([await magnitude()]);
  const padding = { elements: { '00420011': new Uint8Array(200_000) } };
  const scan = await openFiles('s', slices(3, padding), { converter });
  expect(scan.source.series?.images).toBe(3);
});

test('one NIfTI among strangers is opened; a series cannot be asked of it', async () => {
  const { converter } = recording([]);
  const files = [
    memoryFile('z!/a/t1.nii.gz', await niftiBytes(true)),
    memoryFile('z!/readme', new Uint8Array(9)),
  ];
  const scan = await openFiles('z.zip', files, { converter });
  expect(scan).toMatchObject({ name: 'z', format: 'nifti-1', source: { kind: 'nifti', path: 'z.zip' } });
  expect(scan.volume.shape).toEqual([4, 3, 2]);
  await expect(openFiles('z.zip', files, { converter, series: '4' })).rejects.toMatchObject({
    code: 'SERIES_NOT_FOUND',
  });
});

test('several NIfTI files are listed, none is guessed', async () => {
  const { converter } = recording([]);
  const nifti = await niftiBytes();
  const files = ['a.nii', 'b.nii'].map((path) => memoryFile(path, nifti));
  await expect(openFiles('z', files, { converter })).rejects.toMatchObject({
    code: 'NOT_A_SCAN',
    message: 'z: holds no DICOM images but 2 scans (a.nii, b.nii); name one of them',
  });
});

test('nothing usable: the message counts what was there', async () => {
  const { converter } = recording([]);
  const files = [
    memoryFile('a.txt', new Uint8Array(10)),
    memoryFile('sr', dicomBytes({ '00080016': '1.2.840.10008.5.1.4.1.1.88.11', '0020000e': '1' })),
  ];
  await expect(openFiles('f', files, { converter })).rejects.toMatchObject({
    code: 'NO_DICOM_IMAGES',
    message:
      'f: holds no DICOM image among 2 files (1 DICOM without pixels, such as reports); ' +
      'give a folder or zip with a DICOM series, or a NIfTI or MGH file',
  });
  await expect(openFiles('f', [], { converter })).rejects.toThrow(/^f: holds no files;/);
});

test('progress counts files in each stage', async () => {
  const { converter } = recording([await magnitude()]);
  const seen: OpenProgress[] = [];
  await openFiles('s', slices(20), { converter, onProgress: (progress) => seen.push(progress) });
  expect(seen.map(({ stage, done, total }) => `${stage} ${done}/${total}`)).toEqual([
    'headers 16/20',
    'headers 20/20',
    'reading 16/20',
    'reading 20/20',
    'converting 0/1',
    'converting 1/1',
  ]);
});

test.each(['headers', 'reading', 'converting'] as const)('aborting while in "%s" stops', async (stage) => {
  const { converter, given } = recording([await magnitude()]);
  const controller = new AbortController();
  const onProgress = (progress: OpenProgress) => {
    if (progress.stage === stage) controller.abort(new Error('enough'));
  };
  const opening = openFiles('s', slices(40), { converter, signal: controller.signal, onProgress });
  await expect(opening).rejects.toThrow('enough');
  expect(given.length).toBe(stage === 'converting' ? 1 : 0);
});

const image = (bytes: number, content: ConvertedImage['content'], echoTimeMs?: number): ConvertedImage => ({
  nifti: new Uint8Array(bytes),
  echoTimeMs,
  content,
});

test('among several volumes the largest magnitude image is picked', () => {
  const wanted = image(500, 'magnitude');
  const { image: picked, warnings } = pickImage([image(900, 'other'), image(400, 'magnitude'), wanted], '#5');
  expect(picked).toBe(wanted);
  expect(warnings).toEqual(['#5 gives 2 volumes; the largest was taken.']);
});

test('a resampled image stands for the one it was made from', () => {
  const wanted = image(500, 'resampled');
  const { image: picked, warnings } = pickImage([image(600, 'magnitude'), wanted], '#5');
  expect(picked).toBe(wanted);
  expect(warnings[0]).toContain('they were resampled');
});

test('a single volume needs no words; only phase images are taken with a warning', () => {
  expect(pickImage([image(5, 'magnitude')], '#5').warnings).toEqual([]);
  expect(pickImage([image(5, 'other')], '#5').warnings[0]).toContain('holds no magnitude image');
});
