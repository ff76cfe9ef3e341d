import { expect, test } from 'vitest';
import type { Initialiser } from '../graph/initialiser.ts';
import { binaryCrossEntropyLoss, softDiceLoss, sumOfLosses } from '../losses/losses.ts';
import { oneThread, ort } from '../testing/backend.test-helper.ts';
import { checkAgainstFiniteDifferences } from '../testing/check-operator.test-helper.ts';
import { discs } from '../testing/discs.test-helper.ts';
import { interpret } from '../testing/reference-interpreter.test-helper.ts';

import { noise, relativeError, type Tensor64, tensor64, uniform } from '../testing/tensor64.test-helper.ts';
import {
  buildGradientGraph,
  buildInferenceGraph,
  gradientName,
  type SideLosses,
} from '../training/network.ts';
import { parameterLayout, slotOf } from '../training/parameter-layout.ts';
import { Trainer } from '../training/trainer.ts';
import { type EncoderDecoderOptions, encoderDecoder } from './encoder-decoder.ts';

const published = { inputShape: [1, 96, 96], filters: [12, 24, 48, 96], outputChannels: 2, classes: 1 };

test('the networks of 2017 have as many parameters as published', () => {
  const count = (skips: boolean) =>
    parameterLayout(buildInferenceGraph(encoderDecoder({ name: 'n', ...published, skips }), 1)).totalCount;
  expect(count(false)).toBe(993_974);
  // "About 1,214,474": exactly that.
  expect(count(true)).toBe(1_214_474);
});

test('parameters are named by level', () => {
  const names = parameterLayout(
    buildInferenceGraph(
      encoderDecoder({ name: 'n', inputShape: [1, 8, 8], filters: [2], classes: 1, skips: true }),
      1,
    ),
  ).trainable.map((slot) => `${slot.name} ${slot.shape.join('x')}`);
  expect(names).toEqual([
    'encoder1/conv1/weight 2x1x3x3',
    'encoder1/conv1/bias 2',
    'encoder1/conv2/weight 2x2x3x3',
    'encoder1/conv2/bias 2',
    'bottleneck/conv1/weight 4x2x3x3',
    'bottleneck/conv1/bias 4',
    'bottleneck/conv2/weight 4x4x3x3',
    'bottleneck/conv2/bias 4',
    'decoder1/conv0/weight 2x4x3x3',
    'decoder1/conv0/bias 2',
    'decoder1/conv1/weight 2x4x3x3',
    'decoder1/conv1/bias 2',
    'decoder1/conv2/weight 2x2x3x3',
    'decoder1/conv2/bias 2',
    'output/weight 1x2x1x1',
    'output/bias 1',
  ]);
});

/** Not zero, as the biases of 2017 were not: the exact background then has ties in every pooling window. */
const biasInitialiser: Initialiser = { kind: 'constant', value: 0.1 };

const base = { inputShape: [1, 16, 16], filters: [2, 3], classes: 1, skips: false };
const networks: Record<string, Omit<EncoderDecoderOptions, 'name'>> = {
  'without skips': { ...base, block: { biasInitialiser } },
  'with skips': { ...base, skips: true, block: { biasInitialiser } },
  'nearest neighbour and leaky ReLU': {
    ...base,
    upsampling: 'nearest',
    block: { biasInitialiser, activation: 'leaky-relu' },
  },
  'an unused second channel': { ...base, outputChannels: 2, block: { biasInitialiser } },
  'instance normalisation': { ...base, block: { biasInitialiser, normalisation: 'instance' } },
  'batch normalisation and kernels of 5': {
    ...base,
    filters: [2],
    block: { biasInitialiser, normalisation: 'batch', kernel: 5 },
  },
  dilated: { ...base, filters: [2], block: { biasInitialiser, dilation: 2 } },
  'three dimensions': {
    ...base,
    inputShape: [1, 4, 8, 8],
    filters: [2],
    skips: true,
    block: { biasInitialiser },
  },
  'transposed convolutions, group normalisation and side outputs': {
    ...base,
    filters: [2, 2, 4],
    skips: true,
    upsampling: 'transposed',
    sideOutputs: 2,
    block: { biasInitialiser, normalisation: 'group', normalisationGroups: 2 },
  },
  'transposed convolutions without skips': {
    ...base,
    filters: [2],
    upsampling: 'transposed',
    block: { biasInitialiser },
  },
};

