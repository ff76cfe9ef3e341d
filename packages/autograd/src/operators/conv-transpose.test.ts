import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { ones } from '../graph/initialiser.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import { referenceConvTranspose } from '../testing/reference-kernels.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import { noise, noiseOnBackground, tensor64 } from '../testing/tensor64.test-helper.ts';
import { convTranspose } from './conv-transpose.ts';

interface Case {
  readonly input: readonly number[];
  readonly filters: number;
  readonly kernel: readonly number[];
  readonly stride?: number;
  readonly dilation?: number;
  readonly padding?: number;
  readonly groups?: number;
  readonly noBias?: boolean;
}

const cases: Record<string, Case> = {
  '2x2, stride 2, the usual way to grow': { input: [3, 4, 5, 6], filters: 3, kernel: [2, 2], stride: 2 },
  '2x2, stride 2, wide': { input: [1, 2, 4, 20], filters: 2, kernel: [2, 2], stride: 2 },
  '1x1': { input: [2, 3, 4, 5], filters: 2, kernel: [1, 1] },
  '3x3': { input: [2, 3, 5, 4], filters: 2, kernel: [3, 3] },
  '3x3, padded by 1': { input: [2, 3, 6, 5], filters: 4, kernel: [3, 3], padding: 1 },
  '3x3, padded by 1, wide': { input: [1, 2, 5, 24], filters: 2, kernel: [3, 3], padding: 1 },
  '3x3, stride 2, padded by 1': { input: [2, 2, 4, 5], filters: 3, kernel: [3, 3], stride: 2, padding: 1 },
  '3x3, stride 3': { input: [1, 2, 3, 4], filters: 2, kernel: [3, 3], stride: 3 },
  '1x1, stride 2, leaving gaps': { input: [2, 2, 3, 4], filters: 2, kernel: [1, 1], stride: 2 },
  '3x3, dilation 2': { input: [2, 2, 5, 5], filters: 2, kernel: [3, 3], dilation: 2, padding: 1 },
  '4x4, stride 2, padded by 1': { input: [2, 2, 4, 4], filters: 2, kernel: [4, 4], stride: 2, padding: 1 },
  '3x3, 2 groups': { input: [2, 4, 5, 5], filters: 6, kernel: [3, 3], groups: 2, padding: 1 },
  '2x2, stride 2, each channel its own group': {
    input: [2, 3, 4, 4],
    filters: 3,
    kernel: [2, 2],
    stride: 2,
    groups: 3,
  },
  'no bias': { input: [2, 2, 3, 3], filters: 2, kernel: [2, 2], stride: 2, noBias: true },
  '3-D 2x2x2, stride 2': { input: [2, 2, 3, 2, 4], filters: 3, kernel: [2, 2, 2], stride: 2 },
  '3-D 3x3x3, padded by 1': { input: [1, 2, 3, 4, 4], filters: 2, kernel: [3, 3, 3], padding: 1 },
};

for (const [kind, make] of Object.entries({ noise, 'noise on a zero background': noiseOnBackground })) {
  test.each(Object.entries(cases))(`convTranspose %s, ${kind}`, async (_, c) => {
    const { input, filters, kernel, noBias, ...options } = c;
    const groups = options.groups ?? 1;
    const x = make(input, 1);
    const weight = noise([input[1]!, filters / groups, ...kernel], 2);
    const bias = noise([filters], 3);
    await checkOperator({
      operands: noBias ? { x, weight } : { x, weight, bias },
      build: (o) => convTranspose(o.x!, o.weight!, o.bias, options),
      reference: (o) =>
        referenceConvTranspose(o.x!, o.weight!, o.bias, {
          kernel,
          strides: kernel.map(() => options.stride ?? 1),
          dilations: kernel.map(() => options.dilation ?? 1),
          pads: [...kernel, ...kernel].map(() => options.padding ?? 0),
          group: groups,
        }),
    });
  });
}

test('convTranspose stamps the kernel once for every pixel', async () => {
  const g = new Graph({ mode: 'inference' });
  const x = g.input('x', [1, 1, 1, 2]);
  g.output('y', convTranspose(x, g.parameter('weight', [1, 1, 2, 2], ones), undefined, { stride: 2 }));
  const outputs = await runGraph(
    g,
    new Map([
      ['x', tensor64([1, 1, 1, 2], [1, 10])],
      ['weight', tensor64([1, 1, 2, 2], [1, 2, 3, 4])],
    ]),
  );
  expect(outputs.get('y')!.shape).toEqual([1, 1, 2, 4]);
  expect([...outputs.get('y')!.data]).toEqual([1, 2, 10, 20, 3, 4, 30, 40]);
});

test('convTranspose refuses other channels and a bias of another length', () => {
  const g = new Graph({ mode: 'training' });
  const x = g.input('x', [2, 3, 4, 4]);
  const weight = g.parameter('weight', [5, 2, 2, 2], ones);
  expect(() => convTranspose(x, weight)).toThrow(
    'convTranspose() of 2x3x4x4 with a kernel of 5x2x2x2 in 1 groups: channels must match',
  );
  const fitting = g.parameter('fitting', [3, 2, 2, 2], ones);
  expect(() => convTranspose(x, fitting, g.parameter('bias', [3], ones))).toThrow(
    'convTranspose() bias is 3, not 2',
  );
});
