import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from './open-dataset.ts';
import { type PrepareOptions, prepareDataset } from './prepare-dataset.ts';
import {
  type Box,
  conformedVolume,
  ventricleBoxes,
  writeScan,
  writeSubjects,
} from './synthetic-subjects.test-helper.ts';

let root: string;
let output: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ventriseg-synthesised-'));
  output = join(root, 'out');
  await writeSubjects(root, ['anna']);
  const matter: readonly [Box, number] = [[80, 176, 70, 160, 60, 190], 2];
  await writeScan(join(root, 'map.mgz'), conformedVolume([matter, ...ventricleBoxes]));
  await writeScan(
    join(root, 'odd.mgz'),
    conformedVolume([matter, ...ventricleBoxes, [[0, 9, 0, 9, 0, 9], 99]]),
  );
  const mri = join(root, 'subjects', 'anna', 'mri');
  // Neuromorphometrics: 45 right white matter, 52 and 51 the lateral ventricles.
  const renumbered = ventricleBoxes.slice(0, 2).map(([box], k) => [box, 52 - k] as const);
  await writeScan(join(root, 'other.mgz'), conformedVolume([[matter[0], 45], ...renumbered]));
  writeFileSync(
    join(root, 'cases.tsv'),
    `subject\timage\tlabels\nmap\t\tmap.mgz\nanna\t${join(mri, 'T1.mgz')}\t${join(mri, 'aseg.mgz')}\n`,
  );
}, 120_000);
afterAll(() => rmSync(root, { recursive: true }));

function prepare(options: Partial<PrepareOptions> = {}) {
  return prepareDataset({ inputs: [join(root, 'cases.tsv')], output, overwrite: true, ...options });
}
const split = { counts: { train: 1, test: 'rest' as const } };
const plan = { slices: 'all' as const, keepAboveVoxels: 0 };

describe('synthesised subjects', () => {
  test('copies are one person, recorded with their seeds, and the same each time', async () => {
    const options = {
      split,
      plan,
      synthesise: { copies: 2, contrasts: { 't1-like': 1 }, options: { flip: 0 } },
    };
    const { manifest, issues } = await prepare(options);
    expect(issues).toEqual([]);
    expect(manifest.subjects.map((s) => [s.subject, s.person, s.synthesis?.copy])).toEqual([
      ['map#1', 'map', 1],
      ['map#2', 'map', 2],
      ['anna', 'anna', undefined],
    ]);
    const [first, second, anna] = manifest.subjects;
    expect(first!.split).toBe(second!.split);
    expect(anna!.split).not.toBe(first!.split);
    expect([first!.image, anna!.synthesis]).toEqual([null, null]);
    expect(anna!.image!.path).toMatch(/T1\.mgz$/);
    expect(first!.synthesis!.seed).not.toBe(second!.synthesis!.seed);
    expect(first!.synthesis!.contrast).toBe('t1-like');
    expect(manifest.synthesise).toMatchObject({ copies: 2, contrasts: { 't1-like': 1 }, seedOffset: 0 });
    expect(manifest.synthesise!.options).toMatchObject({ flip: 0, rotationDeg: 15 });

    const dataset = await openDataset(output);
    const slicesOf = (k: number) => dataset.image(dataset.manifest.subjects[k]!.offset + 10);
    expect(slicesOf(0)).not.toEqual(slicesOf(1));
    const files = ['manifest.json', 'images.npy', 'labels.npy'];
    const before = files.map((name) => readFileSync(join(output, name)));
    await prepare(options);
    files.forEach((name, k) => {
      expect(readFileSync(join(output, name)).equals(before[k]!), name).toBe(true);
    });
    const offset = { ...options.synthesise, copies: 1, seedOffset: 1 };
    const other = await prepare({ ...options, synthesise: offset });
    const [map, alone] = other.manifest.subjects;
    expect(map!.synthesis!.seed).not.toBe(first!.synthesis!.seed);
    expect([map!.split, alone!.split]).toEqual([first!.split, anna!.split]);
  });

  test('without the option they are left out with a note; a wrong option is refused', async () => {
    const { manifest, issues } = await prepare({ split: { fractions: { train: 1 } } });
    expect(manifest.subjects.map((s) => s.subject)).toEqual(['anna']);
    expect(manifest.synthesise).toBe(null);
    expect(issues.map((i) => [i.severity, i.code, i.subject])).toEqual([['note', 'NO_IMAGE', 'map']]);
    await expect(prepare({ synthesise: { copies: 0, contrasts: { 't1-like': 1 } } })).rejects.toMatchObject({
      code: 'BAD_PLAN',
      message: expect.stringContaining('copies'),
    });
  });

  test('a map of unknown tissue or of another scheme is left out and named', async () => {
    const tsv = join(root, 'bad.tsv');
    writeFileSync(
      tsv,
      'subject\timage\tlabels\tscheme\ngood\t\tmap.mgz\tfreesurfer\nodd\t\todd.mgz\tfreesurfer\nother\t\tother.mgz\t\n',
    );
    const { manifest, issues } = await prepare({
      inputs: [tsv],
      plan,
      split: { fractions: { train: 1 } },
      synthesise: { copies: 1, contrasts: { any: 1 } },
    });
    expect(manifest.subjects.map((s) => [s.subject, s.synthesis!.contrast])).toEqual([['good#1', 'any']]);
    expect(issues.map((i) => [i.severity, i.code, i.subject])).toEqual([
      ['error', 'BAD_LABELS', 'odd#1'],
      ['error', 'BAD_LABELS', 'other#1'],
    ]);
    expect(issues[1]!.message).toContain("FreeSurfer's label numbers only");
  });
});

describe('keepEmptyShare', () => {
  const inputs = () => [join(root, 'subjects', 'anna')];

  test('keeps a share of the slices that show the head and no label, in order', async () => {
    const { manifest } = await prepare({ inputs: inputs(), plan: { keepEmptyShare: 0.25 } });
    const { slices, labelledVoxels } = manifest.subjects[0]!;
    // 24 slices, 116 to 139, are labelled; 12 of 109 to 144 are not, of which 6 are drawn.
    expect(slices.length).toBe(24 + 6);
    expect(slices).toEqual([...slices].sort((a, b) => a - b));
    const empty = slices.filter((index) => index < 116 || index > 139);
    expect([empty.length, new Set(empty).size]).toEqual([6, 6]);
    expect(labelledVoxels).toEqual({ volume: 28800, slices: 28800, cropped: 0 });
    const dataset = await openDataset(output);
    slices.forEach((index, k) => {
      expect(dataset.label(k).some((value) => value !== 0)).toBe(index >= 116 && index <= 139);
    });
    const again = await prepare({ inputs: inputs(), plan: { keepEmptyShare: 0.25 } });
    expect(again.manifest.subjects[0]!.slices).toEqual(slices);
    const seeded = await prepare({ inputs: inputs(), plan: { keepEmptyShare: 0.25 }, seed: 2 });
    expect(seeded.manifest.subjects[0]!.slices).not.toEqual(slices);
  });

  test('never keeps air, however many are wanted', async () => {
    const { manifest } = await prepare({ inputs: inputs(), plan: { keepEmptyShare: 10, slices: 'all' } });
    // The head is 60 to 199.
    expect(manifest.subjects[0]!.slices).toEqual(Array.from({ length: 140 }, (_, k) => 60 + k));
  });
});
