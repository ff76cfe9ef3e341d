/** What the built command says when it is used wrongly or given bad files: one line, a code, nothing half-written. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzip, writeMgh, writeNifti } from '@ventriseg/imaging';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CliResult, runVentriseg } from './cli-process.ts';
import {
  tinyAffine,
  tinyHead,
  tinyRecipe,
  tinySlices,
  writeTinySubjects,
  writeVolume,
} from './tiny-heads.ts';

let root: string;
const at = (...parts: string[]) => join(root, ...parts);
const ventriseg = (...args: string[]) => runVentriseg(args, { cwd: root });

/** One line `ventriseg: CODE message`, and nothing on stdout. */
function expectError(result: CliResult, exitCode: number, code: string, message: RegExp = /./): void {
  // On a slow machine lines of progress come before it.
  const lines = result.stderr.split('\n').filter((line) => !/^\d+% /.test(line));
  expect(lines.join('\n')).toMatch(new RegExp(`^ventriseg: ${code} [^\\n]+\\n$`));
  expect(result.stderr).toMatch(message);
  expect(result).toMatchObject({ code: exitCode, stdout: '' });
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ventriseg-wrong-use-'));
  await writeTinySubjects(at('subjects'), ['ann', 'bob']);
  writeFileSync(at('tiny.json'), JSON.stringify({ ...tinyRecipe, epochs: 1, stepsPerEpoch: 1 }));
  const prepared = await ventriseg('prepare', 'subjects', '-o', 'dataset', ...tinySlices);
  expect(prepared, prepared.stderr).toMatchObject({ code: 0 });
  const trained = await ventriseg('train', 'dataset', '--recipe', 'tiny.json', '-o', 'run');
  expect(trained, trained.stderr).toMatchObject({ code: 0 });
}, 240_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('help', () => {
  test.each([
    ['', /Commands:[\s\S]*segment[\s\S]*Exit codes: 0 done; 1 [\s\S]*Not a medical device/],
    ['segment', /Examples:\n {2}ventriseg segment [\s\S]*Not a medical device/],
    ['compare', /Examples:\n {2}ventriseg compare [\s\S]*Not a medical device/],
    ['demo', /Examples:\n {2}ventriseg demo[\s\S]*Not a medical device/],
    ['prepare', /Examples:\n {2}ventriseg prepare [\s\S]*Not a medical device/],
    ['recipes', /Examples:\n {2}ventriseg recipes[\s\S]*Not a medical device/],
    ['train', /Examples:\n {2}ventriseg train [\s\S]*Not a medical device/],
    ['average', /Examples:\n {2}ventriseg average [\s\S]*Not a medical device/],
    ['evaluate', /Examples:\n {2}ventriseg evaluate [\s\S]*Not a medical device/],
  ])('%s --help', async (command, expected) => {
    const result = await ventriseg(...(command === '' ? [] : [command]), '--help');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(expected);
  });

  test('--version is the one of the package', async () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../packages/cli/package.json', import.meta.url), 'utf8'),
    );
    expect(await ventriseg('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('wrong use ends with 2 and changes nothing', () => {
  test.each([
    [['segment', 'a.nii', '--fast'], 'BAD_USAGE', /unknown option '--fast'/],
    [['segment'], 'BAD_USAGE', /missing required argument 'scan'/],
    [['segment', 'a.nii', '--threads', '0'], 'BAD_USAGE', /whole number, 1 or more/],
    [['segment', 'a.nii', '--error-bar', '1'], 'BAD_USAGE', /whole number, 2 or more/],
    [['segment', 'a.nii', '--sex', 'x'], 'BAD_USAGE', /F or M/],
    [['segment', 'a.nii', 'b.nii', '--age', '70'], 'BAD_ARGUMENT', /of one person, but 2 scans/],
    [['compare', 'a.nii'], 'BAD_USAGE', /missing required argument 'scans'/],
    [['compare', 'a.nii', 'b.nii', '--dates', '1.3.2020,2021-01-01'], 'BAD_USAGE', /YYYY-MM-DD/],
    [['compare', 'a.nii', 'b.nii', '--dates', '2020-01-01'], 'BAD_ARGUMENT', /2 scans need as many dates/],
    [['compare', 'a.nii', 'b.nii', '--interval', '0'], 'BAD_USAGE', /0\.001 to 100/],
    [['measure', 'a.nii'], 'BAD_USAGE', /unknown command 'measure'/],
    [['segment', 'a.nii', '--model', 'best'], 'NO_SUCH_MODEL', /no model best .*\.onnx file/],
    [['prepare', 'subjects'], 'BAD_USAGE', /--output/],
    [['prepare', 'subjects', '-o', 'new', '--crop', '300x300'], 'BAD_PLAN', /crop/],
    [['prepare', 'subjects', '-o', 'new', '--class', 'x=99'], 'BAD_PLAN', /classes/],
    [['prepare', 'subjects', '-o', 'new', '--slices', '9'], 'BAD_USAGE', /FIRST-LAST/],
    [['prepare', 'subjects', '-o', 'new', '--split-counts', 'train=3'], 'BAD_SPLIT', /3 people .* only 2/],
    [['prepare', 'subjects', '-o', 'new', '--split-counts', 'exam=3'], 'BAD_USAGE', /'exam=3'/],
    [
      ['prepare', 'subjects', '-o', 'new', '--split-column', '--split-counts', 'train=2'],
      'BAD_USAGE',
      /more than one kind of split/,
    ],
    [['prepare', 'subjects', '-o', 'dataset'], 'OUTPUT_EXISTS', /dataset/],
    [['train', 'dataset', '-o', 'new'], 'BAD_USAGE', /--recipe is missing; there are ed-cnn-2017/],
    [['train', 'dataset', '--recipe', 'best', '-o', 'new'], 'NO_SUCH_RECIPE', /ed-cnn-2017/],
    [['train', 'dataset', '--recipe', 'odd.json', '-o', 'new'], 'BAD_RECIPE', /odd\.json.*learningRate/],
    [['train', 'dataset', '--recipe', 'broken.json', '-o', 'new'], 'BAD_RECIPE', /broken\.json: is not JSON/],
    [['train', 'dataset', '--recipe', 'tiny.json', '-o', 'run'], 'OUTPUT_EXISTS', /--resume/],
    [
      ['train', 'dataset', '--recipe', 'unet-2017', '-o', 'run', '--resume'],
      'RUN_MISMATCH',
      /another recipe/,
    ],
    [['evaluate', 'run', 'dataset', '--truth-scheme', 'freesurfer'], 'BAD_USAGE', /--truth-scheme goes with/],
    [['demo', '--model', 'best'], 'NO_SUCH_MODEL', /best/],
  ] as const)('%j', async (args, code, message) => {
    writeFileSync(at('odd.json'), JSON.stringify({ ...tinyRecipe, learningRate: -1 }));
    writeFileSync(at('broken.json'), '{');
    const before = readdirSync(root).sort();
    expectError(await ventriseg(...args), 2, code, message);
    expect(readdirSync(root).sort()).toEqual(before);
  });
});

describe('a bad scan is one line with its code, and nothing is written', () => {
  const scans: [name: string, code: string, make: () => Promise<Uint8Array>][] = [
    ['empty.nii.gz', 'EMPTY_FILE|NOT_A_SCAN', async () => new Uint8Array(0)],
    ['text.nii', 'NOT_A_SCAN|WRONG_MAGIC', async () => new TextEncoder().encode('x'.repeat(1000))],
    ['magic.nii', 'WRONG_MAGIC|NOT_A_SCAN|BAD_HEADER', () => changed((view) => view.setUint32(344, 0))],
    ['cut.nii', 'TRUNCATED', async () => (await plain()).subarray(0, 5000)],
    ['cut.nii.gz', 'BAD_COMPRESSION|TRUNCATED', async () => firstHalf(await packed())],
    ['cut.mgz', 'BAD_COMPRESSION|TRUNCATED', async () => firstHalf(await writeMgh(tinyHead(0).image))],
    ['flat.nii', 'NOT_A_VOLUME', () => changed((view) => view.setInt16(40, 2, true))],
    ['huge.nii', 'TRUNCATED|BAD_DIMENSIONS|BAD_HEADER', () => changed(setDimensions(32767))],
    ['minus.nii', 'BAD_DIMENSIONS|BAD_HEADER', () => changed(setDimensions(-4))],
    ['nan.nii', 'NON_FINITE', allNaN],
  ];

  test.each(scans)('%s: %s', async (name, code, make) => {
    writeFileSync(at(name), await make());
    const output = `results of ${name}`;
    const result = await ventriseg('segment', name, '--model', 'run', '-o', output);
    expectError(result, 1, `(${code})`, new RegExp(name));
    expect(existsSync(at(output))).toBe(false);
  });

  test('a scan without a head: results that say so, and exit code 1', async () => {
    const { image } = tinyHead(0);
    await writeVolume(at('dark.nii.gz'), { ...image, data: new Uint8Array(image.data.length) });
    const result = await ventriseg('segment', 'dark.nii.gz', '--model', 'run', '-o', 'dark', '--quiet');
    expectError(result, 1, 'NO_HEAD_FOUND', /dark\.nii\.gz: There is no head/);
    const results = ['html', 'json', 'nii.gz', 'png'].map((ending) => `dark_ventricles.${ending}`);
    expect(readdirSync(at('dark')).sort()).toEqual(results);
  });

  test('a missing file, and a folder without a DICOM image', async () => {
    expectError(
      await ventriseg('segment', 'none.nii', '--model', 'run', '-o', 'bad'),
      1,
      'NO_SUCH_FILE',
      /none\.nii/,
    );
    mkdirSync(at('notes'));
    writeFileSync(at('notes', 'readme.txt'), 'no image');
    expectError(
      await ventriseg('segment', 'notes', '--model', 'run', '-o', 'bad'),
      1,
      'NO_DICOM_IMAGES',
      /notes/,
    );
    expect(existsSync(at('bad'))).toBe(false);
  });

  test('--json leaves stdout to the result, --debug adds where it comes from', async () => {
    const args = ['segment', 'none.nii', '--model', 'run', '-o', 'bad'];
    const json = await ventriseg(...args, '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual({
      results: [],
      failures: [{ path: 'none.nii', code: 'NO_SUCH_FILE', message: expect.stringContaining('none.nii') }],
      csv: null,
    });
    const debug = await ventriseg('evaluate', 'none.nii', 'none.nii', '--debug');
    expect(debug.stderr).toMatch(/^ventriseg: NO_SUCH_FILE none\.nii[\s\S]*\n {4}at /);
  });
});

describe('bad labels and datasets', () => {
  test('labels on another grid, in evaluate and in prepare', async () => {
    const { image, labels } = tinyHead(0);
    const moved = { ...labels, voxelToWorld: tinyAffine.map((value, k) => (k === 3 ? value + 8 : value)) };
    await writeVolume(at('moved.mgz'), moved);
    const truth = 'subjects/ann/mri/aseg.mgz';
    expectError(await ventriseg('evaluate', truth, 'moved.mgz'), 1, 'GRID_MISMATCH', /moved\.mgz/);

    await writeVolume(at('shifted', 'dan', 'mri', 'T1.mgz'), image);
    await writeVolume(at('shifted', 'dan', 'mri', 'aseg.mgz'), moved);
    const result = await ventriseg('prepare', 'shifted', '-o', 'new', ...tinySlices);
    expectError(result, 1, 'NO_SUBJECTS', /GRID_MISMATCH .*dan/);
    expect(existsSync(at('new'))).toBe(false);
  });

  test('a subject without labels is named and the others are prepared', async () => {
    await writeTinySubjects(at('mixed'), ['eve', 'fay']);
    rmSync(at('mixed', 'eve', 'mri', 'aseg.mgz'));
    const result = await ventriseg('prepare', 'mixed', '-o', 'partial', ...tinySlices);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^error: NO_LABELS .*eve/m);
    expect(JSON.parse(readFileSync(at('partial', 'manifest.json'), 'utf8')).subjects).toHaveLength(1);

    rmSync(at('mixed', 'fay', 'mri', 'aseg.mgz'));
    expectError(
      await ventriseg('prepare', 'mixed', '-o', 'new', ...tinySlices),
      1,
      'NO_SUBJECTS',
      /NO_LABELS/,
    );
    expect(existsSync(at('new'))).toBe(false);
  });

  test('the mean of a model with itself is it; one alone, another network, and a file that is there are refused', async () => {
    const done = await ventriseg('average', 'run', 'run', '-o', 'mean.onnx');
    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(readFileSync(at('mean.onnx'))).toEqual(readFileSync(at('run', 'model.onnx')));
    expectError(await ventriseg('average', 'run', 'run', '-o', 'mean.onnx'), 2, 'OUTPUT_EXISTS');
    expectError(await ventriseg('average', 'run', '-o', 'one.onnx'), 1, 'MODEL_MISMATCH', /two models/);
    const other = await ventriseg('average', 'run', 'ventricles', '-o', 'two.onnx');
    expectError(other, 1, 'MODEL_MISMATCH', /one network/);
    expect(existsSync(at('two.onnx'))).toBe(false);
  });

  test('no dataset, a damaged one, no run, a model that is none', async () => {
    const train = (dataset: string, ...more: string[]) =>
      ventriseg('train', dataset, '--recipe', 'tiny.json', '-o', 'new', ...more);
    expectError(await train('subjects'), 1, 'NO_SUCH_FILE', /not a dataset/);
    mkdirSync(at('damaged'));
    for (const file of ['manifest.json', 'labels.npy']) {
      writeFileSync(at('damaged', file), readFileSync(at('dataset', file)));
    }
    writeFileSync(at('damaged', 'images.npy'), readFileSync(at('dataset', 'images.npy')).subarray(0, -1));
    expectError(await train('damaged'), 1, 'BAD_DATASET', /images\.npy/);
    expectError(await train('dataset', '--resume'), 1, 'NO_SUCH_FILE', /not a run/);
    expect(existsSync(at('new'))).toBe(false);
    const segment = ['segment', 'subjects/ann/mri/T1.mgz', '-o', 'bad', '--model'];
    expectError(await ventriseg(...segment, 'tiny.json'), 1, 'BAD_MODEL', /tiny\.json/);
    expect(existsSync(at('bad'))).toBe(false);
  });
});

