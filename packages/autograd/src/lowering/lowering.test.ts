import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { softDiceLoss } from '../losses/losses.ts';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { relu } from '../operators/activation.ts';
import { conv } from '../operators/conv.ts';
import { elementCount, transpose } from '../operators/shape.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import { relativeError, type Tensor64, tensor64 } from '../testing/tensor64.test-helper.ts';
import { buildGradientGraph } from '../training/network.ts';
import { lowerToBlocked } from './blocked-layout.ts';
import { lowerDepthToBatch } from './depth-as-batch.ts';
import { probeBlockSize } from './probe-block-size.ts';
import { splitByWeights } from './split-by-weights.ts';

const BLOCK = 16;
const block = await probeBlockSize(ort, {});
const testWithBlocks = test.skipIf(block === undefined);

const network = encoderDecoder({
  name: 'mixed',
  inputShape: [1, 16, 16],
  // The first level does not fill whole blocks, the second and the bottleneck do.
  filters: [8, BLOCK],
  classes: 2,
  skips: true,
  upsampling: 'nearest',
});

function randomFeeds(graph: Graph): Map<string, Tensor64> {
  const random = new SeededRandom(5);
  return new Map(
    [...graph.inputs, ...graph.parameters.map(({ value }) => value)].map(({ name, shape }) => {
      // Rounded, so that maxima tie and activations are exactly zero as they are in the background of an MRI.
      const data = Float32Array.from(
        { length: elementCount(shape) },
        () => Math.round(random.next() * 8) / 8 - 0.5,
      );
      return [name, tensor64(shape, data)];
    }),
  );
}

testWithBlocks('a lowered gradient graph computes what the plain one does', async () => {
  const graph = buildGradientGraph(network, softDiceLoss(), 2);
  const lowered = lowerToBlocked(graph, block!);
  const used = new Set(lowered.nodes.filter((n) => n.domain.endsWith('nchwc')).map((n) => n.op));
  expect(used).toEqual(
    new Set(['Conv', 'MaxPool', 'AveragePool', 'Upsample', 'ReorderInput', 'ReorderOutput']),
  );
  const feeds = randomFeeds(graph);
  const wanted = await runGraph(graph, feeds);
  const got = await runGraph(lowered, feeds);
  expect([...got.keys()]).toEqual([...wanted.keys()]);
  for (const [name, { data }] of wanted) expect(relativeError(got.get(name)!.data, data)).toBeLessThan(1e-5);
});

testWithBlocks('stride, dilation and transposing are lowered; groups and odd widths stay plain', async () => {
  const g = new Graph({ mode: 'inference' });
  const kernel = (name: string, filters: number, channels: number) =>
    g.input(name, [filters, channels, 3, 3]);
  const x = g.input('x', [2, BLOCK, 13, 9]);
  const strided = relu(conv(x, kernel('a', 2 * BLOCK, BLOCK), undefined, { stride: 2 }));
  const dilated = conv(strided, kernel('b', BLOCK, 2 * BLOCK), undefined, { dilation: 2 });
  const grouped = conv(dilated, kernel('c', BLOCK, BLOCK / 2), undefined, { groups: 2 });
  const odd = conv(grouped, kernel('d', 5, BLOCK));
  g.output('last', transpose(conv(strided, kernel('e', BLOCK, 2 * BLOCK)), [0, 2, 3, 1]));
  g.output('odd', odd);
  const lowered = lowerToBlocked(g, block!);
  const blocked = lowered.nodes.filter(({ op, domain }) => op === 'Conv' && domain !== '');
  expect(blocked).toHaveLength(3);
  const feeds = randomFeeds(g);
  const wanted = await runGraph(g, feeds);
  for (const [name, { shape, data }] of await runGraph(lowered, feeds)) {
    expect(shape).toEqual(wanted.get(name)!.shape);
    expect(relativeError(data, wanted.get(name)!.data)).toBeLessThan(1e-5);
  }
});

testWithBlocks(
  'filters are filled up to whole blocks, channels taken in parts, where that costs little',
  async () => {
    const g = new Graph({ mode: 'inference' });
    const kernel = (name: string, filters: number, channels: number) =>
      g.input(name, [filters, channels, 3, 3]);
    const bias = (name: string, filters: number) => g.input(name, [filters]);
    const [half, more] = [BLOCK / 2, 1.5 * BLOCK];
    const first = relu(conv(g.input('x', [2, half, 7, 9]), kernel('a', half, half), bias('b', half)));
    const second = relu(conv(first, kernel('c', more, half), bias('d', more)));
    const third = conv(second, kernel('e', 2 * BLOCK, more), bias('f', 2 * BLOCK));
    g.output('second', second);
    // Two of sixteen filters, and a product over channels alone, are not worth filling up.
    g.output('two', conv(third, kernel('h', 2, 2 * BLOCK)));
    g.output('products', conv(second, g.input('i', [more, more, 1, 1])));
    const lowered = lowerToBlocked(g, block!);
    const blocked = lowered.nodes.filter(({ op, domain }) => op === 'Conv' && domain !== '');
    // Of the channels of `e` half a block and more are left: it is done in two.
    expect(blocked).toHaveLength(4);
    const feeds = randomFeeds(g);
    const wanted = await runGraph(g, feeds);
    for (const [name, { shape, data }] of await runGraph(lowered, feeds)) {
      expect(shape).toEqual(wanted.get(name)!.shape);
      expect(relativeError(data, wanted.get(name)!.data)).toBeLessThan(1e-5);
    }
  },
);

