import { expect, test } from 'vitest';
import { formatShape } from '../errors.ts';
import { zeros } from '../graph/initialiser.ts';
import { binaryCrossEntropyLoss, softDiceLoss, softJaccardLoss, sumOfLosses } from '../losses/losses.ts';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { conv } from '../operators/conv.ts';
import { sum } from '../operators/reduce.ts';
import { oneThread, ort } from '../testing/backend.test-helper.ts';
import { discs } from '../testing/discs.test-helper.ts';

import { relativeError } from '../testing/tensor64.test-helper.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { describeNetwork, gradientName, type Network } from './network.ts';
import { slotOf } from './parameter-layout.ts';
import { Trainer, type TrainerOptions } from './trainer.ts';

const network = encoderDecoder({
  name: 'tiny',
  inputShape: [1, 16, 16],
  filters: [4, 6],
  classes: 1,
  skips: true,
});

const loss = sumOfLosses([
  [1, softDiceLoss()],
  [1, binaryCrossEntropyLoss()],
]);

const common = { network, loss, runtime: ort, session: oneThread, seed: 3 } as const;

function createTrainer(options: Partial<TrainerOptions> = {}): Promise<Trainer> {
  return Trainer.create({ ...common, optimiser: { kind: 'adam' }, ...options });
}

test('training lowers the loss, on images it has not seen too', async () => {
  const trainer = await createTrainer({ chunkSize: 8, clipNorm: 10 });
  const unseen = discs(8, 16, 1000);
  const before = (await trainer.batchGradient(unseen)).loss;
  const losses: number[] = [];
  for (let step = 0; step < 40; step++) {
    const result = await trainer.train(discs(8, 16, step), 0.02);
    losses.push(result.loss);
    expect(result.gradientNorm).toBeGreaterThan(0);
  }
  const after = (await trainer.batchGradient(unseen)).loss;
  expect(losses[0]).toBeGreaterThan(1);
  expect(losses.at(-1)!).toBeLessThan(0.3 * losses[0]!);
  expect(after).toBeLessThan(0.3 * before);
  expect(trainer.step).toBe(40);
  await trainer.release();
});

test.each([
  ['Dice and cross-entropy', loss],
  ['soft Jaccard, which an image of zeros would leave undefined', softJaccardLoss()],
])('the gradient of a batch of 8 is the same in chunks of 3 and of 8: %s', async (_, someLoss) => {
  const batch = discs(8, 16, 5);
  const results = [];
  for (const chunkSize of [3, 8, 10]) {
    const trainer = await createTrainer({ chunkSize, loss: someLoss });
    results.push({ ...(await trainer.batchGradient(batch)), layout: trainer.layout });
    await trainer.release();
  }
  const whole = results[1]!;
  for (const result of results) {
    expect(result.loss).toBeCloseTo(whole.loss, 5);
    for (const slot of result.layout.trainable) {
      const error = relativeError(slotOf(result.gradient, slot), slotOf(whole.gradient, slot));
      expect(error, slot.name).toBeLessThan(2e-5);
    }
  }
  expect(Math.hypot(...whole.gradient)).toBeGreaterThan(0.01);
});

test('train follows the gradient of batchGradient, and reports its length', async () => {
  const trainer = await createTrainer({ optimiser: { kind: 'sgd' } });
  const batch = discs(4, 16, 6);
  const { gradient, loss: expectedLoss } = await trainer.batchGradient(batch);
  const before = trainer.weights.slice();
  const result = await trainer.train(batch, 0.5);
  expect(result.loss).toBe(expectedLoss);
  expect(result.gradientNorm).toBeCloseTo(Math.hypot(...gradient), 5);
  const expected = before.map((w, i) => w - 0.5 * gradient[i]!);
  expect(relativeError(trainer.weights, expected)).toBeLessThan(1e-6);
  await trainer.release();
});

test('the same seed starts with the same weights, another one with others', async () => {
  const [a, b, c] = [await createTrainer(), await createTrainer(), await createTrainer({ seed: 4 })];
  expect(a.weights).toEqual(b.weights);
  expect(a.weights).not.toEqual(c.weights);
  for (const trainer of [a, b, c]) await trainer.release();
});

/** Dropout, momentum and batch normalisation: everything that lives on from step to step. */
const withState = {
  network: encoderDecoder({
    name: 'with-state',
    inputShape: [1, 16, 16],
    filters: [3],
    classes: 1,
    skips: false,
    block: { normalisation: 'batch' },
    dropoutRate: 0.3,
  }),
  chunkSize: 4,
};

