import { expect, test } from 'vitest';
import { binaryCrossEntropyLoss, type Loss, softDiceLoss } from '../losses/losses.ts';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { add, multiply } from '../operators/arithmetic.ts';
import { mean } from '../operators/reduce.ts';
import { oneThread, ort } from '../testing/backend.test-helper.ts';
import { discs } from '../testing/discs.test-helper.ts';
import { ForwardPass } from './forward-pass.ts';
import { buildInferenceGraph, type SideLosses } from './network.ts';
import { Trainer } from './trainer.ts';

const network = encoderDecoder({
  name: 'supervised',
  inputShape: [1, 16, 16],
  filters: [3, 4, 4],
  classes: 1,
  skips: true,
  sideOutputs: 2,
});

function createTrainer(sideLosses: SideLosses, loss: Loss = softDiceLoss()): Promise<Trainer> {
  return Trainer.create({
    network,
    loss,
    sideLosses,
    optimiser: { kind: 'adam' },
    runtime: ort,
    session: oneThread,
    chunkSize: 4,
  });
}

test('side outputs add their weighted losses, each against the target at its own resolution', async () => {
  const seen: string[] = [];
  /** The mean of the target that a loss is shown, times 10 ^ place: its digits tell the terms apart. */
  const meanOfTarget: Loss = (logits, target) => {
    seen.push(target.shape.join('x'));
    return add(mean(target, [1, 2, 3]), multiply(mean(logits, [1, 2, 3]), 0));
  };
  const trainer = await createTrainer(
    [
      [10, meanOfTarget],
      [100, meanOfTarget],
    ],
    (logits, target) => multiply(softDiceLoss()(logits, target), 0),
  );
  const batch = discs(4, 16, 1);
  const { loss } = await trainer.batchGradient(batch);
  const wanted = batch.targets.reduce((total, value) => total + value, 0) / batch.targets.length;
  expect(seen).toEqual(['4x1x8x8', '4x1x4x4']);
  expect(loss / (110 * wanted)).toBeCloseTo(1, 5);
  await trainer.release();
});

test('the side outputs learn too, and are no part of the finished network', async () => {
  const trainer = await createTrainer([
    [0.5, binaryCrossEntropyLoss()],
    [0.25, softDiceLoss()],
  ]);
  const batch = discs(8, 16, 2);
  const first = (await trainer.train(batch, 0.01)).loss;
  const before = trainer.weights.slice();
  for (let step = 0; step < 10; step++) await trainer.train(batch, 0.01);
  expect((await trainer.batchGradient(batch)).loss).toBeLessThan(0.9 * first);
  const sides = trainer.layout.trainable.filter(({ name }) => name.startsWith('side_output'));
  expect(sides.map(({ name }) => name)).toEqual([
    'side_output2/weight',
    'side_output2/bias',
    'side_output1/weight',
    'side_output1/bias',
  ]);
  for (const { offset } of sides) expect(trainer.weights[offset]).not.toBe(before[offset]);
  const graph = buildInferenceGraph(network, 2);
  expect(graph.parameters.filter(({ value }) => value.name.startsWith('side'))).toEqual([]);
  const pass = await ForwardPass.create(ort, graph, oneThread);
  const { probability } = await pass.run({ image: batch.images }, 8, trainer.namedWeights());
  expect(probability).toHaveLength(8 * 256);
  await pass.release();
  await trainer.release();
});

test('as many side losses as side outputs, of one number an image', async () => {
  await expect(createTrainer([])).rejects.toThrow(
    'supervised: 2 side outputs need as many side losses, got 0',
  );
  const each = [1, softDiceLoss()] as const;
  await expect(createTrainer([each, [1, (logits) => mean(logits, [0, 1, 2, 3])]])).rejects.toThrow(
    'supervised: the loss must be one number an image, 4, got scalar',
  );
});
