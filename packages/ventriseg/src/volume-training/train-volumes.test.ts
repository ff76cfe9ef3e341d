import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNifti } from '@ventriseg/imaging';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { madeUpHead } from '../synthesis/made-up-head.test-helper.ts';
import { loadVolumeModel, readVolumeModel } from '../volumes/index.ts';
import { openVolumes } from './open-volumes.ts';
import { prepareVolumes } from './prepare-volumes.ts';
import { codes } from './tissue-codes.ts';
import { trainVolumes } from './train-volumes.ts';
import { parseVolumeRecipe } from './volume-recipe.ts';

const root = mkdtempSync(join(tmpdir(), 'ventriseg-volumes-'));
const dataset = join(root, 'dataset');
const recipe = parseVolumeRecipe({
  name: 'tiny',
  description: 'A network too small to learn much',
  role: 'locate',
  network: { kind: 'block-unet', blockSize: 2, filters: [4, 8] },
  shape: [32, 32, 32],
  testShape: [32, 32, 32],
  loss: {},
  optimiser: { kind: 'adam' },
  learningRate: 3e-3,
  batchSize: 1,
  stepsPerEpoch: 2,
  epochs: 2,
  averageDecay: 0.9,
  augmentation: { rotationDeg: 10, noise: 0.02 },
});

beforeAll(async () => {
  const table = join(root, 'cases.tsv');
  const map = await writeNifti(madeUpHead());
  for (const name of ['first', 'second']) writeFileSync(join(root, `${name}.nii.gz`), map);
  writeFileSync(
    table,
    ['subject', 'image', 'labels', 'scheme', 'split'].join('\t') +
      ['first', 'second']
        .map(
          (name, i) =>
            `\n${[name, '', `${name}.nii.gz`, 'freesurfer', i === 0 ? 'train' : 'test'].join('\t')}`,
        )
        .join(''),
  );
  const synthesise = { copies: 1, contrasts: { 't1-like': 1 } };
  const options = { inputs: [table], output: dataset, split: { column: true } as const, synthesise };
  // In two parts, then put together: as several processes would.
  await prepareVolumes({ ...options, part: { index: 0, of: 2 } });
  await prepareVolumes({ ...options, part: { index: 1, of: 2 }, resume: true });
  await prepareVolumes({ ...options, resume: true });
}, 300_000);

afterAll(() => rmSync(root, { recursive: true }));

test('a dataset has the ventricles at 1 mm and the whole head at 2 mm', async () => {
  const segment = await openVolumes(dataset, 'segment');
  const locate = await openVolumes(dataset, 'locate');
  expect(segment.cases.map(({ name }) => name)).toEqual(['first-1', 'second-1']);
  expect(segment.cases.map(({ record }) => record.split)).toEqual(['train', 'test']);
  const [head] = locate.cases;
  expect(head!.shape).toEqual([128, 128, 128]);
  const count = (data: Uint8Array, code: number) => data.reduce((n, value) => n + Number(value === code), 0);
  const near = count(segment.cases[0]!.codes, codes.leftLateral);
  expect(near).toBeGreaterThan(10_000);
  expect(count(head!.codes, codes.leftLateral)).toBeGreaterThan(near / 8 / 1.3);
  await expect(prepareVolumes({ inputs: [root], output: dataset })).rejects.toMatchObject({
    code: 'NO_SUCH_FILE',
  });
  await expect(openVolumes(root, 'segment')).rejects.toMatchObject({ code: 'BAD_DATASET' });
}, 60_000);

test('a training that was stopped ends with the same weights as one that was not', async () => {
  const whole = join(root, 'whole');
  const stopped = join(root, 'stopped');
  const { finished, scores } = await trainVolumes({ dataset, recipe, output: whole, threads: 1 });
  expect(finished).toBe(true);
  expect(scores.map(({ name }) => name)).toEqual(['second-1']);
  const stop = new AbortController();
  const half = await trainVolumes({
    dataset,
    recipe,
    output: stopped,
    threads: 1,
    signal: stop.signal,
    onProgress: ({ step }) => step === 3 && stop.abort(),
  });
  expect(half).toMatchObject({ finished: false, step: 3 });
  const steps: number[] = [];
  const onProgress = ({ step }: { step: number }) => steps.push(step);
  await trainVolumes({ dataset, recipe, output: stopped, threads: 1, resume: true, onProgress });
  expect(steps[0]).toBe(4);
  const bytes = (run: string) => readFileSync(join(run, 'model.onnx'));
  expect(Buffer.compare(bytes(whole), bytes(stopped))).toBe(0);
  await expect(trainVolumes({ dataset, recipe, output: whole })).rejects.toMatchObject({
    code: 'OUTPUT_EXISTS',
  });
  const other = { ...recipe, learningRate: 1 };
  await expect(trainVolumes({ dataset, recipe: other, output: whole, resume: true })).rejects.toMatchObject({
    code: 'RUN_MISMATCH',
  });
}, 300_000);

