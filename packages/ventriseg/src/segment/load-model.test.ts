import * as onnxruntime from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { loadSliceModel } from './load-model.ts';
import { intensityModel } from './synthetic-head.test-helper.ts';

const plan = { scaledSize: 16, crop: { rows: 4, columns: 5 } };

test('runs batches of any size on the runtime it is given', async () => {
  const bytes = intensityModel([100], plan);
  const model = await loadSliceModel(bytes, 'm.onnx', onnxruntime, { intraOpNumThreads: 1 });
  expect(model.metadata.name).toBe('intensity');
  expect(model.sha256).toMatch(/^[0-9a-f]{64}$/);
  for (const count of [1, 3]) {
    const batch = Float32Array.from({ length: 20 * count }, (_, at) => (at % 2 === 0 ? 90 : 110) / 255);
    const p = await model.run(batch, count);
    expect(p).toHaveLength(20 * count);
    expect(p.every((value, at) => value > 0.5 === (at % 2 === 1))).toBe(true);
  }
  await model.release();
});

test('refuses what is no model of ventriseg, naming the file', async () => {
  for (const bytes of [
    new Uint8Array(0),
    new TextEncoder().encode('<html>'),
    intensityModel([1], plan).subarray(0, 90),
  ]) {
    await expect(loadSliceModel(bytes, 'm.onnx', onnxruntime)).rejects.toMatchObject({
      code: 'BAD_MODEL',
      path: 'm.onnx',
      message: expect.stringMatching(/^m\.onnx: /),
    });
  }
});

test('a network that does not give what its metadata promise fails with both shapes', async () => {
  // One output channel, but two classes in the plan, which need three.
  const bytes = intensityModel([100], { ...plan, classes: [[4], [43]] });
  const model = await loadSliceModel(bytes, 'm.onnx', onnxruntime, { intraOpNumThreads: 1 });
  await expect(model.run(new Float32Array(20), 1)).rejects.toMatchObject({
    code: 'MODEL_FAILED',
    message: 'm.onnx: the network gives [1,1,4,5], its metadata promise [1,3,4,5]',
  });
  await model.release();
});
