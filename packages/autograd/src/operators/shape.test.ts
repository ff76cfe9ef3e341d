import { expect, test } from 'vitest';
import { Graph, type Value } from '../graph/graph.ts';
import { ones } from '../graph/initialiser.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import {
  broadcast,
  concat64,
  pad64,
  slice64,
  transpose64,
} from '../testing/elementwise-reference.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import { noise, type Tensor64, tensor64, zeros64 } from '../testing/tensor64.test-helper.ts';
import { multiply } from './arithmetic.ts';
import { sum } from './reduce.ts';
import { concat, expand, pad, reshape, slice, transpose } from './shape.ts';

const x = noise([2, 3, 4, 5], 1);

test.each<[string, Tensor64, (x: Value) => Value, (x: Tensor64) => Tensor64]>([
  ['reshape', x, (v) => reshape(v, [2, 12, 5]), (t) => tensor64([2, 12, 5], t.data)],
  ['reshape with -1', x, (v) => reshape(v, [6, -1]), (t) => tensor64([6, 20], t.data)],
  ['reshape to a scalar', noise([1, 1], 1), (v) => reshape(v, []), (t) => tensor64([], t.data)],
  ['reshape from a scalar', noise([], 1), (v) => reshape(v, [1, 1]), (t) => tensor64([1, 1], t.data)],
  ['transpose', x, (v) => transpose(v, [2, 0, 3, 1]), (t) => transpose64(t, [2, 0, 3, 1])],
  ['slice of channels', x, (v) => slice(v, 1, 1, 3), (t) => slice64(t, [1], [3], [1], [1])],
  ['slice of the last axis', x, (v) => slice(v, 3, 0, 2), (t) => slice64(t, [0], [2], [3], [1])],
  [
    'pad, cropping elsewhere',
    x,
    (v) => pad(v, [0, 1, 0, -1], [1, 0, 2, -2]),
    (t) => pad64(t, [0, 1, 0, -1, 1, 0, 2, -2], 0),
  ],
  [
    'pad with ones',
    x,
    (v) => pad(v, [0, 0, 1, 1], [0, 0, 1, 1], 1),
    (t) => pad64(t, [0, 0, 1, 1, 0, 0, 1, 1], 1),
  ],
  [
    'expand',
    noise([2, 1, 3], 2),
    (v) => expand(v, [2, 4, 3]),
    (t) => broadcast([t, zeros64([2, 4, 3])], (a) => a!),
  ],
  [
    'expand by an axis',
    noise([3], 2),
    (v) => expand(v, [2, 3]),
    (t) => broadcast([t, zeros64([2, 3])], (a) => a!),
  ],
])('%s', async (_, operand, operator, reference) => {
  await checkOperator({
    operands: { x: operand },
    build: (o) => operator(o.x!),
    reference: (o) => reference(o.x!),
  });
});

test.each([0, 1, 3])('concat of three tensors along axis %i', async (axis) => {
  const shapeOf = (length: number) => [2, 3, 4, 5].map((n, i) => (i === axis ? length : n));
  await checkOperator({
    operands: { a: noise(shapeOf(1), 1), b: noise(shapeOf(4), 2), c: noise(shapeOf(2), 3) },
    build: ({ a, b, c }) => concat([a!, b!, c!], axis),
    reference: ({ a, b, c }) => concat64([a!, b!, c!], axis),
  });
});

test('concat of one tensor with itself', async () => {
  await checkOperator({
    operands: { a: noise([2, 2, 3], 1) },
    build: ({ a }) => concat([a!, multiply(a!, 2), a!]),
  });
});

test('slice with a step goes forward', async () => {
  const g = new Graph({ mode: 'inference' });
  g.output('y', slice(g.input('x', [7]), 0, 1, 6, 2));
  const outputs = await runGraph(g, new Map([['x', tensor64([7], [0, 1, 2, 3, 4, 5, 6])]]));
  expect([...outputs.get('y')!.data]).toEqual([1, 3, 5]);
});

test('slice with a step has no gradient, and says so', () => {
  const g = new Graph({ mode: 'training' });
  const y = slice(g.parameter('x', [7], ones), 0, 1, 6, 2);
  expect(() => g.backward(sum(y))).toThrow('slice() with a step has no gradient rule');
});

test.each<[string, (x: Value) => Value]>([
  ['reshape(): 2x3x4x5 (120 values) does not fit into 7x-1', (v) => reshape(v, [7, -1])],
  ['reshape(): 2x3x4x5 (120 values) does not fit into 2x3', (v) => reshape(v, [2, 3])],
  ['transpose(): [0,1,1,2] does not permute the axes of 2x3x4x5', (v) => transpose(v, [0, 1, 1, 2])],
  [
    'concat() along axis 1: 2x3x4x5 and 2x2x4x5 and 2x3x4x1 differ elsewhere',
    (v) => concat([v, slice(v, 1, 0, 2), slice(v, 3, 0, 1)]),
  ],
  ['concat(): 2x3x4x5 has no axis 4', (v) => concat([v, v], 4)],
  ['concat() needs at least one tensor', () => concat([])],
  ['slice(): 2:6 is not within axis 3 of 2x3x4x5', (v) => slice(v, 3, 2, 6)],
  ['slice(): 2:2 is not within axis 3 of 2x3x4x5', (v) => slice(v, 3, 2, 2)],
  ['slice(): the step must be a positive integer, got 0', (v) => slice(v, 3, 0, 2, 0)],
  ['pad(): 2x3x4x5 needs 4 counts at either end, got 2 and 2', (v) => pad(v, [1, 1], [1, 1])],
  ['expand(): 2x3x4x5 cannot become 4x5', (v) => expand(v, [4, 5])],
  ['expand(): 2x3x4x5 and 2x6x4x5 do not broadcast', (v) => expand(v, [2, 6, 4, 5])],
])('%s', (message, operator) => {
  const g = new Graph({ mode: 'inference' });
  expect(() => operator(g.input('x', [2, 3, 4, 5]))).toThrow(message);
});
