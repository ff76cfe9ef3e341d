import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVolume, ImagingError, writeMgh, writeNifti } from '@ventriseg/imaging';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runPython, testWithPython } from '../../../../test/python-oracle.ts';
import { dicomBytes, mrSlice } from '../dicom/dicom-bytes.test-helper.ts';
import { openScan } from './open-scan.ts';
import { expectSameVolume } from './same-volume.test-helper.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ventriseg-open-scan-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (...parts: string[]) => {
  const path = join(folder, ...parts);
  mkdirSync(join(path, '..'), { recursive: true });
  return path;
};
const write = (path: string, bytes: Uint8Array | string) => {
  writeFileSync(inFolder(path), bytes);
  return join(folder, path);
};

const PYDICOM_FOLDER =
  'import os, pydicom.data as d; print(os.path.join(os.path.dirname(d.__file__), "test_files"))';

testWithPython('one image in every transfer syntax gives the same voxels', ['pydicom'], async () => {
  const source = runPython(PYDICOM_FOLDER).trim();
  const names = readdirSync(source).filter((name) => /^MR_small.*\.dcm$/.test(name));
  expect(names.length).toBeGreaterThan(4);
  const open = async (name: string) => {
    cpSync(join(source, name), inFolder('syntax', name, 'image'));
    return openScan(join(folder, 'syntax', name));
  };
  const expected = await open('MR_small.dcm');
  expect(expected.volume.shape).toEqual([64, 64, 1]);
  for (const name of names) expectSameVolume((await open(name)).volume, expected.volume);
});

const affine = [-2, 0, 0, 8, 0, -2, 0, 6, 0, 0, 2, 2, 0, 0, 0, 1];
const small = createVolume(
  new Int16Array(24).map((_, i) => i * i),
  [4, 3, 2],
  affine,
);

test('NIfTI and MGH open by what they are, not by their names', async () => {
  const path = write('misnamed.txt', await writeNifti(small));
  expectSameVolume((await openScan(path)).volume, small);
  const mgz = await openScan(write('a.mgz', await writeMgh(small)));
  expect(mgz.source.kind).toBe('mgh');
  expectSameVolume(mgz.volume, small);
});

test('either half of a pair opens the pair', async () => {
  const nifti = await writeNifti(small, { gzip: false });
  const header = nifti.slice(0, 348);
  header.set([0x6e, 0x69, 0x31, 0], 344);
  const view = new DataView(header.buffer);
  view.setFloat32(108, 0, true);
  const hdr = write('pair/scan.hdr', header);
  const img = write('pair/scan.img', nifti.slice(352));
  for (const path of [hdr, img]) {
    const scan = await openScan(path);
    expectSameVolume(scan.volume, small);
    expect(scan.name).toBe('scan');
  }
  const lonely = write('lonely/scan.img', nifti.slice(352));
  await expect(openScan(lonely)).rejects.toMatchObject({
    code: 'NOT_A_SCAN',
    message: `${lonely}: its header ${join(folder, 'lonely', 'scan.hdr')} is missing; put it beside the data`,
  });
});

test('a zip of one NIfTI opens', async () => {
  const nifti = await writeNifti(small);
  const entries = {
    'x/t1.nii.gz': nifti,
    '__MACOSX/x/._t1.nii.gz': new Uint8Array(20),
    'x/notes.txt': nifti,
  };
  const scan = await openScan(write('one.zip', zipSync(entries)));
  expectSameVolume(scan.volume, small);
  expect(scan.name).toBe('one');
});

test('a single file opens its own series only, from its own folder only', async () => {
  for (let k = 1; k <= 5; k++) write(`mix/a${k}`, dicomBytes(mrSlice({ series: '1.1', instance: k })));
  for (let k = 1; k <= 7; k++) write(`mix/b${k}`, dicomBytes(mrSlice({ series: '1.2', instance: k })));
  write('mix/below/a6', dicomBytes(mrSlice({ series: '1.1', instance: 6 })));
  const path = join(folder, 'mix', 'a3');
  const scan = await openScan(path);
  expect(scan.volume.shape).toEqual([8, 6, 5]);
  expect(scan.name).toBe('a3');
  expect((await openScan(join(folder, 'mix'), { series: '1.1' })).volume.shape).toEqual([8, 6, 6]);
  await expect(openScan(path, { series: '1.2' })).rejects.toMatchObject({ code: 'SERIES_NOT_FOUND' });
});

test('a DICOMDIR stands for its folder', async () => {
  for (let k = 1; k <= 5; k++) write(`disc/IMAGES/${k}`, dicomBytes(mrSlice({ instance: k })));
  const scan = await openScan(write('disc/DICOMDIR', dicomBytes({ '00080016': '1.2.840.10008.1.3.10' })));
  expect(scan.volume.shape).toEqual([8, 6, 5]);
  expect(scan.name).toBe('disc');
});

test('links in a circle and links to nowhere do no harm', async () => {
  for (let k = 1; k <= 5; k++) write(`links/${k}.dcm`, dicomBytes(mrSlice({ instance: k })));
  symlinkSync(join(folder, 'links'), join(folder, 'links', 'again'));
  symlinkSync('/nowhere/at/all', join(folder, 'links', 'annexed.dcm'));
  const scan = await openScan(join(folder, 'links'));
  expect(scan.volume.shape).toEqual([8, 6, 5]);
  expect(scan.warnings.join()).toMatch(
    /1 file could not be read .*annexed\.dcm: .*a link that leads nowhere/,
  );
});

