import { expect, test } from 'vitest';
import { Graph, type Value } from '../graph/graph.ts';
import { ones } from '../graph/initialiser.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import { logSoftmax64, map } from '../testing/elementwise-reference.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import { noise, noiseOnBackground, type Tensor64, tensor64 } from '../testing/tensor64.test-helper.ts';
import { leakyRelu, logSoftmax, relu, sigmoid, softmax } from './activation.ts';
import { multiply } from './arithmetic.ts';
import { sum } from './reduce.ts';

const shapes: [string, readonly number[]][] = [
  ['2-D, batch 3', [3, 4, 5, 6]],
  ['2-D, batch 1', [1, 2, 4, 20]],
  ['3-D', [2, 3, 2, 3, 4]],
  ['no space', [4, 3]],
];

/** Noise without values so near 0 that a difference would step over the kink. */
function awayFromZero(x: Tensor64): Tensor64 {
  return map(x, (v) => Math.fround(v < 0 ? v - 0.01 : v + 0.01));
}

test.each(shapes)('relu, %s', async (_, shape) => {
  await checkOperator({
    operands: { x: awayFromZero(noise(shape, 1)) },
    build: ({ x }) => relu(x!),
    reference: ({ x }) => map(x!, (v) => Math.max(v, 0)),
  });
});

test.each(shapes)('leakyRelu, %s', async (_, shape) => {
  await checkOperator({
    operands: { x: awayFromZero(noise(shape, 1)) },
    build: ({ x }) => leakyRelu(x!, 0.2),
    reference: ({ x }) => map(x!, (v) => (v > 0 ? v : 0.2 * v)),
  });
});

for (const [kind, make] of Object.entries({ noise, 'noise on a zero background': noiseOnBackground })) {
  test.each(shapes)(`sigmoid, %s, ${kind}`, async (_, shape) => {
    await checkOperator({
      operands: { x: make(shape, 1) },
      build: ({ x }) => sigmoid(x!),
      reference: ({ x }) => map(x!, (v) => 1 / (1 + Math.exp(-v))),
    });
  });

  test.each(shapes)(`softmax, %s, ${kind}`, async (_, shape) => {
    await checkOperator({
      operands: { x: make(shape, 1) },
      build: ({ x }) => softmax(x!),
      reference: ({ x }) => map(logSoftmax64(x!, 1), Math.exp),
    });
  });

  test.each(shapes)(`logSoftmax, %s, ${kind}`, async (_, shape) => {
    await checkOperator({
      operands: { x: make(shape, 1) },
      build: ({ x }) => logSoftmax(x!),
      reference: ({ x }) => logSoftmax64(x!, 1),
    });
  });
}

/** y and d sum(y * counts) / dx, by the runtime. */
async function valueAndGradient(operator: (x: Value) => Value, x: Tensor64, counts: readonly number[]) {
  const g = new Graph({ mode: 'training' });
  const y = operator(g.parameter('x', x.shape, ones));
  const loss = sum(multiply(y, g.input('counts', x.shape)));
  g.output('y', y);
  g.output('dx', g.backward(loss).get('x')!);
  const outputs = await runGraph(
    g,
    new Map([
      ['x', x],
      ['counts', tensor64(x.shape, counts)],
    ]),
  );
  return { y: [...outputs.get('y')!.data], dx: [...outputs.get('dx')!.data] };
}

test('relu hands nothing on at exactly 0 and below, all above, however small or large', async () => {
  const x = tensor64([1, 7], [-3, -1e-20, 0, 1e-20, 1, 1e10, 3e38]);
  const { y, dx } = await valueAndGradient(relu, x, [1, 2, 3, 4, 5, 6, 7]);
  expect(y).toEqual([0, 0, 0, 1e-20, 1, 1e10, 3e38].map(Math.fround));
  expect(dx).toEqual([0, 0, 0, 4, 5, 6, 7]);
});

test('leakyRelu takes the slope at exactly 0', async () => {
  const { y, dx } = await valueAndGradient(
    (x) => leakyRelu(x, 0.25),
    tensor64([1, 3], [-4, 0, 4]),
    [1, 1, 1],
  );
  expect(y).toEqual([-1, 0, 4]);
  expect(dx).toEqual([0.25, 0.25, 1]);
});

test('saturated sigmoids and softmaxes stay finite and flat', async () => {
  const large = tensor64([1, 4], [-200, -50, 50, 200]);
  const { y, dx } = await valueAndGradient(sigmoid, large, [1, 1, 1, 1]);
  expect(y[0]).toBe(0);
  expect(y[3]).toBe(1);
  for (const d of dx) expect(Math.abs(d)).toBeLessThan(1e-10);

  const apart = tensor64([1, 2], [1000, -1000]);
  expect(await valueAndGradient(softmax, apart, [1, 3])).toEqual({ y: [1, 0], dx: [0, 0] });
  // d(y0 + 3 y1) / dx = [1, 3] - 4 softmax
  expect(await valueAndGradient(logSoftmax, apart, [1, 3])).toEqual({ y: [0, -2000], dx: [-3, 3] });
});

test('wrong use is refused', () => {
  const g = new Graph({ mode: 'inference' });
  const x = g.input('x', [3]);
  expect(() => softmax(x)).toThrow('softmax() needs a channel axis, got 3');
  expect(() => logSoftmax(x)).toThrow('logSoftmax() needs a channel axis, got 3');
  expect(() => leakyRelu(x, -1)).toThrow('leakyRelu(): slope must lie between 0 and 1, got -1');
});
