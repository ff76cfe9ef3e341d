import { expect, test } from 'vitest';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { buildInferenceGraph } from '../training/network.ts';
import { initialWeights, parameterLayout, slotOf } from '../training/parameter-layout.ts';
import { averageModels } from './average-models.ts';
import { encodeModel } from './encode-model.ts';
import { readModelWeights } from './read-weights.ts';

const networkOf = (filters: number[]) =>
  encoderDecoder({ name: 'small', inputShape: [1, 8, 8], filters, classes: 1, skips: true });

function modelOf(seed: number, storage: 'float32' | 'float16' | 'int8' = 'float32', filters = [4]) {
  const graph = buildInferenceGraph(networkOf(filters), 1);
  const layout = parameterLayout(graph);
  const vector = initialWeights(graph, layout, seed);
  const weights = new Map(layout.trainable.map((slot) => [slot.name, slotOf(vector, slot)]));
  return encodeModel(graph, { weights, storage });
}

test.each(['float32', 'float16'] as const)('%s weights are the mean of those of all', (storage) => {
  const models = [1, 2, 3].map((seed) => modelOf(seed, storage));
  const read = models.map(readModelWeights);
  const mean = readModelWeights(averageModels(models));
  expect([...mean.keys()]).toEqual([...read[0]!.keys()]);
  for (const [name, values] of mean) {
    values.forEach((value, i) => {
      const wanted = read.reduce((sum, weights) => sum + weights.get(name)![i]!, 0) / 3;
      expect(Math.abs(value - wanted), name).toBeLessThan(1e-3);
    });
  }
});

test('the mean of a model with itself is the model', () => {
  const model = modelOf(1, 'float16');
  expect(averageModels([model, model])).toEqual(model);
});

test.each([
  ['one model alone', [modelOf(1)], 'two models or more'],
  ['another network', [modelOf(1), modelOf(1, 'float32', [4, 8])], 'one network'],
  ['weights in other bits', [modelOf(1), modelOf(1, 'float16')], 'one network'],
  ['int8', [modelOf(1, 'int8'), modelOf(2, 'int8')], 'neither float32 nor float16'],
])('%s is refused', (_, models, message) => {
  expect(() => averageModels(models)).toThrow(message);
});