test.each([
  ['sgd with momentum', { kind: 'sgd', momentum: 0.9 }],
  ['adamw', { kind: 'adamw' }],
] as const)('a training cut in two ends with the very same bits: %s', async (_, optimiser) => {
  const options = { ...withState, optimiser };
  const uncut = await createTrainer(options);
  const losses = [];
  for (let step = 0; step < 9; step++) losses.push((await uncut.train(discs(8, 16, step), 0.02)).loss);

  const first = await createTrainer(options);
  for (let step = 0; step < 4; step++) await first.train(discs(8, 16, step), 0.02);
  const bytes = encodeCheckpoint(first.checkpoint());
  await first.release();
  const second = await createTrainer({ ...options, seed: 77 });
  second.restore(decodeCheckpoint(bytes));
  expect(second.step).toBe(4);
  for (let step = 4; step < 9; step++) {
    expect((await second.train(discs(8, 16, step), 0.02)).loss).toBe(losses[step]);
  }
  expect(second.weights).toEqual(uncut.weights);
  expect(second.checkpoint()).toEqual(uncut.checkpoint());
  await uncut.release();
  await second.release();
});

test('dropout changes from step to step, and running statistics move', async () => {
  const trainer = await createTrainer(withState);
  const batch = discs(4, 16, 1);
  const first = await trainer.batchGradient(batch);
  const second = await trainer.batchGradient(batch);
  expect(first.loss).not.toBe(second.loss);
  const statistics = trainer.weights.slice(trainer.layout.trainableCount);
  expect(trainer.layout.state.map((slot) => slot.name)).toContain('encoder1/conv1/running_mean');
  await trainer.train(batch, 0.01);
  const moved = trainer.weights.slice(trainer.layout.trainableCount);
  expect(moved).not.toEqual(statistics);
  expect(moved.every(Number.isFinite)).toBe(true);
  await trainer.release();
});

test('running statistics move once a chunk, one chunk after the other', async () => {
  const chunks = await createTrainer(withState);
  const singly = await createTrainer(withState);
  const batch = discs(8, 16, 2);
  const state = (await chunks.batchGradient(batch)).state;
  const layer = chunks.layout.state.findIndex((slot) => slot.name === 'encoder1/conv1/running_mean');
  const [offset, count] = [chunks.layout.state[layer]!.offset, chunks.layout.state[layer]!.count];
  const at = offset - chunks.layout.trainableCount;
  const half = (start: number) => ({
    images: batch.images.slice(start * 256, (start + 4) * 256),
    targets: batch.targets.slice(start * 256, (start + 4) * 256),
    size: 4,
  });
  // From zeros, two chunks give 0.9 (0.1 m1) + 0.1 m2; a chunk alone gives 0.1 m.
  const m1 = (await singly.batchGradient(half(0))).state;
  const m2 = (await singly.batchGradient(half(4))).state;
  for (let i = at; i < at + count; i++) expect(state[i]).toBeCloseTo(0.9 * m1[i]! + m2[i]!, 6);
  await chunks.release();
  await singly.release();
});

test('a loss that is not a number throws, and leaves everything as it was', async () => {
  const trainer = await createTrainer({ optimiser: { kind: 'adam' } });
  await trainer.train(discs(4, 16, 1), 0.01);
  const before = trainer.checkpoint();
  const batch = discs(4, 16, 2);
  batch.images[700] = Number.NaN;
  await expect(trainer.train(batch, 0.01)).rejects.toMatchObject({
    code: 'NON_FINITE',
    message: expect.stringMatching(/^step 2: loss \S+, gradient norm NaN; lower the learning rate/),
  });
  expect(trainer.checkpoint()).toEqual(before);
  expect((await trainer.train(discs(4, 16, 2), 0.01)).loss).toBeGreaterThan(0);
  await trainer.release();
});

test('checkpoints of another network, another shape or another optimiser are refused', async () => {
  const trainer = await createTrainer();
  const checkpoint = trainer.checkpoint();
  const wider = encoderDecoder({
    name: 'tiny',
    inputShape: [1, 16, 16],
    filters: [4, 8],
    classes: 1,
    skips: true,
  });
  const other = await createTrainer({ network: wider });
  expect(() => other.restore(checkpoint)).toThrow(
    expect.objectContaining({
      code: 'BAD_CHECKPOINT',
      message: expect.stringContaining('the checkpoint is of tiny'),
    }),
  );
  const renamed = await createTrainer({ network: { ...network, name: 'renamed' } });
  expect(() => renamed.restore(checkpoint)).toThrow(
    `the checkpoint is of tiny with ${trainer.layout.totalCount} weights, not of renamed with ${trainer.layout.totalCount}`,
  );
  const sgd = await createTrainer({ optimiser: { kind: 'sgd', momentum: 0.9 } });
  expect(() => sgd.restore(checkpoint)).toThrow('it is of another optimiser');
  const plain = await createTrainer({ optimiser: { kind: 'sgd' } });
  expect(() => plain.restore(checkpoint)).toThrow('it is of another optimiser');
  expect(plain.step).toBe(0);
  for (const t of [trainer, other, renamed, sgd, plain]) await t.release();
});

