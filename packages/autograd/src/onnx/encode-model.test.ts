import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { ones } from '../graph/initialiser.ts';
import { type EncoderDecoderOptions, encoderDecoder } from '../modules/encoder-decoder.ts';
import { add } from '../operators/arithmetic.ts';
import { upsampleLinear } from '../operators/resize.ts';
import { reshape } from '../operators/shape.ts';
import { oneThread } from '../testing/backend.test-helper.ts';
import { noise, relativeError, uniform } from '../testing/tensor64.test-helper.ts';
import { ForwardPass } from '../training/forward-pass.ts';
import { buildInferenceGraph } from '../training/network.ts';
import { encodeModel, ONNX_OPSET } from './encode-model.ts';
import { readModelMetadata } from './read-metadata.ts';

const block = { biasInitialiser: { kind: 'constant', value: 0.1 } } as const;
const base = { inputShape: [1, 16, 16], filters: [3, 4], classes: 1, skips: false, block };

const networks: Record<string, Omit<EncoderDecoderOptions, 'name'>> = {
  'ED-CNN': { ...base, outputChannels: 2 },
  'U-Net, three classes': { ...base, classes: 3, skips: true },
  'U-Net, instance normalisation, leaky ReLU, nearest neighbour, dropout': {
    ...base,
    skips: true,
    block: { ...block, normalisation: 'instance', activation: 'leaky-relu' },
    upsampling: 'nearest',
    dropoutRate: 0.5,
  },
  'batch normalisation': { ...base, block: { ...block, normalisation: 'batch' } },
  '3-D': { ...base, inputShape: [1, 8, 8, 4], filters: [2, 3], skips: true },
};

function randomWeights(graph: Graph): Map<string, Float32Array> {
  return new Map(
    graph.parameters.map(({ value }, i) => {
      const positive = value.name.includes('running_variance') || value.name.includes('scale');
      const t = positive ? uniform(value.shape, i + 1, 0.5, 2) : noise(value.shape, i + 1, 0.4);
      return [value.name, Float32Array.from(t.data)];
    }),
  );
}

test.each(Object.entries(networks))(
  '%s: exported, it runs at any batch size as it does here',
  async (name, options) => {
    const network = encoderDecoder({ name, ...options });
    const weights = randomWeights(buildInferenceGraph(network, 1));
    const here = await ForwardPass.create(ort, buildInferenceGraph(network, 2), oneThread);
    // Exported from a graph of whatever batch size.
    for (const built of [1, 2]) {
      const bytes = encodeModel(buildInferenceGraph(network, built), { weights, dynamicBatch: true });
      const session = await ort.InferenceSession.create(bytes);
      expect(session.inputNames).toEqual(['image']);
      expect(session.outputNames).toEqual(['probability']);
      for (const size of [1, 3, 7]) {
        const image = Float32Array.from(noise([size, ...options.inputShape], size).data);
        const wanted = await here.run({ image }, size, weights);
        const outputs = await session.run({
          image: new ort.Tensor('float32', image, [size, ...options.inputShape]),
        });
        const probability = outputs.probability!;
        expect(probability.dims).toEqual([size, options.classes, ...options.inputShape.slice(1)]);
        expect(relativeError(probability.data as Float32Array, wanted.probability!)).toBeLessThan(1e-4);
      }
      await session.release();
    }
    await here.release();
  },
);

test.each(Object.entries(networks))('%s: exported, it holds standard operators only', (name, options) => {
  const graph = buildInferenceGraph(encoderDecoder({ name, ...options }), 1);
  const bytes = encodeModel(graph, {
    weights: randomWeights(graph),
    dynamicBatch: true,
    name,
    description: 'tests',
  });
  const model = fromBinary(ModelProtoSchema, bytes);
  expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
    ['', BigInt(ONNX_OPSET)],
  ]);
  expect(model.irVersion).toBe(8n);
  expect(model.docString).toBe('tests');
  expect(model.graph!.name).toBe(name);
  expect(model.graph!.node.length).toBeGreaterThan(10);
  for (const node of model.graph!.node) expect(node.domain, node.name).toBe('');
  expect(model.graph!.input.map((i) => i.name)).toEqual(['image']);
  const [first] = (model.graph!.input[0]!.type!.value.value as { shape: { dim: { value: unknown }[] } }).shape
    .dim;
  expect(first!.value).toEqual({ case: 'dimParam', value: 'batch' });
});

