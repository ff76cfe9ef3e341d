import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { ones } from '../graph/initialiser.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import { referenceConv } from '../testing/reference-kernels.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import { noise, noiseOnBackground, tensor64 } from '../testing/tensor64.test-helper.ts';
import { type ConvOptions, conv } from './conv.ts';
import { sum } from './reduce.ts';

interface Case extends ConvOptions {
  readonly input: readonly number[];
  readonly filters: number;
  readonly kernel: readonly number[];
  readonly noBias?: boolean;
}

const cases: Record<string, Case> = {
  '1x1': { input: [3, 4, 6, 5], filters: 3, kernel: [1, 1] },
  '1x1, batch 1': { input: [1, 3, 5, 7], filters: 2, kernel: [1, 1] },
  '1x1, padded by 1': { input: [2, 3, 4, 4], filters: 2, kernel: [1, 1], padding: 1 },
  '1x1, stride 2': { input: [2, 3, 7, 6], filters: 4, kernel: [1, 1], stride: 2 },
  '3x3, narrow': { input: [3, 2, 7, 9], filters: 4, kernel: [3, 3] },
  '3x3, narrow, batch 1': { input: [1, 3, 6, 6], filters: 2, kernel: [3, 3] },
  '3x3, wide': { input: [3, 2, 6, 24], filters: 3, kernel: [3, 3] },
  '3x3, very wide': { input: [2, 2, 4, 50], filters: 2, kernel: [3, 3] },
  '3x3, wide, batch 1': { input: [1, 2, 20, 19], filters: 2, kernel: [3, 3] },
  '3x3, one channel, one filter': { input: [2, 1, 5, 5], filters: 1, kernel: [3, 3] },
  '3x3, no bias': { input: [2, 2, 5, 5], filters: 3, kernel: [3, 3], noBias: true },
  '3x3, smaller than the kernel': { input: [2, 2, 2, 1], filters: 2, kernel: [3, 3] },
  '3x3, no padding': { input: [2, 2, 6, 7], filters: 3, kernel: [3, 3], padding: 0 },
  '3x3, padded by 2': { input: [2, 2, 5, 5], filters: 2, kernel: [3, 3], padding: 2 },
  '3x3, padded by 3, more than the kernel reaches': {
    input: [2, 2, 5, 5],
    filters: 2,
    kernel: [3, 3],
    padding: 3,
  },
  '3x3, stride 2, even size': { input: [2, 2, 8, 8], filters: 3, kernel: [3, 3], stride: 2 },
  '3x3, stride 2, odd size': { input: [1, 3, 7, 9], filters: 2, kernel: [3, 3], stride: 2 },
  '3x3, stride 3': { input: [2, 2, 10, 11], filters: 2, kernel: [3, 3], stride: 3 },
  '3x3, stride 3, no padding, a rest of 2': {
    input: [2, 1, 11, 8],
    filters: 2,
    kernel: [3, 3],
    stride: 3,
    padding: 0,
  },
  '3x3, dilation 2': { input: [2, 2, 9, 8], filters: 3, kernel: [3, 3], dilation: 2 },
  '3x3, dilation 2, stride 2': { input: [2, 2, 9, 8], filters: 2, kernel: [3, 3], dilation: 2, stride: 2 },
  '3x3, 2 groups': { input: [3, 4, 6, 6], filters: 6, kernel: [3, 3], groups: 2 },
  '3x3, each channel its own group': { input: [2, 3, 6, 20], filters: 3, kernel: [3, 3], groups: 3 },
  '3x3, 2 groups, stride 2, dilation 2': {
    input: [2, 4, 9, 9],
    filters: 2,
    kernel: [3, 3],
    groups: 2,
    stride: 2,
    dilation: 2,
  },
  '5x5, narrow': { input: [3, 2, 8, 7], filters: 2, kernel: [5, 5] },
  '5x5, wide': { input: [1, 2, 7, 22], filters: 3, kernel: [5, 5] },
  '5x5, stride 2': { input: [2, 2, 9, 10], filters: 2, kernel: [5, 5], stride: 2 },
  '3x5': { input: [2, 2, 6, 8], filters: 2, kernel: [3, 5] },
  '1x3': { input: [2, 2, 6, 8], filters: 2, kernel: [1, 3] },
  '2x2, stride 2, no padding': { input: [2, 3, 8, 6], filters: 2, kernel: [2, 2], stride: 2, padding: 0 },
  '2x2, no padding': { input: [2, 2, 5, 6], filters: 3, kernel: [2, 2], padding: 0 },
  '3-D 3x3x3': { input: [2, 2, 4, 5, 6], filters: 3, kernel: [3, 3, 3] },
  '3-D 3x3x3, batch 1, wide': { input: [1, 2, 3, 4, 20], filters: 2, kernel: [3, 3, 3] },
  '3-D 1x1x1': { input: [3, 3, 3, 4, 4], filters: 2, kernel: [1, 1, 1] },
  '3-D 3x3x3, stride 2': { input: [2, 2, 5, 6, 6], filters: 2, kernel: [3, 3, 3], stride: 2 },
  '3-D 3x3x3, dilation 2': { input: [1, 2, 6, 5, 6], filters: 2, kernel: [3, 3, 3], dilation: 2 },
  '3-D 3x3x3, 2 groups': { input: [2, 4, 4, 4, 5], filters: 4, kernel: [3, 3, 3], groups: 2 },
  '3-D 1x3x3': { input: [2, 2, 3, 5, 5], filters: 2, kernel: [1, 3, 3] },
};

