/** Workers load built files, so the lanes of this test are those of the built package. */

import { workerLanes } from 'onnx-autograd/node';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { softDiceLoss } from '../losses/losses.ts';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { oneThread } from '../testing/backend.test-helper.ts';
import { discs } from '../testing/discs.test-helper.ts';
import { relativeError } from '../testing/tensor64.test-helper.ts';
import { Trainer, type TrainerOptions } from '../training/trainer.ts';

const options = {
  network: encoderDecoder({
    name: 'tiny',
    inputShape: [1, 8, 8],
    filters: [3],
    classes: 1,
    skips: true,
    block: { normalisation: 'batch' },
  }),
  loss: softDiceLoss(),
  optimiser: { kind: 'adam' },
  runtime: ort,
  chunkSize: 2,
  session: oneThread,
} satisfies TrainerOptions;

test.each(['onnxruntime-node', 'onnxruntime-web'])(
  'two workers on %s give the gradient of the calling thread, and leave the batch whole',
  async (module) => {
    const here = await Trainer.create(options);
    const there = await Trainer.create({ ...options, lanes: workerLanes(2, module) });
    const batch = discs(8, 8, 3);
    const wanted = await here.batchGradient(batch);
    for (let again = 0; again < 2; again++) {
      const result = await there.batchGradient(batch);
      expect(result.loss).toBeCloseTo(wanted.loss, 5);
      expect(relativeError(result.gradient, wanted.gradient)).toBeLessThan(1e-4);
    }
    expect(batch).toEqual(discs(8, 8, 3));
    const before = there.weights.slice();
    await there.train(batch, 0.01);
    expect(there.weights).not.toEqual(before);
    await here.release();
    await there.release();
  },
);

test.each<[string, Partial<TrainerOptions>]>([
  ['lanes', { lanes: workerLanes(2) }],
  ['threads of one session', { session: { intraOpNumThreads: 2, interOpNumThreads: 1 } }],
])('the same seed and as many %s give the same weights, to the last bit', async (_, parallel) => {
  const train = async () => {
    const trainer = await Trainer.create({ ...options, ...parallel, seed: 4 });
    for (let step = 0; step < 8; step++) await trainer.train(discs(8, 8, step), 0.01);
    await trainer.release();
    return trainer.weights;
  };
  const [first, second] = [await train(), await train()];
  expect(second).toEqual(first);
});

test('a worker that cannot start says why', async () => {
  await expect(
    Trainer.create({ ...options, lanes: workerLanes(2, 'no-such-runtime') }),
  ).rejects.toMatchObject({
    code: 'RUNTIME_FAILED',
    message: expect.stringMatching(/^a training lane failed: Cannot find package 'no-such-runtime'/),
  });
});

test('trouble in a worker comes back as an error, and the worker goes on', async () => {
  const lanes = await workerLanes(1)(await programOf());
  const [lane] = lanes;
  const weights = new Float32Array(3);
  await expect(lane!.accumulate({ weights, chunks: [{}] })).rejects.toMatchObject({ code: 'RUNTIME_FAILED' });
  await expect(lane!.accumulate({ weights, chunks: [{}] })).rejects.toMatchObject({ code: 'RUNTIME_FAILED' });
  await lane!.release();
});

async function programOf() {
  let program: Parameters<ReturnType<typeof workerLanes>>[0] | undefined;
  const trainer = await Trainer.create({
    ...options,
    lanes: async (own) => {
      program = own;
      return [];
    },
  });
  await trainer.release();
  return program!;
}

test.each([0, 1.5, Number.NaN])('%d lanes are refused', (count) => {
  expect(() => workerLanes(count)).toThrow(
    `workerLanes(): the number of lanes must be at least 1, got ${count}`,
  );
});
