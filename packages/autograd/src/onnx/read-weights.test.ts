import { expect, test } from 'vitest';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { buildInferenceGraph } from '../training/network.ts';
import { initialWeights, parameterLayout, slotOf } from '../training/parameter-layout.ts';
import { encodeModel } from './encode-model.ts';
import { readModelWeights } from './read-weights.ts';

const network = encoderDecoder({
  name: 'small',
  inputShape: [1, 8, 8],
  filters: [4],
  classes: 1,
  skips: true,
  // Its parameters named `scale` must not be taken for the scales of int8.
  block: { normalisation: 'instance' },
});
const graph = buildInferenceGraph(network, 1);
const layout = parameterLayout(graph);
const vector = initialWeights(graph, layout, 1);
const weights = new Map(layout.trainable.map((slot) => [slot.name, slotOf(vector, slot)]));

test.each([
  ['float32', 0],
  ['float16', 2 ** -11],
  ['int8', 1 / 127],
] as const)('%s weights come back by name', (storage, tolerance) => {
  const read = readModelWeights(encodeModel(graph, { weights, storage }));
  for (const [name, wanted] of weights) {
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const got = read.get(name)!;
    expect(got.length, name).toBe(wanted.length);
    got.forEach((value, i) => {
      expect(Math.abs(value - wanted[i]!), name).toBeLessThanOrEqual(tolerance * largest);
    });
  }
});
