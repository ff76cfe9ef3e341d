import { expect, test } from 'vitest';
import { Graph, type Value } from '../graph/graph.ts';
import { ones } from '../graph/initialiser.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import { broadcast } from '../testing/elementwise-reference.test-helper.ts';
import { interpret } from '../testing/reference-interpreter.test-helper.ts';
import {
  channelStatistics,
  referenceBatchNorm,
  referenceBatchNormInference,
  referenceInstanceNorm,
} from '../testing/reference-kernels.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import {
  noise,
  noiseOnBackground,
  product,
  relativeError,
  type Tensor64,
  tensor64,
  uniform,
} from '../testing/tensor64.test-helper.ts';
import { batchNorm, groupNorm, instanceNorm } from './normalisation.ts';

const shapes: [string, readonly number[]][] = [
  ['2-D, batch 3', [3, 4, 5, 6]],
  ['2-D, batch 1', [1, 2, 6, 20]],
  ['3-D', [2, 3, 3, 4, 3]],
];

for (const [kind, make] of Object.entries({ noise, 'noise on a zero background': noiseOnBackground })) {
  test.each(shapes)(`instanceNorm, %s, ${kind}`, async (_, shape) => {
    const scale = uniform([shape[1]!], 2, 0.5, 2);
    const shift = noise([shape[1]!], 3);
    await checkOperator({
      operands: { x: make(shape, 1) },
      parameters: { scale, shift },
      build: ({ x }) => instanceNorm(x!, { epsilon: 0.01 }),
      reference: ({ x }) => referenceInstanceNorm(x!, scale, shift, 0.01),
      tolerance: 1e-4,
    });
  });

  test.each(shapes)(`batchNorm, %s, ${kind}`, async (_, shape) => {
    const scale = uniform([shape[1]!], 2, 0.5, 2);
    const shift = noise([shape[1]!], 3);
    await checkOperator({
      operands: { x: make(shape, 1) },
      parameters: { scale, shift },
      build: ({ x }) => batchNorm(x!, { epsilon: 0.01 }),
      reference: ({ x }) => referenceBatchNorm(x!, scale, shift, 0.01),
      tolerance: 1e-4,
    });
  });
}

/** A group is one channel of an image whose pixels are those of all its channels. */
function referenceGroupNorm(x: Tensor64, groups: number, scale: Tensor64, shift: Tensor64): Tensor64 {
  const grouped = { shape: [x.shape[0]!, groups, product(x.shape) / (x.shape[0]! * groups)], data: x.data };
  const each = (value: number) => tensor64([groups], Array<number>(groups).fill(value));
  const { data } = referenceInstanceNorm(grouped, each(1), each(0), 0.01);
  const perChannel = (t: Tensor64) => ({
    shape: [...t.shape, ...x.shape.slice(2).map(() => 1)],
    data: t.data,
  });
  return broadcast(
    [{ shape: x.shape, data }, perChannel(scale), perChannel(shift)],
    (v, a, b) => v! * a! + b!,
  );
}

test.each<[string, readonly number[], number]>([
  ['2-D in 2 groups', [3, 4, 5, 6], 2],
  ['2-D in one', [2, 3, 6, 4], 1],
  ['3-D in 3 groups', [2, 6, 3, 4, 3], 3],
])('groupNorm, %s', async (_, shape, groups) => {
  const scale = uniform([shape[1]!], 2, 0.5, 2);
  const shift = noise([shape[1]!], 3);
  const x = noiseOnBackground(shape, 1);
  await checkOperator({
    operands: { x },
    parameters: { scale, shift },
    build: (o) => groupNorm(o.x!, groups, { epsilon: 0.01 }),
    reference: (o) => referenceGroupNorm(o.x!, groups, scale, shift),
    tolerance: 1e-4,
  });
  const g = new Graph({ mode: 'inference' });
  g.output('y', groupNorm(g.input('x', shape), groups, { epsilon: 0.01 }));
  const feeds = new Map(Object.entries({ x, scale, shift }));
  const y = (await runGraph(g, feeds)).get('y')!.data;
  expect(relativeError(y, referenceGroupNorm(x, groups, scale, shift).data)).toBeLessThan(1e-4);
});

