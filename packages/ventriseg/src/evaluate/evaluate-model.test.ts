import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as onnxruntime from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareDataset } from '../dataset/index.ts';
import { writeSubjects } from '../dataset/synthetic-subjects.test-helper.ts';
import { loadSliceModel } from '../segment/index.ts';
import { intensityModel } from '../segment/synthetic-head.test-helper.ts';
import { evaluateModel } from './evaluate-model.ts';

let folder = '';
let dataset = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluate-model-'));
  dataset = join(folder, 'dataset');
  await writeSubjects(folder, ['sub-1']);
  await prepareDataset({
    inputs: [join(folder, 'subjects')],
    output: dataset,
    split: { subjects: { test: ['sub-1'], train: 'rest' } },
  });
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

const load = (plan: Parameters<typeof intensityModel>[1]) =>
  loadSliceModel(intensityModel([120], plan), 'm.onnx', onnxruntime, { intraOpNumThreads: 1 });

test('scores by hand: one bright row of 90 pixels against a ventricle of 10 rows of 30', async () => {
  const model = await load({});
  const result = await evaluateModel(model, dataset);
  // Rows 100 and 101 become one picture row of (100 + 201) / 2, over 120; it crosses the ventricle's 30 columns.
  expect(result.slices).toBe(24);
  const { bySlice, byPerson } = result.classes[0]!;
  expect(byPerson.dice).toBeCloseTo((2 * 30) / (300 + 90), 6);
  expect(byPerson.jaccard).toBeCloseTo(30 / 360, 6);
  expect(bySlice.dice).toBeCloseTo(byPerson.dice, 6);
  expect(result).toMatchObject({ split: 'test', model: { name: 'intensity', steps: 0 } });
  await expect(evaluateModel(model, dataset, { split: 'validation' })).rejects.toMatchObject({
    code: 'BAD_DATASET',
  });
});

test('a model of other slices is refused, with what differs', async () => {
  const model = await load({ scaledSize: 256, crop: { rows: 192, columns: 192 }, classes: [[4], [43]] });
  await expect(evaluateModel(model, dataset)).rejects.toMatchObject({
    code: 'MODEL_MISMATCH',
    message: expect.stringContaining('(scaledSize, crop, classes)'),
  });
});
