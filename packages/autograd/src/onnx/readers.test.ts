/** Exported models in the hands of another reader: checked by python3-onnx, computed by PyTorch. */
import * as ort from 'onnxruntime-node';
import { expect } from 'vitest';
import { testWithPython } from '../../../../test/python-oracle.ts';
import { type EncoderDecoderOptions, encoderDecoder } from '../modules/encoder-decoder.ts';
import { readWithPython } from '../testing/onnx-reader.test-helper.ts';
import { noise, product, relativeError, uniform } from '../testing/tensor64.test-helper.ts';
import { buildInferenceGraph } from '../training/network.ts';
import { encodeModel, ONNX_OPSET } from './encode-model.ts';
import type { WeightStorage } from './weight-storage.ts';

const base = { inputShape: [1, 16, 16], filters: [3, 4], classes: 1, skips: true };
const networks: Record<string, [Omit<EncoderDecoderOptions, 'name'>, WeightStorage]> = {
  'ED-CNN': [{ ...base, skips: false, outputChannels: 2 }, 'float32'],
  'U-Net of three classes in float16': [{ ...base, classes: 3 }, 'float16'],
  'U-Net in int8': [base, 'int8'],
  'instance normalisation, leaky ReLU, nearest neighbour': [
    { ...base, upsampling: 'nearest', block: { normalisation: 'instance', activation: 'leaky-relu' } },
    'float32',
  ],
  'batch normalisation': [{ ...base, block: { normalisation: 'batch' } }, 'float16'],
  'group normalisation, transposed convolutions in int8': [
    {
      ...base,
      filters: [4, 8],
      upsampling: 'transposed',
      block: { normalisation: 'group', normalisationGroups: 2 },
    },
    'int8',
  ],
  'volumes in float16': [{ ...base, inputShape: [1, 8, 8, 4], filters: [2, 3] }, 'float16'],
};

for (const [name, [options, storage]] of Object.entries(networks)) {
  testWithPython(
    `python3-onnx and PyTorch read it, and find the same: ${name}`,
    ['onnx', 'torch'],
    async () => {
      const graph = buildInferenceGraph(encoderDecoder({ name, ...options }), 1);
      const weights = new Map(
        graph.parameters.map(({ value }, i) => {
          const positive = /running_variance|scale/.test(value.name);
          const { data } = positive ? uniform(value.shape, i + 1, 0.5, 2) : noise(value.shape, i + 1, 0.4);
          return [value.name, Float32Array.from(data)];
        }),
      );
      const metadata = { recipe: '{"name": "tests"}', labels: '{"4": "links, 左"}', normalisation: 'none' };
      const model = encodeModel(graph, { weights, storage, dynamicBatch: true, metadata, name });
      const shape = [3, ...options.inputShape];
      const image = Float32Array.from(noise(shape, 5).data);
      const session = await ort.InferenceSession.create(model);
      const outputs = await session.run({ image: new ort.Tensor('float32', image, shape) });
      await session.release();
      const read = readWithPython(model, image, shape);
      expect(relativeError(outputs.probability!.data as Float32Array, read.result)).toBeLessThan(1e-4);
      expect(read.result).toHaveLength(3 * options.classes * product(options.inputShape));
      expect(read.opset).toBe(ONNX_OPSET);
      expect(read.inputs).toEqual({ image: ['batch', ...options.inputShape] });
      expect(read.outputs).toEqual({
        probability: ['batch', options.classes, ...options.inputShape.slice(1)],
      });
      expect(read.metadata).toEqual(metadata);
      for (const parameter of weights.keys()) expect(read.tensors).toContain(parameter);
    },
  );
}