test('the moving average of the weights is what is used, and a checkpoint goes on with it', async () => {
  const decay = 0.6;
  const averaging = await createTrainer({ averageDecay: decay });
  const plain = await createTrainer();
  const [name] = [...plain.namedWeights().keys()] as [string];
  let wanted = plain.namedWeights().get(name)!.slice();
  expect(averaging.namedWeights().get(name)).toEqual(wanted);
  const steps = async (trainer: Trainer, from: number, to: number) => {
    for (let step = from; step < to; step++) await trainer.train(discs(4, 16, step), 0.01);
  };
  for (let step = 0; step < 6; step++) {
    await steps(plain, step, step + 1);
    // In the first steps less is kept: (1 + t) / (10 + t).
    const kept = Math.min(decay, (2 + step) / (11 + step));
    const now = plain.namedWeights().get(name)!;
    wanted = wanted.map((value, i) => kept * value + (1 - kept) * now[i]!);
  }
  await steps(averaging, 0, 4);
  const resumed = await createTrainer({ averageDecay: decay });
  resumed.restore(decodeCheckpoint(encodeCheckpoint(averaging.checkpoint())));
  await steps(resumed, 4, 6);
  expect(resumed.weights).toEqual(plain.weights);
  expect(relativeError(resumed.namedWeights().get(name)!, wanted)).toBeLessThan(1e-5);
  await expect(createTrainer({ averageDecay: 1 })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  for (const trainer of [averaging, plain, resumed]) await trainer.release();
});

test('weight decay spares biases and scales', async () => {
  // No light, no gradient but the bias's: what changes in the kernels is decay.
  const dark: Network = {
    name: 'dark',
    inputShape: [1, 4, 4],
    build: (images) => {
      const g = images.graph;
      return conv(
        images,
        g.parameter('weight', [1, 1, 3, 3], { kind: 'constant', value: 2 }),
        g.parameter('bias', [1], zeros, { decay: false }),
      );
    },
  };
  const options = { network: dark, loss: binaryCrossEntropyLoss(), chunkSize: 1 };
  const trainer = await createTrainer({ ...options, optimiser: { kind: 'sgd', weightDecay: 0.1 } });
  await trainer.train(
    { images: new Float32Array(16), targets: new Float32Array(16).fill(0.5), size: 1 },
    0.5,
  );
  for (const w of trainer.namedWeights().get('weight')!) expect(w).toBeCloseTo(2 - 0.5 * 0.1 * 2, 6);
  expect(trainer.namedWeights().get('bias')![0]).toBeCloseTo(0, 6);
  await trainer.release();
});

test('batches that do not fit are refused, with the numbers', async () => {
  const trainer = await createTrainer();
  const batch = discs(4, 16, 1);
  await expect(trainer.train({ ...batch, size: 5 }, 0.1)).rejects.toThrow(
    'train(): 5 images of 1x16x16 need 1280 values, got 1024',
  );
  await expect(trainer.train({ ...batch, targets: batch.targets.slice(1) }, 0.1)).rejects.toThrow(
    'train(): 4 targets of 1x16x16 need 1024 values, got 1023',
  );
  await trainer.release();
  const normalised = await createTrainer(withState);
  await expect(normalised.train(discs(6, 16, 1), 0.1)).rejects.toThrow(
    'train(): batch normalisation needs whole chunks; 6 images are not a multiple of 4',
  );
  await normalised.release();
});

test('a network with inputs of its own is refused', async () => {
  const demanding: Network = {
    ...network,
    build: (images) => {
      images.graph.input('extra', [3]);
      return network.build(images);
    },
  };
  await expect(createTrainer({ network: demanding })).rejects.toThrow(
    'tiny: nothing feeds input extra; a network has the images as its only input',
  );
});

test('a loss that leaves a parameter out is refused by name', async () => {
  const idle: Network = {
    ...network,
    build: (images) => {
      images.graph.parameter('idle', [3], zeros);
      return network.build(images);
    },
  };
  await expect(createTrainer({ network: idle })).rejects.toThrow(
    'the loss does not depend on parameter idle (3)',
  );
});

test('the layout names every parameter, gradients have their names, and the network describes itself', async () => {
  const trainer = await createTrainer();
  const { layout } = trainer;
  expect(layout.trainable[0]).toEqual({
    name: 'encoder1/conv1/weight',
    shape: [4, 1, 3, 3],
    offset: 0,
    count: 36,
  });
  expect(layout.totalCount).toBe(trainer.weights.length);
  const { gradient } = await trainer.batchGradient(discs(2, 16, 1));
  for (const slot of layout.trainable) {
    expect(trainer.gradientGraph.valueOf(gradientName(slot.name)).shape).toEqual(slot.shape);
    expect(
      slotOf(gradient, slot).some((v) => v !== 0),
      `${slot.name} ${formatShape(slot.shape)}`,
    ).toBe(true);
  }
  expect(describeNetwork(network)).toBe(
    `tiny: input 1x16x16, ${layout.trainableCount.toLocaleString('en-US')} parameters`,
  );
  await trainer.release();
});

test('a loss that is no number an image is refused', async () => {
  await expect(createTrainer({ loss: (logits) => sum(logits) })).rejects.toThrow(
    'tiny: the loss must be one number an image, 5, got scalar',
  );
});
