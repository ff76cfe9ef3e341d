/** A training so small that every backend does it, the slowest included. */
import { expect, test } from 'vitest';
import { binaryCrossEntropyLoss, softDiceLoss, sumOfLosses } from '../losses/losses.ts';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import type { Optimiser } from '../optimisers/optimiser.ts';
import { oneThread, ort } from '../testing/backend.test-helper.ts';
import { discs } from '../testing/discs.test-helper.ts';
import { Trainer } from './trainer.ts';

test.each<[Optimiser, number]>([
  [{ kind: 'sgd', momentum: 0.9 }, 0.1],
  [{ kind: 'adamw' }, 0.02],
])('ten steps of %o lower the loss', async (optimiser, learningRate) => {
  const trainer = await Trainer.create({
    network: encoderDecoder({
      name: 'short',
      inputShape: [1, 8, 8],
      filters: [4],
      classes: 1,
      skips: true,
      block: { normalisation: 'instance' },
    }),
    loss: sumOfLosses([
      [1, softDiceLoss()],
      [1, binaryCrossEntropyLoss()],
    ]),
    optimiser,
    clipNorm: 10,
    averageDecay: 0.9,
    runtime: ort,
    session: oneThread,
    chunkSize: 8,
  });
  const losses: number[] = [];
  for (let step = 0; step < 10; step++) {
    losses.push((await trainer.train(discs(8, 8, step), learningRate)).loss);
  }
  expect(losses.at(-1)!).toBeLessThan(0.85 * losses[0]!);
  expect(trainer.weights.every(Number.isFinite)).toBe(true);
  await trainer.release();
});
