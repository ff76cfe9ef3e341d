import { expect, test } from 'vitest';
import { softDiceLoss } from '../losses/losses.ts';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { oneThread, ort } from '../testing/backend.test-helper.ts';
import { discs } from '../testing/discs.test-helper.ts';
import { relativeError } from '../testing/tensor64.test-helper.ts';
import type { Batch } from './chunk.ts';
import { type StepReport, Trainer, type TrainerOptions } from './trainer.ts';

function createTrainer(options: Partial<TrainerOptions> = {}, normalisation: 'none' | 'batch' = 'none') {
  return Trainer.create({
    network: encoderDecoder({
      name: 'tiny',
      inputShape: [1, 8, 8],
      filters: [3],
      classes: 1,
      skips: true,
      block: { normalisation },
    }),
    loss: softDiceLoss(),
    optimiser: { kind: 'adam' },
    runtime: ort,
    session: oneThread,
    chunkSize: 2,
    ...options,
  });
}

const whole = discs(8, 8, 3);

function part(from: number, to: number): Batch {
  const cut = (data: Float32Array) => data.slice(from * 64, to * 64);
  return { images: cut(whole.images), targets: cut(whole.targets), size: to - from };
}

test('a step on parts of unequal size is the step on the whole', async () => {
  const [atOnce, inParts] = [await createTrainer(), await createTrainer()];
  const wanted = await atOnce.train(whole, 0.01);
  for (const [from, to] of [
    [0, 2],
    [2, 7],
    [7, 8],
  ] as const) {
    await inParts.accumulate(part(from, to));
  }
  expect(inParts.step).toBe(0);
  const got = await inParts.apply(0.01);
  expect(inParts.step).toBe(1);
  expect(got.loss).toBeCloseTo(wanted.loss, 6);
  expect(got.gradientNorm / wanted.gradientNorm).toBeCloseTo(1, 5);
  // Adam's first step is the sign of the gradient: compare the moment, which is a tenth of it.
  const [a, b] = [atOnce, inParts].map((trainer) => trainer.checkpoint().moments.first_moment!);
  expect(relativeError(b!, a!)).toBeLessThan(1e-5);
  for (const trainer of [atOnce, inParts]) await trainer.release();
});

test('running statistics move with every part, one after the other', async () => {
  const [atOnce, inParts] = [await createTrainer({}, 'batch'), await createTrainer({}, 'batch')];
  await atOnce.train(whole, 0.01);
  await inParts.accumulate(part(0, 4));
  await inParts.accumulate(part(4, 8));
  await inParts.apply(0.01);
  const state = (trainer: Trainer) => trainer.weights.slice(trainer.layout.trainableCount);
  expect(relativeError(state(inParts), state(atOnce))).toBeLessThan(1e-5);
  for (const trainer of [atOnce, inParts]) await trainer.release();
});

test('what was accumulated is used once, and is not silently lost', async () => {
  const trainer = await createTrainer();
  await expect(trainer.apply(0.01)).rejects.toThrow('apply() needs at least one accumulate()');
  const start = trainer.checkpoint();
  await trainer.accumulate(part(0, 3));
  expect(() => trainer.checkpoint()).toThrow(
    'checkpoint(): 3 images are accumulated and would be lost; call apply() first',
  );
  trainer.restore(start);
  await expect(trainer.apply(0.01)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  await trainer.accumulate(part(0, 3));
  await trainer.apply(0.01);
  await expect(trainer.apply(0.01)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  await trainer.release();
});

test('every step is reported, and an error of the listener reaches the caller', async () => {
  const reports: StepReport[] = [];
  const trainer = await createTrainer({ onStep: (report) => reports.push(report) });
  const first = await trainer.train(whole, 0.01);
  await trainer.accumulate(part(0, 2));
  await trainer.accumulate(part(2, 5));
  const second = await trainer.apply(0.02);
  expect(reports).toEqual([
    { ...first, step: 1, learningRate: 0.01, images: 8 },
    { ...second, step: 2, learningRate: 0.02, images: 5 },
  ]);
  await trainer.release();
  const enough = await createTrainer({
    onStep: ({ step }) => {
      if (step === 2) throw new Error('enough');
    },
  });
  await enough.train(whole, 0.01);
  await expect(enough.train(whole, 0.01)).rejects.toThrow('enough');
  expect(enough.step).toBe(2);
  await enough.release();
});
