import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCheckpoint } from 'onnx-autograd';
import { openBackend } from 'onnx-autograd/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyRecipe, writeTinySubjects } from '../../../../test/tiny-heads.ts';
import { type Dataset, openDataset, prepareDataset } from '../dataset/index.ts';
import { readSliceModel } from '../model/index.ts';
import { parseRecipe } from '../recipes/index.ts';
import { tileSheet } from './slice-tiles.ts';
import { type EpochResult, Training } from './training.ts';

const recipe = parseRecipe({ ...tinyRecipe, stepsPerEpoch: 4 });
let folder = '';
let dataset: Dataset;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'training-'));
  await writeTinySubjects(join(folder, 'subjects'), ['ann', 'bob']);
  await prepareDataset({
    inputs: [join(folder, 'subjects')],
    output: join(folder, 'dataset'),
    plan: { scaledSize: 64, crop: { rows: 32, columns: 32 }, slices: { first: 108, last: 148 } },
    split: { subjects: { test: ['bob'], train: 'rest' } },
  });
  dataset = await openDataset(join(folder, 'dataset'));
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

/** Trains without files, as a page does, stopped after some steps; a checkpoint goes on. */
async function train(stopAfter: number, checkpoint?: Uint8Array, of = recipe) {
  // The runtime of pages, on one thread: no lanes.
  const { runtime, session } = await openBackend('wasm', { threads: 1 });
  const resumed = checkpoint && decodeCheckpoint(checkpoint);
  const training = await Training.create(dataset, of, { runtime, session }, resumed);
  const stop = new AbortController();
  const epochs: EpochResult[] = [];
  const kept: Uint8Array[] = [];
  try {
    await training.run({
      signal: stop.signal,
      onProgress: ({ step }) => {
        if (step === stopAfter) stop.abort();
      },
      onEpoch: (result) => {
        epochs.push(result);
      },
      onCheckpoint: () => {
        kept.push(training.checkpoint());
      },
    });
    return { epochs, kept, finished: training.isFinished, model: training.model() };
  } finally {
    await training.release();
  }
}

test('a training that is stopped goes on to the same bytes as an uncut one; its model says what it is', async () => {
  const whole = await train(Number.POSITIVE_INFINITY);
  expect([whole.finished, whole.kept.length]).toEqual([true, 2]);
  expect(whole.epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
    [1, 4],
    [2, 8],
  ]);
  const [first, last] = [whole.epochs[0]!, whole.epochs[1]!];
  expect(last.scalars['loss/train']).toBeLessThan(first.scalars['loss/train']!);
  expect(last.scalars['loss/test']).toBe(last.testLoss);
  expect(readSliceModel(whole.model, 'm')).toMatchObject({ name: 'tiny', steps: 8 });

  const cut = await train(6);
  expect([cut.finished, cut.epochs.length]).toEqual([false, 1]);
  const resumed = await train(Number.POSITIVE_INFINITY, cut.kept.at(-1));
  expect(resumed.finished).toBe(true);
  expect(Buffer.compare(resumed.model, whole.model)).toBe(0);
  expect(Buffer.compare(resumed.kept.at(-1)!, whole.kept.at(-1)!)).toBe(0);

  const sheet = tileSheet(last.tiles, dataset);
  expect(last.tiles).toHaveLength(8);
  expect(sheet.width).toBeGreaterThanOrEqual(3 * 2 * 32);
});

test('a recipe may ask for group normalisation and side outputs; the model has one output all the same', async () => {
  const network = {
    ...recipe.network,
    normalisation: 'group',
    normalisationGroups: 2,
    sideOutputs: 1,
  } as const;
  const { epochs, model } = await train(Number.POSITIVE_INFINITY, undefined, { ...recipe, network });
  expect(epochs[1]!.scalars['loss/train']).toBeLessThan(epochs[0]!.scalars['loss/train']!);
  const { runtime } = await openBackend('wasm', { threads: 1 });
  const session = await runtime.InferenceSession.create(model);
  expect(session.outputNames).toEqual(['probability']);
  await session.release();
});