test('reshaping leaves the batch open', async () => {
  const g = new Graph({ mode: 'inference' });
  g.output('y', reshape(reshape(g.input('x', [2, 3, 4]), [2, -1]), [2, 4, 3]));
  const session = await ort.InferenceSession.create(encodeModel(g, { dynamicBatch: true }));
  const values = Float32Array.from({ length: 60 }, (_, i) => i);
  const outputs = await session.run({ x: new ort.Tensor('float32', values, [5, 3, 4]) });
  expect(outputs.y!.dims).toEqual([5, 4, 3]);
  expect(outputs.y!.data).toEqual(values);
  await session.release();
});

test('weights are in the file as they are, and outputs carry them to the last bit', async () => {
  const g = new Graph({ mode: 'inference' });
  g.output(
    'y',
    add(
      g.input('x', [2, 3]),
      g.scope('layer', () => g.parameter('weight', [3], ones)),
    ),
  );
  const weights = new Map([['layer/weight', Float32Array.of(0.1, -1e-38, 3e38)]]);
  const session = await ort.InferenceSession.create(encodeModel(g, { weights }));
  const outputs = await session.run({ x: new ort.Tensor('float32', new Float32Array(6), [2, 3]) });
  expect([...(outputs.y!.data as Float32Array)]).toEqual(
    [0.1, -1e-38, 3e38, 0.1, -1e-38, 3e38].map(Math.fround),
  );
  await session.release();
});

test('a view into a longer vector is written as that part only', async () => {
  const g = new Graph({ mode: 'inference' });
  g.output('y', add(g.input('x', [2]), g.parameter('w', [2], ones)));
  const weights = new Map([['w', Float32Array.of(9, 1, 2, 9).subarray(1, 3)]]);
  const session = await ort.InferenceSession.create(encodeModel(g, { weights }));
  const outputs = await session.run({ x: new ort.Tensor('float32', new Float32Array(2), [2]) });
  expect([...(outputs.y!.data as Float32Array)]).toEqual([1, 2]);
  await session.release();
});

test('results that nothing reads come last in the file, in reverse', () => {
  const g = new Graph({ mode: 'inference' });
  const x = g.input('x', [2]);
  const first = add(x, 1);
  g.output('a', first);
  const middle = add(x, 2);
  g.output('b', add(middle, 3));
  g.output('c', add(middle, 4));
  const { node } = fromBinary(ModelProtoSchema, encodeModel(g)).graph!;
  expect(node.map(({ output }) => output[0])).toEqual([middle.name, 'c', 'b', 'a']);
});

test('metadata survives', () => {
  const g = new Graph({ mode: 'inference' });
  g.output('y', upsampleLinear(g.input('x', [1, 1, 2, 2])));
  const metadata = { labels: '{"4": "Left-Lateral-Ventricle"}', note: 'gefüllt, 脳室', empty: '' };
  expect(readModelMetadata(encodeModel(g, { metadata }))).toEqual(new Map(Object.entries(metadata)));
  expect(readModelMetadata(encodeModel(g)).size).toBe(0);
});

test('weights that are missing or of another length are refused by name', () => {
  const g = new Graph({ mode: 'inference' });
  g.output('y', add(g.input('x', [2, 3]), g.parameter('weight', [3], ones)));
  expect(() => encodeModel(g, { weights: new Map() })).toThrow(
    'encodeModel(): no weights for parameter weight',
  );
  expect(() => encodeModel(g, { weights: new Map([['weight', new Float32Array(4)]]) })).toThrow(
    'encodeModel(): parameter weight (3) needs 3 values, got 4',
  );
});
