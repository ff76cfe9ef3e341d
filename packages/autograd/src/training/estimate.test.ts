import { expect, test } from 'vitest';
import { softDiceLoss } from '../losses/losses.ts';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { type EstimateOptions, estimateTraining } from './estimate.ts';
import { describeNetwork } from './network.ts';
import { Trainer } from './trainer.ts';

const options: EstimateOptions = {
  network: encoderDecoder({
    name: 'u-net',
    inputShape: [1, 96, 96],
    filters: [8, 16, 32],
    classes: 1,
    skips: true,
  }),
  loss: softDiceLoss(),
  optimiser: { kind: 'adam' },
  chunkSize: 8,
};

test('parameters and moments are counted exactly', () => {
  const { parameterCount, memory } = estimateTraining(options);
  expect(describeNetwork(options.network)).toContain(`${parameterCount.toLocaleString('en-US')} parameters`);
  expect(memory.parameters).toBe(4 * parameterCount);
  expect(memory.moments).toBe(2 * 4 * parameterCount);
  const averaged = estimateTraining({ ...options, averageDecay: 0.99 });
  expect(averaged.memory.moments).toBe(3 * 4 * parameterCount);
  expect(averaged.memory.update).toBeGreaterThan(memory.update);
  expect(estimateTraining({ ...options, optimiser: { kind: 'sgd' } }).memory.moments).toBe(0);
});

test('memory grows with chunks and lanes, arithmetic an image does not', () => {
  const [one, eight] = [1, 8].map((chunkSize) => estimateTraining({ ...options, chunkSize }));
  expect(eight!.memory.lanes / one!.memory.lanes).toBeGreaterThan(5);
  expect(eight!.memory.lanes / one!.memory.lanes).toBeLessThan(8);
  expect(eight!.flops.training / one!.flops.training).toBeCloseTo(1, 6);
  const twice = estimateTraining({ ...options, laneCount: 2 });
  expect(twice.memory.lanes).toBe(2 * eight!.memory.lanes);
  const { forward, training } = eight!.flops;
  expect(training / forward).toBeGreaterThan(2.5);
  expect(training / forward).toBeLessThan(3.1);
});

test('over the limit, the chunk that fits is named, and does fit', async () => {
  const memoryLimit = 80e6;
  const refused =
    /^u-net: training on images of 1x96x96, 8 at a time, takes about \d+ MB, over the limit of 80 MB; a chunkSize of (\d) fits$/;
  expect(() => estimateTraining({ ...options, memoryLimit })).toThrow(
    expect.objectContaining({ code: 'TOO_LARGE', message: expect.stringMatching(refused) }),
  );
  const message = await messageOf(() => estimateTraining({ ...options, memoryLimit }));
  const chunkSize = Number(refused.exec(message)![1]);
  expect(estimateTraining({ ...options, memoryLimit, chunkSize }).memory.total).toBeLessThanOrEqual(
    memoryLimit,
  );
  expect(() => estimateTraining({ ...options, memoryLimit, chunkSize: chunkSize + 1 })).toThrow(
    'over the limit',
  );
});

test('where no chunk fits, the image that would is named, in sizes that the network takes', async () => {
  const volumes = encoderDecoder({
    name: 'v',
    inputShape: [1, 48, 64, 64],
    filters: [4, 8],
    classes: 1,
    skips: true,
  });
  const estimate = (inputShape: readonly number[]) =>
    estimateTraining({ ...options, network: { ...volumes, inputShape }, chunkSize: 1 }).memory.total;
  const memoryLimit = 0.6 * estimate(volumes.inputShape);
  const message = await messageOf(() => estimateTraining({ ...options, network: volumes, memoryLimit }));
  const [, named] = /with a chunkSize of 1, images of 1x(\d+x\d+x\d+) fit$/.exec(message)!;
  const space = named!.split('x').map(Number);
  for (const n of space) expect(n % 4).toBe(0);
  expect(estimate([1, ...space])).toBeLessThanOrEqual(memoryLimit);
  expect(estimate([1, ...space])).toBeGreaterThan(0.6 * memoryLimit);
  expect(await messageOf(() => estimateTraining({ ...options, memoryLimit: 1e6 }))).toMatch(
    /no smaller image fits either: make the network narrower$/,
  );
});

test('a trainer refuses before it starts', async () => {
  const runtime = { InferenceSession: { create: () => Promise.reject(new Error('was started')) } };
  const trainer = Trainer.create({ ...options, memoryLimit: 50e6, runtime: runtime as never });
  await expect(trainer).rejects.toMatchObject({ code: 'TOO_LARGE' });
});

async function messageOf(act: () => unknown): Promise<string> {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
