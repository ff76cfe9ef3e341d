/** From subjects to volumes through the built command: prepare, train, resume, evaluate, segment. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gridOf, readScan, sameGrid } from '@ventriseg/imaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runVentriseg } from './cli-process.ts';
import { tinyHead, tinyRecipe, tinySlices, writeTinySubjects, writeVolume } from './tiny-heads.ts';

let root: string;
const at = (...parts: string[]) => join(root, ...parts);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ventriseg-whole-way-'));
  await writeTinySubjects(at('subjects'), ['ann', 'bob', 'cid']);
  writeFileSync(at('tiny.json'), JSON.stringify(tinyRecipe));
  const split = ['--split-people', 'test=cid', '--split-people', 'train=rest'];
  const prepared = await runVentriseg(
    ['prepare', 'subjects', '-o', 'dataset', ...tinySlices, ...split, '--json'],
    {
      cwd: root,
    },
  );
  expect(prepared, prepared.stderr).toMatchObject({ code: 0 });
  const { splits } = JSON.parse(prepared.stdout);
  expect(splits.map((s: { people: number }) => s.people)).toEqual([2, 0, 1]);
  const trained = await runVentriseg(
    ['train', 'dataset', '--recipe', 'tiny.json', '-o', 'run', '--threads', '1', '--epochs', '4'],
    { cwd: root },
  );
  expect(trained, trained.stderr).toMatchObject({ code: 0 });
  expect(trained.stderr).toMatch(/^epoch 1\/4, step 10: loss .* test; lateral ventricles: Dice /m);
  expect(trained.stdout).toContain('trained for 40 steps');
}, 240_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the dataset and the run hold what their files promise', () => {
  expect(readdirSync(at('dataset')).sort()).toEqual([
    'contact-sheet.png',
    'images.npy',
    'labels.npy',
    'manifest.json',
  ]);
  const files = readdirSync(at('run')).sort();
  expect(files.filter((name) => !name.startsWith('events.out'))).toEqual([
    'checkpoint.bin',
    'evaluation.json',
    'model.onnx',
    'run.json',
    'scalars.csv',
  ]);
  expect(readFileSync(at('run', 'scalars.csv'), 'utf8').trim().split('\n')).toHaveLength(5);
});

test('Ctrl-C leaves a run that ends with the same bytes as the uncut one, in any epoch', async () => {
  const start = ['train', 'dataset', '--recipe', 'tiny.json', '-o', 'cut', '--threads', '1', '--epochs', '4'];
  // The first checkpoint is written before the first step, so this one falls into the first epoch.
  const first = await runVentriseg(start, {
    cwd: root,
    interrupt: { signal: 'SIGINT', when: () => existsSync(at('cut', 'checkpoint.bin')) },
  });
  expect(first, first.stderr).toMatchObject({ code: 130, stdout: '' });
  expect(first.stderr).toContain('stopping after this step');
  expect(first.stderr).toContain('go on with:  ventriseg train dataset -o cut --resume');

  const resume = ['train', 'dataset', '-o', 'cut', '--resume', '--threads', '1'];
  const second = await runVentriseg(resume, {
    cwd: root,
    interrupt: { signal: 'SIGTERM', when: (stderr) => stderr.includes('epoch 2/4') },
  });
  expect(second, second.stderr).toMatchObject({ code: 130 });

  const third = await runVentriseg(resume, { cwd: root });
  expect(third, third.stderr).toMatchObject({ code: 0 });
  for (const file of ['model.onnx', 'checkpoint.bin']) {
    expect(readFileSync(at('cut', file)).equals(readFileSync(at('run', file))), file).toBe(true);
  }
  const epochs = (csv: string) =>
    csv
      .trim()
      .split('\n')
      .map((line) => line.split(',')[0]);
  expect(epochs(readFileSync(at('cut', 'scalars.csv'), 'utf8'))).toEqual(['epoch', '1', '2', '3', '4']);
}, 240_000);

test('evaluate gives the scores that training ended with', async () => {
  const result = await runVentriseg(['evaluate', 'run', 'dataset', '--json'], { cwd: root });
  expect(result, result.stderr).toMatchObject({ code: 0 });
  const { classes, split } = JSON.parse(result.stdout);
  const trained = JSON.parse(readFileSync(at('run', 'evaluation.json'), 'utf8'));
  expect(split).toBe('test');
  expect(classes[0].byPerson.dice).toBeCloseTo(trained.classes[0].byPerson.dice, 4);
  expect(classes[0].byPerson.dice).toBeGreaterThan(0.5);
});

test("segment writes labels on the scan's own grid, a record, a picture and a report; evaluate scores them", async () => {
  const scan = tinyHead(2).image;
  await writeVolume(at('scans', 'head.nii.gz'), scan);
  const result = await runVentriseg(
    ['segment', 'scans/head.nii.gz', '--model', 'run', '-o', 'out', '--json'],
    {
      cwd: root,
    },
  );
  expect(result, result.stderr).toMatchObject({ code: 0 });
  const { results, failures, csv } = JSON.parse(result.stdout);
  expect({ failures, csv }).toEqual({ failures: [], csv: null });
  expect(results[0].volumes.total.ml).toBeGreaterThan(1);
  expect(results[0].files.labels).toBe(join('out', 'head_ventricles.nii.gz'));
  expect(readdirSync(at('out')).sort()).toEqual([
    'head_ventricles.html',
    'head_ventricles.json',
    'head_ventricles.nii.gz',
    'head_ventricles.png',
  ]);
  const { volume } = await readScan(readFileSync(at('out', 'head_ventricles.nii.gz')));
  expect(sameGrid(gridOf(volume), gridOf(scan), 1e-4)).toBe(true);

  const scored = await runVentriseg(['evaluate', 'subjects/cid/mri/aseg.mgz', 'out/head_ventricles.nii.gz'], {
    cwd: root,
  });
  expect(scored, scored.stderr).toMatchObject({ code: 0 });
  const lateral = /lateral ventricles together +([\d.]+) /.exec(scored.stdout);
  expect(Number(lateral?.[1])).toBeGreaterThan(0.4);

  const again = await runVentriseg(['segment', 'scans/head.nii.gz', '--model', 'run', '-o', 'out'], {
    cwd: root,
  });
  expect(again).toMatchObject({ code: 2, stdout: '' });
  expect(again.stderr).toMatch(/^ventriseg: OUTPUT_EXISTS .*\n$/);
});

test('of several scans the bad one is named, the others are done, and a table lists all', async () => {
  writeFileSync(at('broken.nii'), 'no scan');
  const good = ['subjects/ann/mri/T1.mgz', 'subjects/bob/mri/T1.mgz'];
  const result = await runVentriseg(
    ['segment', good[0]!, 'broken.nii', good[1]!, '--model', 'run', '-o', 'many'],
    {
      cwd: root,
    },
  );
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(
    /^ventriseg: NOT_A_SCAN broken\.nii: .*\n[\s\S]*1 of 3 scans failed: broken\.nii\n$/m,
  );
  expect(result.stdout).toContain('left lateral ventricle');
  const rows = readFileSync(at('many', 'ventricles.csv'), 'utf8').trim().split('\n');
  expect(rows).toHaveLength(4);
  expect(rows[2]).toContain('broken.nii');
  expect(readdirSync(at('many'))).toHaveLength(9);
});

test('error bars and norms are in the record when they are asked for', async () => {
  await writeVolume(at('scans', 'bars.nii.gz'), tinyHead(2).image);
  const person = ['--sex', 'F', '--age', '70'];
  const result = await runVentriseg(
    ['segment', 'scans/bars.nii.gz', '--model', 'run', '-o', 'bars', '--error-bar', '2', ...person],
    { cwd: root },
  );
  expect(result, result.stderr).toMatchObject({ code: 0 });
  expect(result.stdout).toMatch(/total +[\d.]+ +mL +± [\d.]+/);
  const { errorBars, norms } = JSON.parse(readFileSync(at('bars', 'bars_ventricles.json'), 'utf8'));
  expect(errorBars.variations).toBe(2);
  const total = errorBars.numbers.find(({ id }: { id: string }) => id === 'totalMl');
  expect(total.standardError).toBeGreaterThan(0);
  expect(total.standardError).toBeLessThan(0.2 * total.value);
  // The tiny model knows the lateral ventricles alone, so the sum of all cannot be compared.
  expect(norms).toMatchObject({ sex: 'F', ageYears: 70, compared: [] });
  expect(norms.notCompared[0].reason).toBe('NOT_MEASURED');
}, 240_000);

test('compare finds no change in a head against itself, and writes record, picture and report', async () => {
  await writeVolume(at('scans', 'visit.nii.gz'), tinyHead(2).image);
  const scan = 'scans/visit.nii.gz';
  const options = ['--model', 'run', '-o', 'changes', '--interval', '2', '--error-bar', '2', '--json'];
  const result = await runVentriseg(['compare', scan, scan, ...options], { cwd: root });
  expect(result, result.stderr).toMatchObject({ code: 0 });
  const { changes, scans } = JSON.parse(result.stdout);
  expect(scans.map((s: { years: number }) => s.years)).toEqual([0, 2]);
  const total = changes[0].numbers.find(({ id }: { id: string }) => id === 'totalMl');
  expect(total.from).toBeGreaterThan(1);
  expect(total).toMatchObject({ change: 0, changePercent: 0, perYear: 0, exceeds: false });
  expect(readdirSync(at('changes')).sort()).toEqual(
    ['html', 'json', 'png'].map((ending) => `visit_to_visit_2_comparison.${ending}`),
  );
  expect(await runVentriseg(['compare', scan, scan, ...options], { cwd: root })).toMatchObject({ code: 2 });
}, 240_000);

test('demo segments a scan of the user and can be repeated', async () => {
  for (let time = 0; time < 2; time++) {
    const args = ['demo', '--scan', 'subjects/ann/mri/T1.mgz', '--model', 'run', '-o', 'demo'];
    const result = await runVentriseg(args, { cwd: root });
    expect(result, result.stderr).toMatchObject({ code: 0 });
    expect(result.stdout).toMatch(/total +[\d.]+ +mL/);
    expect(result.stdout).toContain('Not a medical device');
  }
  expect(readdirSync(at('demo'))).toHaveLength(4);
});