describe('the demo without a network', () => {
  test('says what to do', async () => {
    const env = {
      XDG_CACHE_HOME: at('cache'),
      npm_config_registry: 'http://127.0.0.1:9',
      npm_config_fetch_retries: '0',
    };
    const result = await runVentriseg(['demo', '--model', 'run', '-o', 'demo'], { cwd: root, env });
    if (existsSync('/usr/share/mricron/templates/ch2.nii.gz')) {
      expect(result.stdout).toContain('Colin27 from the Debian package mricron-data');
      expect(existsSync(at('cache', 'ventriseg'))).toBe(false);
    } else {
      expect(result).toMatchObject({ code: 1, stdout: '' });
      expect(result.stderr).toMatch(/ventriseg: DEMO_HEAD_UNAVAILABLE .*--scan FILE\n$/);
      expect(existsSync(at('demo'))).toBe(false);
      expect(readdirSync(at('cache', 'ventriseg'))).toEqual([]);
    }
  });
});

function firstHalf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length / 2);
}

async function packed(): Promise<Uint8Array> {
  return writeNifti(tinyHead(0).image);
}

async function plain(): Promise<Uint8Array> {
  return gunzip(await packed());
}

/** A good NIfTI file with its header changed. */
async function changed(change: (view: DataView) => void): Promise<Uint8Array> {
  const bytes = (await plain()).slice();
  change(new DataView(bytes.buffer));
  return bytes;
}

function setDimensions(n: number): (view: DataView) => void {
  return (view) => {
    for (const offset of [42, 44, 46]) view.setInt16(offset, n, true);
  };
}

async function allNaN(): Promise<Uint8Array> {
  const { shape, voxelToWorld } = tinyHead(0).image;
  const data = new Float32Array(shape[0] * shape[1] * shape[2]).fill(Number.NaN);
  return writeNifti({ data, shape, voxelToWorld }, { gzip: false });
}
