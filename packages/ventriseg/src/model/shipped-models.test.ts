import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { partnerOf, resolveModel, shippedModels } from './shipped-models.ts';

let root: string;
let models: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ventriseg-models-'));
  models = join(root, 'models');
  mkdirSync(models);
  for (const file of ['ventricles-slices.onnx', 'ventricles-slices.md', 'coarse.onnx', 'notes.txt']) {
    writeFileSync(join(models, file), 'x');
  }
});
afterEach(() => rmSync(root, { recursive: true }));

test('lists the .onnx files by name, with their cards, and marks the default', async () => {
  const found = await shippedModels(models);
  expect(found.map(({ name, isDefault }) => [name, isDefault])).toEqual([
    ['coarse', false],
    ['ventricles-slices', true],
  ]);
  expect(found[1]!.cardPath).toBe(join(models, 'ventricles-slices.md'));
  expect(await shippedModels(join(root, 'nowhere'))).toEqual([]);
});

test('a name, a file and a run folder lead to a file; nothing to the default', async () => {
  expect(await resolveModel(undefined, models)).toBe(join(models, 'ventricles-slices.onnx'));
  expect(await resolveModel('coarse', models)).toBe(join(models, 'coarse.onnx'));
  const run = join(root, 'run');
  mkdirSync(run);
  writeFileSync(join(run, 'model.onnx'), 'x');
  expect(await resolveModel(join(run, 'model.onnx'), models)).toBe(join(run, 'model.onnx'));
  expect(await resolveModel(run, models)).toBe(join(run, 'model.onnx'));
});

test('what is not there is refused with the names that are', async () => {
  await expect(resolveModel('fine', models)).rejects.toMatchObject({
    code: 'NO_SUCH_MODEL',
    message: expect.stringContaining('shipped: coarse, ventricles-slices'),
  });
  await expect(resolveModel(root, models)).rejects.toMatchObject({
    code: 'NO_SUCH_MODEL',
    message: expect.stringContaining('holds no model.onnx'),
  });
  await expect(resolveModel(undefined, join(root, 'nowhere'))).rejects.toMatchObject({
    code: 'NO_SUCH_MODEL',
    message: expect.stringContaining('none is shipped'),
  });
});

test('a pair of networks is one model, and the default where it is shipped', async () => {
  for (const role of ['locate', 'segment']) writeFileSync(join(models, `ventricles-${role}.onnx`), 'x');
  expect((await shippedModels(models)).map(({ name, isDefault }) => [name, isDefault])).toEqual([
    ['coarse', false],
    ['ventricles', true],
    ['ventricles-slices', false],
  ]);
  const segment = join(models, 'ventricles-segment.onnx');
  expect(await resolveModel(undefined, models)).toBe(segment);
  expect(await resolveModel('ventricles', models)).toBe(segment);
  expect(await partnerOf(segment)).toBe(join(models, 'ventricles-locate.onnx'));
  expect(await partnerOf(join(models, 'ventricles-locate.onnx'))).toBe(segment);
  rmSync(join(models, 'ventricles-locate.onnx'));
  await expect(partnerOf(segment)).rejects.toMatchObject({
    code: 'NO_SUCH_MODEL',
    message: expect.stringContaining('ventricles-locate.onnx is not there'),
  });
  await expect(partnerOf(join(models, 'coarse.onnx'))).rejects.toMatchObject({ code: 'NO_SUCH_MODEL' });
});