test('between convolutions that fill whole blocks the layout does not change', () => {
  const g = new Graph({ mode: 'inference' });
  const kernel = (name: string) => g.input(name, [BLOCK, BLOCK, 3, 3]);
  const first = relu(conv(g.input('x', [1, BLOCK, 8, 8]), kernel('a')));
  g.output('y', relu(conv(first, kernel('b'))));
  const ops = lowerToBlocked(g, BLOCK)
    .nodes.map(({ op }) => op)
    .filter((op) => op !== 'Reshape' && op !== 'Transpose');
  expect(ops).toEqual(['ReorderInput', 'Conv', 'Conv', 'ReorderOutput', 'Identity']);
});

test('a runtime without blocked kernels is found out, one that does not work at all is an error', async () => {
  const without: Runtime = {
    Tensor: ort.Tensor,
    InferenceSession: {
      create: (model, options) =>
        Buffer.from(model).includes('nchwc')
          ? Promise.reject(new Error('no such domain'))
          : ort.InferenceSession.create(model, options),
    },
  };
  expect(await probeBlockSize(without, {})).toBeUndefined();
  const broken: Runtime = {
    Tensor: ort.Tensor,
    InferenceSession: { create: () => Promise.reject(new Error('no memory')) },
  };
  await expect(probeBlockSize(broken, {})).rejects.toMatchObject({ code: 'RUNTIME_FAILED' });
});

test('what depends on the weights alone is computed apart, and nothing else', async () => {
  const graph = buildGradientGraph(network, softDiceLoss(), 2);
  const { ofWeights, rest } = splitByWeights(graph);
  expect(ofWeights!.inputs).toEqual([]);
  expect(new Set(ofWeights!.nodes.map(({ op }) => op))).toEqual(new Set(['Transpose', 'Reshape', 'Gather']));
  expect(ofWeights!.nodes.length + rest.nodes.length).toBe(graph.nodes.length);
  const early = new Set([
    ...rest.parameters.map(({ value }) => value.name),
    ...ofWeights!.outputs.map(({ name }) => name),
  ]);
  const fixed = rest.nodes.filter(
    ({ inputs }) => inputs.length > 0 && inputs.every((name) => early.has(name)),
  );
  expect(fixed).toEqual([]);
  const free = new Graph({ mode: 'inference' });
  free.output('y', relu(free.input('x', [1])));
  expect(splitByWeights(free)).toEqual({ ofWeights: undefined, rest: free });
});

const volumes = encoderDecoder({
  name: 'volumes',
  inputShape: [2, 4, 32, 32],
  filters: [BLOCK, 2 * BLOCK],
  classes: 3,
  skips: true,
  upsampling: 'nearest',
});

test('3-D convolutions become 2-D ones of slabs, and the gradients stay the same', async () => {
  const graph = buildGradientGraph(volumes, softDiceLoss(), 1);
  const flat = lowerDepthToBatch(graph);
  const ranks = (g: Graph) =>
    new Set(
      g.nodes.filter(({ op }) => op === 'Conv').map(({ inputs }) => g.valueOf(inputs[0]!).shape.length),
    );
  expect(ranks(graph)).toEqual(new Set([5]));
  expect(ranks(flat)).toEqual(new Set([4]));
  const feeds = randomFeeds(graph);
  const wanted = await runGraph(graph, feeds);
  const lowered = block === undefined ? flat : lowerToBlocked(flat, block);
  for (const graphOfSlabs of [flat, lowered]) {
    const got = await runGraph(graphOfSlabs, feeds);
    expect([...got.keys()]).toEqual([...wanted.keys()]);
    for (const [name, { data }] of wanted) {
      expect(relativeError(got.get(name)!.data, data), name).toBeLessThan(1e-5);
    }
  }
});

test('two volumes at once keep their 3-D convolutions', () => {
  const graph = buildGradientGraph(volumes, softDiceLoss(), 2);
  expect(lowerDepthToBatch(graph).nodes.map(({ op }) => op)).toEqual(graph.nodes.map(({ op }) => op));
});
