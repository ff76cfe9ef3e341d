import { expect, test } from 'vitest';
import { Graph, type Value } from '../graph/graph.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import { broadcast, map } from '../testing/elementwise-reference.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import { noise, noiseOnBackground, tensor64, uniform } from '../testing/tensor64.test-helper.ts';
import { add, divide, exp, log, multiply, negate, softplus, sqrt, subtract } from './arithmetic.ts';

const binaries: [string, (a: Value, b: Value) => Value, (a: number, b: number) => number][] = [
  ['add', add, (a, b) => a + b],
  ['subtract', subtract, (a, b) => a - b],
  ['multiply', multiply, (a, b) => a * b],
  ['divide', divide, (a, b) => a / b],
];

const shapes: [readonly number[], readonly number[]][] = [
  [
    [2, 3, 4, 5],
    [2, 3, 4, 5],
  ],
  [
    [2, 3, 4, 5],
    [1, 3, 1, 1],
  ],
  [
    [2, 1, 4, 1],
    [1, 3, 1, 5],
  ],
  [[2, 3, 4], [4]],
  [[3], [2, 1, 3]],
  [[2, 3], []],
  [[], [2, 3]],
  [[], []],
];

for (const [name, operator, f] of binaries) {
  test.each(shapes)(`${name} of %j and %j`, async (left, right) => {
    await checkOperator({
      // Divisors stay away from zero; dividends hold zeros.
      operands: { a: noiseOnBackground(left, 1), b: uniform(right, 2, 0.5, 2) },
      build: ({ a, b }) => operator(a!, b!),
      reference: ({ a, b }) => broadcast([a!, b!], f as (...values: number[]) => number),
    });
  });
}

test.each<[string, (x: Value) => Value, (x: number) => number]>([
  ['x + 2', (x) => add(x, 2), (x) => x + 2],
  ['2 - x', (x) => subtract(2, x), (x) => 2 - x],
  ['x - 2', (x) => subtract(x, 2), (x) => x - 2],
  ['-3 x', (x) => multiply(-3, x), (x) => -3 * x],
  ['2 / x', (x) => divide(2, x), (x) => 2 / x],
  ['x / 2', (x) => divide(x, 2), (x) => x / 2],
  ['x x, one tensor twice', (x) => multiply(x, x), (x) => x * x],
  ['x / x', (x) => divide(x, x), () => 1],
  ['x - x', (x) => subtract(x, x), () => 0],
  ['exp', exp, Math.exp],
  ['log', log, Math.log],
  ['sqrt', sqrt, Math.sqrt],
  ['negate', negate, (x) => -x],
])('%s', async (_, operator, f) => {
  await checkOperator({
    operands: { x: uniform([2, 3, 5], 3, 0.2, 3) },
    build: ({ x }) => operator(x!),
    reference: ({ x }) => map(x!, f),
  });
});

test('a value used many times gathers all its gradients', async () => {
  await checkOperator({
    operands: { a: uniform([4, 3], 4, 0.5, 1.5), b: noise([3], 5) },
    build: ({ a, b }) => add(multiply(exp(a!), add(a!, b!)), divide(subtract(b!, a!), multiply(a!, a!))),
    reference: (o) => broadcast([o.a!, o.b!], (a, b) => Math.exp(a!) * (a! + b!) + (b! - a!) / (a! * a!)),
  });
});

test('softplus, its gradient on a background of zeros included', async () => {
  await checkOperator({
    operands: { x: noiseOnBackground([2, 3, 6, 6], 6) },
    build: ({ x }) => softplus(x!),
    reference: ({ x }) => map(x!, (v) => Math.log(1 + Math.exp(v))),
  });
});

test('softplus does not overflow', async () => {
  const g = new Graph({ mode: 'inference' });
  g.output('y', softplus(g.input('x', [6])));
  const x = tensor64([6], [-200, -20, 0, 1, 100, 1e30]);
  const y = (await runGraph(g, new Map([['x', x]]))).get('y')!.data;
  expect(y[0]).toBe(0);
  expect(y[1]).toBeCloseTo(2.0611536e-9, 7);
  expect(y[2]).toBeCloseTo(Math.LN2, 6);
  expect(y[3]).toBeCloseTo(1.3132617, 6);
  expect(y[4]).toBe(100);
  expect(y[5]).toBe(Math.fround(1e30));
});

test('shapes that do not broadcast are refused', () => {
  const g = new Graph({ mode: 'inference' });
  expect(() => multiply(g.input('a', [2, 3]), g.input('b', [2, 4]))).toThrow(
    'multiply(): 2x3 and 2x4 do not broadcast',
  );
});