test('groups that do not divide the channels are refused', () => {
  const g = new Graph({ mode: 'training' });
  expect(() => groupNorm(g.input('x', [2, 6, 4, 4]), 4)).toThrow(
    'groupNorm(): 6 channels do not divide into 4 groups (input 2x6x4x4)',
  );
});

test('a channel that is the same everywhere becomes its shift, and has a finite gradient', async () => {
  const flat = tensor64([1, 2, 4, 4], [...Array<number>(16).fill(0), ...Array<number>(16).fill(3)]);
  await checkOperator({
    operands: { x: flat },
    parameters: { scale: tensor64([2], [2, 3]), shift: tensor64([2], [0.5, -1]) },
    build: ({ x }) => instanceNorm(x!, { epsilon: 0.01 }),
    reference: () => tensor64([1, 2, 4, 4], [...Array<number>(16).fill(0.5), ...Array<number>(16).fill(-1)]),
    tolerance: 1e-4,
  });
});

test('running statistics move by the momentum, towards mean and biased variance', async () => {
  const g = new Graph({ mode: 'training' });
  batchNorm(g.parameter('x', [2, 3, 4, 4], ones), { momentum: 0.25 });
  for (const [name, value] of g.stateUpdates) g.output(`new_${name}`, value);
  const x = noiseOnBackground([2, 3, 4, 4], 1);
  const outputs = await runGraph(
    g,
    new Map([
      ['x', x],
      ['scale', tensor64([3], [1, 1, 1])],
      ['shift', tensor64([3], [0, 0, 0])],
      ['running_mean', tensor64([3], [1, 2, 3])],
      ['running_variance', tensor64([3], [4, 5, 6])],
    ]),
  );
  for (let c = 0; c < 3; c++) {
    const { mean, variance } = channelStatistics(x, [0, 1], c);
    expect(outputs.get('new_running_mean')!.data[c]).toBeCloseTo(0.75 * (1 + c) + 0.25 * mean, 5);
    expect(outputs.get('new_running_variance')!.data[c]).toBeCloseTo(0.75 * (4 + c) + 0.25 * variance, 5);
  }
});

test.each<[string, (x: Value) => Value]>([
  ['instanceNorm', (x) => instanceNorm(x)],
  ['batchNorm', (x) => batchNorm(x)],
])('%s at inference is one standard operator and agrees with training', async (name, operator) => {
  const x = noiseOnBackground([2, 3, 5, 5], 4);
  const statistics = [0, 1, 2].map((c) => channelStatistics(x, [0, 1], c));
  const feeds = new Map([
    ['x', x],
    ['scale', uniform([3], 5, 0.5, 2)],
    ['shift', noise([3], 6)],
    [
      'running_mean',
      tensor64(
        [3],
        statistics.map((s) => s.mean),
      ),
    ],
    [
      'running_variance',
      tensor64(
        [3],
        statistics.map((s) => s.variance),
      ),
    ],
  ]);
  const results = [];
  for (const mode of ['training', 'inference'] as const) {
    const g = new Graph({ mode });
    g.output('y', operator(g.input('x', x.shape)));
    if (mode === 'inference')
      expect(g.nodes.map((n) => n.op)).toEqual([expect.stringMatching(/Normalization$/), 'Identity']);
    results.push((await runGraph(g, feeds)).get('y')!.data);
    results.push(interpret(g, feeds, ['y']).get('y')!.data);
  }
  for (const y of results) expect(relativeError(y, results[1]!)).toBeLessThan(1e-4);
  const [scale, shift] = [feeds.get('scale')!, feeds.get('shift')!];
  const wanted =
    name === 'instanceNorm'
      ? referenceInstanceNorm(x, scale, shift, 1e-5)
      : referenceBatchNormInference(
          x,
          scale,
          shift,
          feeds.get('running_mean')!,
          feeds.get('running_variance')!,
          1e-5,
        );
  expect(relativeError(results[1]!, wanted.data)).toBeLessThan(1e-6);
});