test('opening leaves the exit code of the process alone', async () => {
  const before = process.exitCode;
  try {
    process.exitCode = 1;
    for (let k = 1; k <= 4; k++) write(`exit/${k}.dcm`, dicomBytes(mrSlice({ instance: k })));
    await openScan(join(folder, 'exit'));
    expect(process.exitCode).toBe(1);
  } finally {
    process.exitCode = before;
  }
});

describe('what cannot be opened says why in one line', () => {
  const cases: [string, () => string | Promise<string>, string, RegExp][] = [
    ['a missing path', () => join(folder, 'no-such'), 'NO_SUCH_FILE', /there is no such file or folder/],
    [
      'a path below a file',
      () => join(write('plain.txt', 'text'), 'deeper'),
      'NO_SUCH_FILE',
      /there is no such file/,
    ],
    [
      'an empty folder',
      () => {
        mkdirSync(inFolder('empty', 'below'), { recursive: true });
        return join(folder, 'empty');
      },
      'NO_DICOM_IMAGES',
      /holds no files/,
    ],
    [
      'a folder of text',
      () => {
        write('texts/a.txt', 'a');
        write('texts/b/c.csv', '1,2,3');
        return join(folder, 'texts');
      },
      'NO_DICOM_IMAGES',
      /no DICOM image among 2 files;/,
    ],
    [
      'a folder of reports',
      () => {
        const report = { '00080016': '1.2.840.10008.5.1.4.1.1.104.1', '00420011': new Uint8Array(8) };
        write('reports/a', dicomBytes({ ...report, '0020000e': '1.1' }));
        return join(folder, 'reports');
      },
      'NO_DICOM_IMAGES',
      /among 1 file \(1 DICOM without pixels/,
    ],
    [
      'one report',
      () => write('report', dicomBytes({ '00080016': '1.2.840.10008.5.1.4.1.1.104.1', '0020000e': '1.1' })),
      'NO_DICOM_IMAGES',
      /without an image \(class 1\.2\.840/,
    ],
    [
      'text',
      () => write('notes.nii', 'no scan at all'),
      'NOT_A_SCAN',
      /starts with bytes .*DICOM files and folders/,
    ],
    [
      'a deflated DICOM file',
      () => write('deflated.dcm', dicomBytes(mrSlice(), { transferSyntax: '1.2.840.10008.1.2.1.99' })),
      'NOT_A_SCAN',
      /deflate, which is not supported/,
    ],
    [
      'a zip that is cut off',
      () => write('cut.zip', zipSync({ 'a.dcm': dicomBytes(mrSlice()) }).subarray(0, 300)),
      'BAD_ZIP',
      /looks cut off/,
    ],
    [
      'a zip with a damaged entry',
      () => {
        const archive = zipSync({ 'a.dcm': dicomBytes(mrSlice()) });
        archive[100]! ^= 1;
        return write('damaged.zip', archive);
      },
      'BAD_ZIP',
      /"a\.dcm" (is damaged|cannot be inflated)/,
    ],
    ['an empty zip', () => write('empty.zip', zipSync({})), 'NO_DICOM_IMAGES', /holds no files/],
    [
      'a zip of text',
      () => write('text.zip', zipSync({ 'a/b.txt': new TextEncoder().encode('text') })),
      'NO_DICOM_IMAGES',
      /no DICOM image among 1 file/,
    ],
    [
      'pixels that cannot be decoded',
      () => {
        const broken = { transferSyntax: '1.2.840.10008.1.2.4.90' };
        for (let k = 1; k <= 4; k++) write(`broken/${k}`, dicomBytes(mrSlice({ instance: k }), broken));
        return join(folder, 'broken');
      },
      'DICOM_CONVERSION_FAILED',
      /dcm2niix .* on a series of 4 files.*convert the series to NIfTI by other means/,
    ],
  ];

  test.each(cases)('%s', async (_, make, code, pattern) => {
    const path = await make();
    const error = await openScan(path).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'VentrisegError', code, path });
    const { message } = error as Error;
    expect(message).toMatch(pattern);
    expect(message.startsWith(path)).toBe(true);
    expect(message).not.toContain('\n');
  });

  test('a truncated NIfTI keeps the error of its codec', async () => {
    const nifti = await writeNifti(small, { gzip: false });
    const path = write('truncated.nii', nifti.subarray(0, 370));
    const error = await openScan(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ImagingError);
    expect(error).toMatchObject({ code: 'TRUNCATED', path });
  });

  test('a series cannot be asked of a NIfTI', async () => {
    const path = write('plain.nii.gz', await writeNifti(small));
    await expect(openScan(path, { series: '4' })).rejects.toMatchObject({ code: 'SERIES_NOT_FOUND' });
  });

  test('an aborted call opens nothing', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(openScan(folder, { signal })).rejects.toThrow('enough');
  });
});

test('a file with a single slice is no volume', async () => {
  const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const path = write('slice.nii.gz', await writeNifti(createVolume(new Uint8Array(12), [4, 3, 1], affine)));
  await expect(openScan(path)).rejects.toMatchObject({
    code: 'NOT_A_VOLUME',
    message: expect.stringContaining('single slice of 4x3x1'),
  });
});
