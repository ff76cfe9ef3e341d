import { expect, test } from 'vitest';
import { softDiceLoss } from '../losses/losses.ts';
import { oneThread, ort } from '../testing/backend.test-helper.ts';
import { interpret } from '../testing/reference-interpreter.test-helper.ts';
import { noise, relativeError, type Tensor64, tensor64 } from '../testing/tensor64.test-helper.ts';
import { buildGradientGraph, buildInferenceGraph, gradientName } from '../training/network.ts';
import { initialWeights, parameterLayout, slotOf } from '../training/parameter-layout.ts';
import { Trainer } from '../training/trainer.ts';
import { type BlockUnetOptions, blockUnet, blockUnetDivisor } from './block-unet.ts';
import { standardisedWeights, trainableWeights } from './standardised-weights.ts';

const options: BlockUnetOptions = {
  name: 'blocks',
  inputShape: [1, 8, 8, 16],
  blockSize: 2,
  filters: [16, 32],
  classes: 3,
};

test('sizes must be blocks that every level can halve', () => {
  expect(blockUnetDivisor(options)).toBe(4);
  expect(() => blockUnet({ ...options, inputShape: [1, 8, 6, 16] })).toThrow(
    'blocks: 2 levels of blocks of 2 need sizes divisible by 4, got 1x8x6x16',
  );
  expect(() => blockUnet({ ...options, filters: [16] })).toThrow('at least two levels');
});

/** A head in a frame of exact zeros, and its mask. */
function batch() {
  const [, nz, ny, nx] = options.inputShape as [number, number, number, number];
  const images = new Float32Array(nx * ny * nz);
  const targets = new Float32Array(3 * images.length);
  const grain = noise([images.length], 4, 0.2).data;
  for (let i = 0; i < images.length; i++) {
    const place = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    const inside = place.every((at, axis) => at >= 2 && at < [nx, ny, nz][axis]! - 2);
    images[i] = inside ? 1 + grain[i]! : 0;
    targets[(inside ? 1 + (i % 2) : 0) * images.length + i] = 1;
  }
  return { images, targets, size: 1 };
}

test('every gradient, as the lowered network computes it, against float64', async () => {
  const network = blockUnet(options);
  const graph = buildGradientGraph(network, softDiceLoss(), 1);
  const { images, targets } = batch();
  const trainer = await Trainer.create({
    network,
    loss: softDiceLoss(),
    optimiser: { kind: 'sgd' },
    runtime: ort,
    session: oneThread,
    chunkSize: 1,
    seed: 5,
  });
  const { gradient } = await trainer.batchGradient({ images, targets, size: 1 });
  const feeds = new Map<string, Tensor64>([
    ['image', tensor64([1, ...options.inputShape], images)],
    ['target', tensor64([1, 3, ...options.inputShape.slice(1)], targets)],
    ['image_weight', tensor64([1], [1])],
    ...[...trainer.namedWeights()].map(
      ([name, w]) => [name, tensor64(graph.valueOf(name).shape, w)] as [string, Tensor64],
    ),
  ]);
  const slots = trainer.layout.trainable;
  const exact = interpret(
    graph,
    feeds,
    slots.map(({ name }) => gradientName(name)),
  );
  for (const slot of slots) {
    const wanted = exact.get(gradientName(slot.name))!.data;
    expect(relativeError(slotOf(gradient, slot), wanted), slot.name).toBeLessThan(1e-3);
  }
  await trainer.release();
});

test('kernels standardised once and for all give the same network', () => {
  const trained = buildInferenceGraph(blockUnet(options), 1);
  const layout = parameterLayout(trained);
  const vector = initialWeights(trained, layout, 3);
  // Gains away from 1, kernels away from mean 0.
  const weights = new Map(
    layout.trainable.map((slot) => [
      slot.name,
      slotOf(vector, slot).map((w, i) => (slot.name.endsWith('gain') ? 1 + 0.1 * (i % 3) : w + 0.05)),
    ]),
  );
  const plain = buildInferenceGraph(blockUnet({ ...options, standardised: false }), 1);
  const folded = standardisedWeights(plain, weights);
  expect([...folded.keys()].some((name) => name.endsWith('gain'))).toBe(false);
  const image = noise([1, ...options.inputShape], 6);
  const run = (graph: typeof plain, given: ReadonlyMap<string, Float32Array>) => {
    const feeds = new Map<string, Tensor64>([['image', image]]);
    for (const { value } of graph.parameters) {
      feeds.set(value.name, tensor64(value.shape, given.get(value.name)!));
    }
    return interpret(graph, feeds, ['probability']).get('probability')!.data;
  };
  expect(relativeError(run(plain, folded), run(trained, weights))).toBeLessThan(1e-5);
  // And the way back, to train on.
  expect(relativeError(run(trained, trainableWeights(trained, folded)), run(trained, weights))).toBeLessThan(
    1e-5,
  );
  folded.delete('output/bias');
  expect(() => trainableWeights(trained, folded)).toThrow('output/bias (24) is not among the weights');
});