test('a training can start from a model', async () => {
  const from = join(root, 'whole', 'model.onnx');
  const further = { dataset, recipe: { ...recipe, learningRate: 1e-9 }, threads: 1, epochs: 1 };
  const { scores } = await trainVolumes({ ...further, output: join(root, 'further'), from });
  const { cases } = JSON.parse(readFileSync(join(root, 'whole', 'evaluation.json'), 'utf8'));
  // Half precision of the file apart, nothing has changed.
  expect(scores[0]!.all).toBeCloseTo(cases[0].all, 2);
  await expect(
    trainVolumes({ ...further, output: join(root, 'none'), from: join(root, 'none.onnx') }),
  ).rejects.toMatchObject({ code: 'NO_SUCH_FILE' });
}, 120_000);

test('its model runs for other shapes, here and as plain ONNX with the same result', async () => {
  const bytes = readFileSync(join(root, 'whole', 'model.onnx'));
  const metadata = readVolumeModel(bytes, 'model.onnx');
  expect(metadata).toMatchObject({ role: 'locate', spacingMm: 4, divisor: 4, steps: 4 });
  const model = await loadVolumeModel(bytes, 'model.onnx', ort);
  const image = Float32Array.from({ length: 32 ** 3 }, (_, i) => Math.sin(i));
  const own = await model.run(image, [32, 32, 32]);
  const session = await ort.InferenceSession.create(bytes);
  const { probability } = await session.run({ image: new ort.Tensor('float32', image, [1, 1, 32, 32, 32]) });
  const plain = probability!.data as Float32Array;
  expect(own.length).toBe(plain.length);
  expect(own.reduce((most, value, i) => Math.max(most, Math.abs(value - plain[i]!)), 0)).toBeLessThan(1e-5);
  expect((await model.run(image.subarray(0, 8 * 12 * 16), [8, 12, 16])).length).toBe(6 * 8 * 12 * 16);
  await expect(model.run(image, [31, 32, 32])).rejects.toMatchObject({ code: 'MODEL_FAILED' });
  await model.release();
}, 60_000);

test('borders are trained for a segment network, stopped and resumed, into one file with it', async () => {
  const segmentRecipe = parseVolumeRecipe({ ...recipe, name: 'tiny-segment', role: 'segment', epochs: 1 });
  const segmentRun = join(root, 'segment');
  await trainVolumes({ dataset, recipe: segmentRecipe, output: segmentRun, threads: 1 });
  const segment = join(segmentRun, 'model.onnx');
  const { network: _, ...shared } = recipe;
  const borders = parseVolumeRecipe({
    ...shared,
    name: 'tiny-borders',
    role: 'borders',
    network: { kind: 'border-points', hidden: [8], certain: 0.999 },
    points: 256,
  });
  const options = { dataset, recipe: borders, threads: 1 };
  const whole = join(root, 'borders-whole');
  const stopped = join(root, 'borders-stopped');
  await trainVolumes({ ...options, output: whole, segment });
  const stop = new AbortController();
  const onProgress = ({ step }: { step: number }) => step === 3 && stop.abort();
  await trainVolumes({ ...options, output: stopped, segment, signal: stop.signal, onProgress });
  await trainVolumes({ ...options, output: stopped, resume: true });
  const bytes = readFileSync(join(whole, 'model.onnx'));
  expect(Buffer.compare(bytes, readFileSync(join(stopped, 'model.onnx')))).toBe(0);

  expect(readVolumeModel(bytes, 'model.onnx')).toMatchObject({
    name: 'tiny-segment',
    steps: 2,
    borders: { steps: 4, recipe: { name: 'tiny-borders' }, network: { hidden: [8] } },
  });
  const image = Float32Array.from({ length: 32 ** 3 }, (_, i) => Math.sin(i / 7));
  const run = async (file: Uint8Array) => {
    const model = await loadVolumeModel(file, 'model.onnx', ort);
    const probability = (await model.run(image, [32, 32, 32])).slice();
    await model.release();
    return probability;
  };
  const [before, after] = [await run(readFileSync(segment)), await run(bytes)];
  const changed = after.reduce((n, value, i) => n + Number(Math.abs(value - before[i]!) > 1e-4), 0);
  expect(changed).toBeGreaterThan(100);
  for (let i = 0; i < image.length; i += 97) {
    let sum = 0;
    for (let k = 0; k * image.length < after.length; k++) sum += after[k * image.length + i]!;
    expect(sum).toBeCloseTo(1, 4);
  }
  // Other runtimes get the segment network as it was, and the points beside it.
  const session = await ort.InferenceSession.create(bytes);
  expect(session.outputNames).toEqual(['probability', 'border_probability']);

  const none = { ...options, output: join(root, 'none') };
  await expect(trainVolumes(none)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  await expect(trainVolumes({ ...none, recipe, segment })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  const locate = join(root, 'whole', 'model.onnx');
  await expect(trainVolumes({ ...none, segment: locate })).rejects.toMatchObject({ code: 'BAD_MODEL' });
}, 300_000);
