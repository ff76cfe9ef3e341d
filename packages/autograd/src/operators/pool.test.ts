import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { ones } from '../graph/initialiser.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import { referencePool } from '../testing/reference-kernels.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import { noise, noiseOnBackground, type Tensor64, tensor64 } from '../testing/tensor64.test-helper.ts';
import { multiply } from './arithmetic.ts';
import { averagePool, maxPool } from './pool.ts';
import { sum } from './reduce.ts';

const shapes: [string, readonly number[], number][] = [
  ['2x2', [3, 2, 6, 8], 2],
  ['2x2, batch 1, wide', [1, 2, 4, 24], 2],
  ['3x3', [2, 2, 9, 6], 3],
  ['4x4, the whole image', [2, 3, 4, 4], 4],
  ['1x1', [2, 2, 3, 3], 1],
  ['2x2x2', [2, 2, 4, 2, 6], 2],
  ['3x3x3', [1, 2, 3, 6, 3], 3],
];

test.each(shapes)('maxPool %s of noise', async (_, shape, size) => {
  await checkOperator({
    operands: { x: noise(shape, 1) },
    build: ({ x }) => maxPool(x!, size),
    reference: ({ x }) => referencePool('max', x!, window(shape, size)),
  });
});

for (const [kind, make] of Object.entries({ noise, 'noise on a zero background': noiseOnBackground })) {
  test.each(shapes)(`averagePool %s of ${kind}`, async (_, shape, size) => {
    await checkOperator({
      operands: { x: make(shape, 1) },
      build: ({ x }) => averagePool(x!, size),
      reference: ({ x }) => referencePool('mean', x!, window(shape, size)),
    });
  });
}

function window(shape: readonly number[], size: number) {
  const kernel = shape.slice(2).map(() => size);
  return { kernel, strides: kernel };
}

/** The gradient of the sum of maxPool(x) * counts. */
async function maxPoolGradient(x: Tensor64, counts: Tensor64, size: number): Promise<number[]> {
  const g = new Graph({ mode: 'training' });
  const y = maxPool(g.parameter('x', x.shape, ones), size);
  const loss = sum(multiply(y, g.input('counts', counts.shape)));
  g.output('dx', g.backward(loss).get('x')!);
  const outputs = await runGraph(
    g,
    new Map([
      ['x', x],
      ['counts', counts],
    ]),
  );
  return [...outputs.get('dx')!.data];
}

test('tied maxima share the gradient equally', async () => {
  // Windows of 2x2 with 1, 2, 3 and 4 equal maxima; the last is a flat background of zeros.
  const x = tensor64(
    [1, 1, 2, 8],
    [
      [5, 1, 7, 7, 3, 3, 0, 0],
      [2, 4, 6, 1, 3, -9, 0, 0],
    ].flat(),
  );
  expect(await maxPoolGradient(x, tensor64([1, 1, 1, 4], [1, 10, 30, 100]), 2)).toEqual(
    [
      [1, 0, 5, 5, 10, 10, 25, 25],
      [0, 0, 0, 0, 10, 0, 25, 25],
    ].flat(),
  );
});

test('ties among negative numbers and in three dimensions', async () => {
  const flat = tensor64([1, 1, 2, 2, 2], Array<number>(8).fill(-3));
  expect(await maxPoolGradient(flat, tensor64([1, 1, 1, 1, 1], [8]), 2)).toEqual(Array<number>(8).fill(1));
  const two = tensor64([1, 1, 2, 2, 2], [-5, -1, -2, -3, -1, -4, -9, -7]);
  expect(await maxPoolGradient(two, tensor64([1, 1, 1, 1, 1], [2]), 2)).toEqual([0, 1, 0, 0, 1, 0, 0, 0]);
});

test('neighbouring floats are not a tie', async () => {
  const one = 1;
  const next = 1 + 2 ** -23;
  const x = tensor64([1, 1, 2, 2], [one, next, one, one]);
  expect(await maxPoolGradient(x, tensor64([1, 1, 1, 1], [1]), 2)).toEqual([0, 1, 0, 0]);
});

test.each([2, 3])('however many are tied, a window of %i hands on its whole gradient', async (size) => {
  // Quantised noise on a background of zeros: ties of every kind.
  const x = noiseOnBackground([2, 3, 12, 12], 5);
  const quantised = { ...x, data: x.data.map((v) => Math.round(v)) };
  const counts = noise([2, 3, 12 / size, 12 / size], 6);
  const dx = tensor64(x.shape, await maxPoolGradient(quantised, counts, size));
  const perWindow = referencePool('mean', dx, window(x.shape, size)).data.map((mean) => mean * size * size);
  perWindow.forEach((total, i) => {
    expect(total).toBeCloseTo(counts.data[i]!, 5);
  });
});

test('windows that do not divide the image are refused', () => {
  const g = new Graph({ mode: 'training' });
  expect(() => maxPool(g.input('x', [1, 4, 95, 96]))).toThrow(
    'MaxPool: windows of 2 do not divide 1x4x95x96 evenly; pad or crop the input',
  );
  expect(() => averagePool(g.input('z', [1, 4, 9, 10]), 3)).toThrow('AveragePool: windows of 3');
});