const loss = sumOfLosses([
  [1, softDiceLoss()],
  [0.5, binaryCrossEntropyLoss()],
]);

test.each(Object.entries(networks))(
  'every gradient of a network: %s',
  async (name, options) => {
    const network = encoderDecoder({ name, ...options });
    const size = 2;
    const sideLosses: SideLosses = Array.from({ length: options.sideOutputs ?? 0 }, (_, i) => [
      0.5 ** (i + 1),
      loss,
    ]);
    const graph = buildGradientGraph(network, loss, size, sideLosses);
    // The discs' images have an outer frame of exact zeros.
    const batch = discs(size, 16, 3);
    const trainer = await Trainer.create({
      network,
      loss,
      sideLosses,
      optimiser: { kind: 'sgd' },
      runtime: ort,
      chunkSize: size,
      seed: 5,
      session: oneThread,
    });
    const { gradient, loss: value } = await trainer.batchGradient(batch);
    const shape = [size, ...options.inputShape];
    const feeds = new Map<string, Tensor64>([
      ['image', tensor64(shape, batch.images)],
      ['target', tensor64(shape, batch.targets)],
      ['image_weight', tensor64([size], Array<number>(size).fill(1 / size))],
      ...[...trainer.namedWeights()].map(
        ([key, w]) => [key, tensor64(graph.valueOf(key).shape, w)] as [string, Tensor64],
      ),
    ]);
    const slots = trainer.layout.trainable;
    const exact = interpret(graph, feeds, ['loss', ...slots.map((slot) => gradientName(slot.name))]);
    expect(value).toBeCloseTo(exact.get('loss')!.data[0]!, 5);
    // The scale of the whole network: a bias before a normalisation has no gradient but rounding errors.
    const all = Math.sqrt(gradient.reduce((s, v) => s + v * v, 0) / gradient.length);
    const evaluate = () => interpret(graph, feeds, ['loss']).get('loss')!.data[0]!;
    for (const slot of slots) {
      const wanted = exact.get(gradientName(slot.name))!.data;
      const padded = [...wanted, all];
      expect(relativeError([...slotOf(gradient, slot), all], padded), slot.name).toBeLessThan(1e-3);
      checkAgainstFiniteDifferences(slot.name, wanted, feeds.get(slot.name)!.data, evaluate, {
        elements: 3,
        directions: 1,
        // So small that no ReLU and no maximum changes sides.
        step: 1e-7,
        tolerance: 1e-3,
      });
    }
    await trainer.release();
  },
  120_000,
);

test('inference gives what training does, where nothing differs between them', () => {
  const network = encoderDecoder({ name: 'n', ...base, skips: true, block: { normalisation: 'instance' } });
  const training = buildGradientGraph(network, loss, 2);
  const inference = buildInferenceGraph(network, 2);
  const feeds = new Map<string, Tensor64>([['image', noise([2, 1, 16, 16], 1)]]);
  training.parameters.forEach(({ value }, i) => {
    feeds.set(value.name, uniform(value.shape, i + 1, -0.5, 1));
  });
  const logits = training.nodes.find((n) => n.op === 'Sigmoid')!.outputs[0]!;
  const a = interpret(training, feeds, [logits]).get(logits)!;
  const b = interpret(inference, feeds, ['probability']).get('probability')!;
  expect(relativeError(b.data, a.data)).toBeLessThan(1e-9);
});

test.each<[Partial<EncoderDecoderOptions>, string]>([
  [{ inputShape: [1, 95, 95] }, 'n: 2 levels need sizes divisible by 4, got 1x95x95'],
  [{ inputShape: [1, 96] }, 'n: 2 levels need sizes divisible by 4, got 1x96'],
  [{ filters: [] }, 'n: encoderDecoder() needs at least one level of filters'],
  [{ classes: 3, outputChannels: 2 }, 'n: 2 output channels cannot hold 3 classes'],
  [{ sideOutputs: 2 }, 'n: 2 levels can have 0 to 1 side outputs, got 2'],
])('%j is refused', (options, message) => {
  expect(() => encoderDecoder({ name: 'n', ...base, ...options })).toThrow(message);
});