const inputs = { noise, 'noise on a zero background': noiseOnBackground };

for (const [kind, make] of Object.entries(inputs)) {
  test.each(Object.entries(cases))(`conv %s, ${kind}`, async (_, c) => {
    const { input, filters, kernel, noBias, ...options } = c;
    const stride = options.stride ?? 1;
    const dilation = options.dilation ?? 1;
    const padding = kernel.map((k) =>
      typeof options.padding === 'number' ? options.padding : (dilation * (k - 1)) / 2,
    );
    const x = make(input, 1);
    const weight = noise([filters, input[1]! / (options.groups ?? 1), ...kernel], 2);
    const bias = noise([filters], 3);
    await checkOperator({
      operands: noBias ? { x, weight } : { x, weight, bias },
      build: (o) => conv(o.x!, o.weight!, o.bias, options),
      reference: (o) =>
        referenceConv(o.x!, o.weight!, o.bias, {
          kernel,
          strides: kernel.map(() => stride),
          dilations: kernel.map(() => dilation),
          pads: [...padding, ...padding],
          group: options.groups ?? 1,
        }),
    });
  });
}

test('conv of numbers worked out by hand', async () => {
  const g = new Graph({ mode: 'inference' });
  const x = g.input('x', [1, 1, 3, 3]);
  const weight = g.parameter('weight', [1, 1, 3, 3], ones);
  g.output('y', conv(x, weight));
  const outputs = await runGraph(
    g,
    new Map([
      ['x', tensor64([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])],
      // Takes the right neighbour, plus ten times the one below: a correlation, the kernel is not flipped.
      ['weight', tensor64([1, 1, 3, 3], [0, 0, 0, 0, 0, 1, 0, 10, 0])],
    ]),
  );
  expect([...outputs.get('y')!.data]).toEqual([42, 53, 60, 75, 86, 90, 8, 9, 0]);
});

test('a constant image gives a flat gradient inside and a smaller one at the edge', async () => {
  // All ones, kernel of ones, loss = sum of the output: dX counts the windows that a pixel lies in.
  const g = new Graph({ mode: 'training' });
  const x = g.parameter('x', [1, 1, 4, 3], ones);
  const weight = g.parameter('weight', [1, 1, 3, 3], ones);
  const y = conv(x, weight);
  for (const [name, gradient] of g.backward(sum(y))) g.output(`d/${name}`, gradient);
  const feeds = new Map([
    ['x', tensor64([1, 1, 4, 3], Array<number>(12).fill(1))],
    ['weight', tensor64([1, 1, 3, 3], Array<number>(9).fill(1))],
  ]);
  const outputs = await runGraph(g, feeds);
  expect([...outputs.get('d/x')!.data]).toEqual([4, 6, 4, 6, 9, 6, 6, 9, 6, 4, 6, 4]);
  expect([...outputs.get('d/weight')!.data]).toEqual([6, 9, 6, 8, 12, 8, 6, 9, 6]);
});

const shapes: [string, readonly number[], readonly number[], ConvOptions, string][] = [
  [
    'other channels',
    [2, 3, 8, 8],
    [4, 5, 3, 3],
    {},
    'conv() input channels: 3 != 5 x 1 groups (input 2x3x8x8, kernel 4x5x3x3)',
  ],
  ['other ranks', [2, 3, 8, 8], [4, 3, 3], {}, 'conv() of 2x3x8x8 with a kernel of 4x3x3: the ranks differ'],
  ['an even kernel', [2, 3, 8, 8], [4, 3, 2, 2], {}, "conv(): 'same' padding needs an odd kernel, got 2"],
  [
    'half a stride',
    [2, 3, 8, 8],
    [4, 3, 3, 3],
    { stride: 0.5 },
    'conv(): stride must be a positive integer, got 0.5',
  ],
  [
    'no groups',
    [2, 3, 8, 8],
    [4, 3, 3, 3],
    { groups: 0 },
    'conv(): groups must be a positive integer, got 0',
  ],
  [
    'negative padding',
    [2, 3, 8, 8],
    [4, 3, 3, 3],
    { padding: -1 },
    "conv(): padding must be 'same' or a whole number of zeros, got -1",
  ],
];

test.each(shapes)('conv refuses %s', (_, input, kernel, options, message) => {
  const g = new Graph({ mode: 'training' });
  const x = g.input('x', input);
  const weight = g.parameter('weight', kernel, ones);
  expect(() => conv(x, weight, undefined, options)).toThrow(message);
});

test('conv refuses a bias of another length', () => {
  const g = new Graph({ mode: 'training' });
  const x = g.input('x', [1, 1, 4, 4]);
  const weight = g.parameter('weight', [2, 1, 3, 3], ones);
  expect(() => conv(x, weight, g.parameter('bias', [3], ones))).toThrow('conv() bias is 3, not 2');
});
