import { expect, test } from 'vitest';
import { softDiceLoss } from '../losses/losses.ts';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { oneThread, ort } from '../testing/backend.test-helper.ts';
import { discs } from '../testing/discs.test-helper.ts';

import { relativeError } from '../testing/tensor64.test-helper.ts';
import { type StartLanes, startLane } from './gradient-lane.ts';
import { Trainer } from './trainer.ts';

/** Lanes on this thread: what they compute does not depend on where they live. */
function lanesHere(count: number): StartLanes {
  return async (program) => {
    const lanes = [];
    while (lanes.length < count) lanes.push(await startLane(ort, program, oneThread));
    return lanes;
  };
}

function createTrainer(count: number, normalisation: 'none' | 'batch' = 'none'): Promise<Trainer> {
  return Trainer.create({
    network: encoderDecoder({
      name: 'tiny',
      inputShape: [1, 8, 8],
      filters: [3],
      classes: 1,
      skips: true,
      dropoutRate: 0.2,
      block: { normalisation },
    }),
    loss: softDiceLoss(),
    optimiser: { kind: 'adam' },
    runtime: ort,
    chunkSize: 2,
    session: oneThread,
    lanes: lanesHere(count),
  });
}

test.each([1, 2, 3, 5])('%i lanes give the gradient of one, dropout included', async (count) => {
  const batch = discs(7, 8, 3);
  const [alone, together] = [await createTrainer(1), await createTrainer(count)];
  const wanted = await alone.batchGradient(batch);
  const result = await together.batchGradient(batch);
  expect(result.loss).toBeCloseTo(wanted.loss, 5);
  expect(relativeError(result.gradient, wanted.gradient)).toBeLessThan(1e-4);
  await alone.release();
  await together.release();
});

test('more lanes than chunks: those without work rest', async () => {
  const trainer = await createTrainer(5);
  const { loss } = await trainer.batchGradient(discs(1, 8, 3));
  expect(loss).toBeGreaterThan(0);
  await trainer.release();
});

test('the same batches give the same weights to the last bit, however the lanes race', async () => {
  const weights = [];
  for (let run = 0; run < 2; run++) {
    const trainer = await createTrainer(3, 'batch');
    for (let step = 0; step < 4; step++) await trainer.train(discs(8, 8, step), 0.01);
    weights.push(trainer.weights.slice());
    await trainer.release();
  }
  expect(weights[0]).toEqual(weights[1]);
});

test('running statistics are the mean over the lanes', async () => {
  const trainer = await createTrainer(2, 'batch');
  const single = await createTrainer(1, 'batch');
  const batch = discs(4, 8, 1);
  const half = (start: number) => ({
    images: batch.images.slice(start * 64, (start + 2) * 64),
    targets: batch.targets.slice(start * 64, (start + 2) * 64),
    size: 2,
  });
  const { state } = await trainer.batchGradient(batch);
  // The first layer sees no dropout, so its statistics are those of each half alone.
  const [a, b] = [(await single.batchGradient(half(0))).state, (await single.batchGradient(half(2))).state];
  const slot = trainer.layout.state.find(({ name }) => name === 'encoder1/conv1/running_mean')!;
  const at = slot.offset - trainer.layout.trainableCount;
  for (let i = at; i < at + slot.count; i++) expect(state[i]).toBeCloseTo((a[i]! + b[i]!) / 2, 6);
  await trainer.release();
  await single.release();
});
