import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVolume } from '@ventriseg/imaging';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { datasetManifestSchema } from './manifest.ts';
import { openDataset } from './open-dataset.ts';
import { type PrepareOptions, prepareDataset } from './prepare-dataset.ts';
import {
  conformedAffine,
  conformedVolume,
  head,
  ventricleBoxes,
  writeScan,
  writeSubjects,
} from './synthetic-subjects.test-helper.ts';

let root: string;
let output: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ventriseg-dataset-'));
  await writeSubjects(root, ['anna', 'bert', 'carl']);
});
afterEach(() => {
  for (const name of readdirSync(root)) {
    if (/^\.?out/.test(name)) rmSync(join(root, name), { recursive: true });
  }
});
afterAll(() => rmSync(root, { recursive: true }));

function prepare(options: Partial<PrepareOptions> = {}) {
  output = join(root, 'out');
  return prepareDataset({ inputs: [join(root, 'subjects')], output, ...options });
}

/** What has been left in the folder of the output. */
const left = () => readdirSync(root).filter((name) => name.includes('out'));

describe('prepareDataset', () => {
  test('2017: slices, crop, halving and labels as worked out by hand', async () => {
    const { manifest, issues } = await prepare({ split: { subjects: { test: ['bert'], train: 'rest' } } });
    expect(issues).toEqual([]);
    expect(
      datasetManifestSchema.parse(JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8'))),
    ).toEqual(manifest);
    expect(readdirSync(output).sort()).toEqual([
      'contact-sheet.png',
      'images.npy',
      'labels.npy',
      'manifest.json',
    ]);
    expect(manifest.arrays.images.shape).toEqual([72, 96, 96]);
    const bert = manifest.subjects[1]!;
    expect(bert).toMatchObject({
      subject: 'bert',
      offset: 24,
      scheme: 'freesurfer',
      schemeGuessed: false,
      shape: [256, 256, 256],
      voxelMm: [1, 1, 1],
      volumesMl: {
        'Left-Lateral-Ventricle': 14.4,
        'Right-Lateral-Ventricle': 14.4,
        '3rd-Ventricle': 1.6,
      },
      labelledVoxels: { volume: 28800, slices: 28800, cropped: 0 },
      holes: { voxels3d: 0, voxels2d: 0, filled: 0 },
    });
    expect(bert.slices).toEqual(Array.from({ length: 24 }, (_, k) => 116 + k));

    const dataset = await openDataset(output);
    const image = dataset.image(24 + 5);
    // Voxel rows 100, 101 are 101 and 201: picture row 50 - 16 is their mean.
    expect(image[96 * 34 + 40]).toBe(151);
    expect(image[96 * 33 + 40]).toBe(101);
    // The head begins at voxel row 50 (picture row 25 - 16) and column 40 (20 - 16).
    expect([image[96 * 9 + 4], image[96 * 8 + 4], image[96 * 9 + 3]]).toEqual([101, 0, 0]);
    const label = dataset.label(24 + 5);
    const labelled = [...label.keys()].filter((n) => label[n] === 1);
    expect(labelled.length).toBe(10 * 30);
    expect([labelled[0], labelled.at(-1)]).toEqual([96 * 34 + 29, 96 * 43 + 58]);

    expect(manifest.subjects.map((s) => s.split)).toEqual(['train', 'test', 'train']);
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
    expect([...dataset.slicesOf('test')]).toEqual(range(24, 48));
    expect([...dataset.slicesOf('train')]).toEqual([...range(0, 24), ...range(48, 72)]);
    expect([...dataset.slicesOf('validation')]).toEqual([]);
    expect(() => dataset.image(72)).toThrow("slice 72 is not one of the dataset's 72");
  });

  test('another plane, scale, crop and classes', async () => {
    const { manifest } = await prepare({
      inputs: [join(root, 'subjects', 'anna')],
      plan: {
        plane: 'axial',
        classes: [[4], [43], [14]],
        scaledSize: 256,
        crop: { firstRow: 100, firstColumn: 110, rows: 70, columns: 40 },
        keepAboveVoxels: 0,
      },
    });
    const anna = manifest.subjects[0]!;
    expect(manifest.preset.overridden).toEqual(['classes', 'crop', 'keepAboveVoxels', 'plane', 'scaledSize']);
    expect([anna.slices[0], anna.slices.at(-1), anna.slices.length]).toEqual([100, 129, 30]);
    const dataset = await openDataset(output);
    // Row r of an axial picture is voxel 255 - r of the third axis: 155 is 100, column 128 is the left side.
    const label = dataset.label(0);
    const at = (k: number, i: number) => label[40 * (255 - k - 100) + (i - 110)];
    expect([at(149, 128), at(149, 127), at(150, 128), at(149, 140), at(149, 116), at(149, 115)]).toEqual([
      1, 2, 0, 0, 2, 0,
    ]);
    expect(dataset.label(25)[40 * (255 - 120 - 100) + (128 - 110)]).toBe(3);
    expect(manifest.pictures).toEqual({
      rows: 'anterior to posterior',
      columns: 'right to left',
      pixelMm: 1,
    });
  });

  test('what the crop cuts off is counted and warned of', async () => {
    const { manifest, issues } = await prepare({
      inputs: [join(root, 'subjects', 'anna')],
      plan: { crop: { firstRow: 55, firstColumn: 0, rows: 64, columns: 128 } },
    });
    expect(manifest.subjects[0]!.labelledVoxels).toEqual({ volume: 28800, slices: 28800, cropped: 14400 });
    expect(issues.filter((i) => i.code === 'LABELS_CROPPED')[0]!.message).toContain('14400 of 28800');
  });

  test('holes are counted, and filled only when asked', async () => {
    const holed = conformedVolume([
      ...ventricleBoxes,
      [[130, 131, 105, 107, 100, 104], 0],
      [[116, 140, 110, 111, 95, 96], 0],
    ]);
    const mri = join(root, 'out-holes', 'holes', 'mri');
    await writeScan(join(mri, 'T1.mgz'), conformedVolume([head(90)]));
    await writeScan(join(mri, 'aseg.mgz'), holed);
    const inputs = [join(root, 'out-holes')];
    const plain = await prepare({ inputs });
    expect(plain.manifest.subjects[0]!.holes).toEqual({ voxels3d: 8, voxels2d: 32, filled: 0 });
    expect(plain.manifest.subjects[0]!.labelledVoxels.volume).toBe(28800 - 32);
    const filled = await prepare({ inputs, plan: { fillHoles: true }, overwrite: true });
    expect(filled.manifest.subjects[0]!.holes).toEqual({ voxels3d: 8, voxels2d: 32, filled: 32 });
    expect(filled.manifest.subjects[0]!.labelledVoxels.volume).toBe(28800);
  });

  test('bad subjects are left out and named; the others go on', async () => {
    const mri = join(root, 'subjects', 'anna', 'mri');
    const shifted = conformedVolume(ventricleBoxes);
    const files = join(root, 'out-bad');
    await writeScan(join(files, 'small.nii'), createVolume(new Uint8Array(8), [2, 2, 2], conformedAffine));
    await writeScan(join(files, 'moved.mgz'), { ...shifted, voxelToWorld: conformedAffine.with(3, 130) });
    await writeScan(join(files, 'empty.mgz'), conformedVolume([[[60, 70, 60, 70, 60, 70], 2]]));
    await writeScan(join(files, 'bare.mgz'), conformedVolume(ventricleBoxes.slice(0, 2)));
    writeFileSync(join(files, 'broken.mgz'), 'not a scan at all, but long enough to be looked at');
    const t1 = join(mri, 'T1.mgz');
    const rows = [
      ['good', t1, join(mri, 'aseg.mgz'), ''],
      ['small', t1, 'small.nii', 'freesurfer'],
      ['moved', t1, 'moved.mgz', ''],
      ['empty', t1, 'empty.mgz', 'freesurfer'],
      ['bare', t1, 'bare.mgz', ''],
      ['broken', 'broken.mgz', join(mri, 'aseg.mgz'), ''],
      ['gone', 'gone.mgz', join(mri, 'aseg.mgz'), ''],
      ['other', t1, join(root, 'subjects/bert/mri/aseg.mgz'), 'neuromorphometrics'],
    ];
    const tsv = join(files, 'cases.tsv');
    writeFileSync(
      tsv,
      [['subject', 'image', 'labels', 'scheme'], ...rows].map((r) => r.join('\t')).join('\n'),
    );
    const { manifest, issues } = await prepare({ inputs: [tsv] });
    expect(manifest.subjects.map((s) => [s.subject, s.schemeGuessed])).toEqual([['good', true]]);
    expect(issues.filter((i) => i.severity === 'error').map((i) => [i.subject, i.code])).toEqual([
      ['small', 'GRID_MISMATCH'],
      ['moved', 'GRID_MISMATCH'],
      ['empty', 'NO_LABELS'],
      ['bare', 'SCHEME_UNKNOWN'],
      ['broken', 'WRONG_MAGIC'],
      ['gone', 'NO_SUCH_FILE'],
      ['other', 'SCHEME_CONTRADICTED'],
    ]);
    expect(issues[0]!.message).toContain(`labels of 2x2x2 do not lie on the grid of ${t1} (256x256x256)`);
    expect(issues[1]!.message).toContain('same shape but another place or axis order');
    expect(issues[2]!.message).toContain('the whole volume has 0 of lateral ventricles');
    expect(issues.at(-1)).toMatchObject({ severity: 'warning', code: 'EMPTY_SPLIT' });
  });

  test('when no subject can be prepared it says why and leaves nothing', async () => {
    const mri = join(root, 'out-none', 'mri');
    mkdirSync(mri, { recursive: true });
    writeFileSync(join(mri, 'T1.mgz'), '');
    writeFileSync(join(mri, 'aseg.mgz'), '');
    await expect(prepare({ inputs: [join(root, 'out-none')] })).rejects.toMatchObject({
      code: 'NO_SUBJECTS',
      message: expect.stringMatching(/none could be prepared\n {2}EMPTY_FILE .*T1\.mgz/),
    });
    await expect(prepare({ inputs: [dataTable('image\tlabels\n')], datasets: ['x'] })).rejects.toMatchObject({
      code: 'NO_SUBJECTS',
      message: expect.stringContaining('(datasets: x): none was found'),
    });
    expect(left()).toEqual(['out-none', 'out-table.tsv']);
  });

  test('a dataset that is there is replaced only when allowed, anything else never', async () => {
    const inputs = [join(root, 'subjects', 'anna')];
    await prepare({ inputs });
    await expect(prepare({ inputs })).rejects.toMatchObject({ code: 'OUTPUT_EXISTS', path: output });
    await prepare({ inputs, overwrite: true, seed: 5 });
    expect((await openDataset(output)).manifest.seed).toBe(5);
    expect(left()).toEqual(['out']);
    rmSync(join(output, 'manifest.json'));
    await expect(prepare({ inputs, overwrite: true })).rejects.toThrow('is not a dataset (no manifest.json)');
    expect(readdirSync(output)).toContain('images.npy');
  });

  test('can be stopped, tells how far it is, and leaves nothing half-written', async () => {
    const stop = new AbortController();
    const seen: (string | undefined)[] = [];
    const run = prepare({
      signal: stop.signal,
      onProgress: ({ done, total, subject }) => {
        expect(total).toBe(3);
        seen.push(subject);
        if (done === 1) stop.abort(new Error('enough'));
      },
    });
    await expect(run).rejects.toThrow('enough');
    expect(seen).toEqual(['anna', 'bert']);
    expect(left()).toEqual([]);
  });

  test('wrong use is refused before anything is written', async () => {
    await expect(prepare({ split: { counts: { train: 4 } } })).rejects.toMatchObject({ code: 'BAD_SPLIT' });
    await expect(prepare({ plan: { scaledSize: 0 } })).rejects.toMatchObject({ code: 'BAD_PLAN' });
    expect(left()).toEqual([]);
  });

  test('same inputs, options and seed give the same bytes', async () => {
    const names = ['manifest.json', 'images.npy', 'labels.npy', 'contact-sheet.png'];
    const inputs = [join(root, 'subjects', 'carl'), join(root, 'subjects', 'anna')];
    await prepare({ inputs });
    const first = names.map((name) => readFileSync(join(output, name)));
    await prepare({ inputs, overwrite: true });
    names.forEach((name, k) => {
      expect(readFileSync(join(output, name)).equals(first[k]!), name).toBe(true);
    });
  });

  test('one person under two names, told by the same image, is in one split', async () => {
    const mri = (subject: string) => join(root, 'subjects', subject, 'mri');
    const copy = join(root, 'out-copy.mgz');
    writeFileSync(copy, readFileSync(join(mri('anna'), 'T1.mgz')));
    const row = (subject: string, image: string, labels: string, split: string) =>
      `${subject}\t${image}\t${join(mri(labels), 'aseg.mgz')}\tfreesurfer\t${split}\n`;
    const text = (...splits: string[]) =>
      `subject\timage\tlabels\tscheme\tsplit\n${row('x', copy, 'bert', splits[0]!)}` +
      `${row('anna', join(mri('anna'), 'T1.mgz'), 'anna', splits[1]!)}` +
      `${row('x', join(mri('carl'), 'T1.mgz'), 'carl', splits[2]!)}`;
    const { manifest, issues } = await prepare({ inputs: [dataTable(text('test', 'test', 'test'))] });
    expect(manifest.subjects.map((s) => [s.subject, s.person, s.split])).toEqual([
      ['x', 'x', 'test'],
      ['anna', 'x', 'test'],
      ['x', 'x', 'test'],
    ]);
    expect(issues.map((i) => i.code)).toEqual(['REPEATED_SUBJECT', 'SAME_IMAGE', 'EMPTY_SPLIT']);
    const torn = prepare({ inputs: [dataTable(text('test', 'train', 'test'))], overwrite: true });
    await expect(torn).rejects.toThrow('person x has scans in both test and train');
  });
});

function dataTable(text: string): string {
  const path = join(root, 'out-table.tsv');
  writeFileSync(path, text);
  return path;
}
