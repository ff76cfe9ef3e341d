import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import * as ort from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { beforeAll, expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { ones } from '../graph/initialiser.ts';
import { softDiceLoss } from '../losses/losses.ts';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { add } from '../operators/arithmetic.ts';
import { discs } from '../testing/discs.test-helper.ts';
import { relativeError } from '../testing/tensor64.test-helper.ts';
import { ForwardPass } from '../training/forward-pass.ts';
import { buildInferenceGraph } from '../training/network.ts';
import { Trainer } from '../training/trainer.ts';
import { encodeModel } from './encode-model.ts';
import { decodeHalves, encodeHalves } from './half-float.ts';
import type { WeightStorage } from './weight-storage.ts';

const network = encoderDecoder({
  name: 'discs',
  inputShape: [1, 16, 16],
  filters: [8],
  classes: 1,
  skips: true,
});
const graph = buildInferenceGraph(network, 1);
let weights: Map<string, Float32Array>;

beforeAll(async () => {
  const trainer = await Trainer.create({
    network,
    loss: softDiceLoss(),
    optimiser: { kind: 'adam' },
    runtime: ort,
  });
  for (let step = 0; step < 60; step++) await trainer.train(discs(20, 16, step), 3e-3);
  weights = trainer.namedWeights();
  await trainer.release();
}, 60_000);

const encode = (storage: WeightStorage) => encodeModel(graph, { weights, storage, dynamicBatch: true });

async function predict(runtime: typeof ort, model: Uint8Array, images: Float32Array): Promise<Float32Array> {
  const session = await runtime.InferenceSession.create(model);
  const image = new runtime.Tensor('float32', images, [images.length / 256, 1, 16, 16]);
  const { probability } = await session.run({ image });
  await session.release();
  return probability!.data as Float32Array;
}

/** Kernels as a file of halves or of bytes holds them. */
function rounded(storage: WeightStorage): Map<string, Float32Array> {
  const round = (values: Float32Array) => {
    if (storage === 'float16') return decodeHalves(encodeHalves(values));
    const largest = Math.max(...values.map(Math.abs));
    return values.map((v) => (Math.round((v * 127) / largest) * largest) / 127);
  };
  return new Map(
    graph.parameters.map(({ value: { name, shape } }) => {
      const data = weights.get(name)!;
      const each = data.length / shape[0]!;
      const rows = Array.from({ length: shape[0]! }, (_, c) => round(data.slice(c * each, (c + 1) * each)));
      return [name, shape.length < 2 ? data : Float32Array.from(rows.flatMap((row) => [...row]))];
    }),
  );
}

test.each<[WeightStorage, number]>([
  ['float16', 2],
  ['int8', 1],
])('%s: a kernel takes %d bytes a weight, and every parameter keeps its name', (storage, bytesEach) => {
  const { node, initializer } = fromBinary(ModelProtoSchema, encode(storage)).graph!;
  const made = new Set([...initializer.map(({ name }) => name), ...node.flatMap(({ output }) => output)]);
  const sizes = new Map(initializer.map(({ name, rawData }) => [name, rawData.length]));
  for (const { value } of graph.parameters) {
    expect(made).toContain(value.name);
    const count = value.shape.reduce((a, b) => a * b, 1);
    if (value.shape.length > 1) expect(sizes.get(`${value.name}/${storage}`)).toBe(count * bytesEach);
    else expect(sizes.get(value.name)).toBe(count * 4);
  }
  for (const { domain } of node) expect(domain).toBe('');
});

test.each<[string, WeightStorage, typeof ort]>([
  ['onnxruntime-node', 'float16', ort],
  ['onnxruntime-node', 'int8', ort],
  ['onnxruntime-web', 'float16', web as unknown as typeof ort],
  ['onnxruntime-web', 'int8', web as unknown as typeof ort],
])('%s computes with the rounded weights: %s', async (_, storage, runtime) => {
  const { images } = discs(5, 16, 1000);
  const pass = await ForwardPass.create(ort, buildInferenceGraph(network, 5));
  const { probability } = await pass.run({ image: images }, 5, rounded(storage));
  await pass.release();
  expect(relativeError(await predict(runtime, encode(storage), images), probability!)).toBeLessThan(1e-4);
});

test('a trained network stays as good: Dice within 0.0005 in float16, 0.005 in int8', async () => {
  const { images, targets } = discs(100, 16, 1001);
  const dice = async (storage: WeightStorage) => {
    const probability = await predict(ort, encode(storage), images);
    let [both, all] = [0, 0];
    probability.forEach((p, i) => {
      both += p > 0.5 ? targets[i]! : 0;
      all += (p > 0.5 ? 1 : 0) + targets[i]!;
    });
    return (2 * both) / all;
  };
  const exact = await dice('float32');
  expect(exact).toBeGreaterThan(0.85);
  expect(Math.abs((await dice('float16')) - exact)).toBeLessThan(0.0005);
  expect(Math.abs((await dice('int8')) - exact)).toBeLessThan(0.005);
});

test('a channel of zeros stays one', async () => {
  const g = new Graph({ mode: 'inference' });
  g.output('y', add(g.input('x', [2, 2]), g.parameter('w', [2, 2], ones)));
  const model = encodeModel(g, {
    weights: new Map([['w', Float32Array.of(0, 0, 1, -127)]]),
    storage: 'int8',
  });
  const session = await ort.InferenceSession.create(model);
  const { y } = await session.run({ x: new ort.Tensor('float32', new Float32Array(4), [2, 2]) });
  await session.release();
  expect([...(y!.data as Float32Array)]).toEqual([0, 0, 1, -127]);
});

test('what a storage cannot hold is refused by name, and so is a storage without weights', () => {
  const g = new Graph({ mode: 'inference' });
  g.output('y', add(g.input('x', [1, 2]), g.parameter('layer', [1, 2], ones)));
  const store = (storage: WeightStorage, value: number) => () =>
    encodeModel(g, { weights: new Map([['layer', Float32Array.of(0, value)]]), storage });
  expect(store('float16', -70000)).toThrow(
    'encodeModel(): parameter layer reaches 70000, which float16 cannot hold; store it as float32',
  );
  expect(store('int8', Number.NaN)).toThrow('parameter layer reaches NaN, which int8 cannot hold');
  expect(store('int8', Infinity)).toThrow('parameter layer reaches Infinity, which int8 cannot hold');
  expect(store('int8', 70000)).not.toThrow();
  expect(() => encodeModel(g, { storage: 'int8' })).toThrow('encodeModel(): storage int8 needs weights');
});
