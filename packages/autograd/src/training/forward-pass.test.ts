import { expect, test } from 'vitest';
import { softDiceLoss } from '../losses/losses.ts';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { oneThread, ort } from '../testing/backend.test-helper.ts';
import { discs } from '../testing/discs.test-helper.ts';
import { interpret } from '../testing/reference-interpreter.test-helper.ts';

import { relativeError, tensor64 } from '../testing/tensor64.test-helper.ts';
import { ForwardPass } from './forward-pass.ts';
import { buildActivationGraph, buildEvaluationGraph, buildInferenceGraph } from './network.ts';
import { Trainer } from './trainer.ts';

const network = encoderDecoder({
  name: 'tiny',
  inputShape: [1, 16, 16],
  filters: [3],
  classes: 1,
  skips: true,
  dropoutRate: 0.5,
  block: { normalisation: 'instance' },
});

const loss = softDiceLoss();

async function trained() {
  const trainer = await Trainer.create({
    network,
    loss,
    optimiser: { kind: 'adam' },
    runtime: ort,
    chunkSize: 4,
    session: oneThread,
  });
  for (let step = 0; step < 5; step++) await trainer.train(discs(4, 16, step), 0.01);
  await trainer.release();
  return new Map([...trainer.namedWeights()].map(([name, w]) => [name, w.slice()]));
}

test('whatever the chunk, predictions are those of the reference', async () => {
  const weights = await trained();
  const { images } = discs(5, 16, 9);
  const graph = buildInferenceGraph(network, 5);
  const feeds = new Map(
    graph.parameters.map(({ value }) => [value.name, tensor64(value.shape, weights.get(value.name)!)]),
  );
  feeds.set('image', tensor64([5, 1, 16, 16], images));
  const wanted = interpret(graph, feeds, ['probability']).get('probability')!.data;
  for (const chunk of [2, 5, 8]) {
    const pass = await ForwardPass.create(ort, buildInferenceGraph(network, chunk), oneThread);
    const { probability } = await pass.run({ image: images }, 5, weights);
    expect(relativeError(probability!, wanted)).toBeLessThan(1e-4);
    await pass.release();
  }
});

test('evaluation gives one loss an image, that of the probabilities', async () => {
  const weights = await trained();
  const batch = discs(5, 16, 9);
  const pass = await ForwardPass.create(ort, buildEvaluationGraph(network, loss, 3), oneThread);
  const outputs = await pass.run({ image: batch.images, target: batch.targets }, 5, weights);
  await pass.release();
  expect(outputs.loss).toHaveLength(5);
  for (let n = 0; n < 5; n++) {
    let [both, p, g] = [0, 0, 0];
    for (let i = n * 256; i < (n + 1) * 256; i++) {
      both += outputs.probability![i]! * batch.targets[i]!;
      p += outputs.probability![i]!;
      g += batch.targets[i]!;
    }
    expect(outputs.loss![n]).toBeCloseTo(1 - (2 * both + 1) / (p + g + 1), 5);
  }
});

test('activations are named by their layers, and none is negative', async () => {
  const weights = await trained();
  const graph = buildActivationGraph(network, 2);
  expect(graph.outputs.map(({ name, shape }) => `${name} ${shape.join('x')}`)).toEqual([
    'activation/encoder1/conv1 2x3x16x16',
    'activation/encoder1/conv2 2x3x16x16',
    'activation/bottleneck/conv1 2x6x8x8',
    'activation/bottleneck/conv2 2x6x8x8',
    'activation/decoder1/conv0 2x3x16x16',
    'activation/decoder1/conv1 2x3x16x16',
    'activation/decoder1/conv2 2x3x16x16',
  ]);
  const pass = await ForwardPass.create(ort, graph, oneThread);
  const outputs = await pass.run({ image: discs(3, 16, 1).images }, 3, weights);
  for (const [name, values] of Object.entries(outputs)) {
    expect(Math.min(...values), name).toBe(0);
    expect(Math.max(...values), name).toBeGreaterThan(0);
  }
  await pass.release();
});

test('what is missing or too short is named', async () => {
  const weights = await trained();
  const pass = await ForwardPass.create(ort, buildInferenceGraph(network, 2), oneThread);
  await expect(pass.run({}, 2, weights)).rejects.toThrow(
    '2 images of input image (1x16x16) need 512 values, got none',
  );
  await expect(pass.run({ image: new Float32Array(511) }, 2, weights)).rejects.toThrow(
    '2 images of input image (1x16x16) need 512 values, got 511',
  );
  weights.delete('encoder1/conv1/weight');
  await expect(pass.run({ image: new Float32Array(512) }, 2, weights)).rejects.toThrow(
    'no weights for parameter encoder1/conv1/weight',
  );
  await pass.release();
});
