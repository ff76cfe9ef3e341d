import { expect, test } from 'vitest';
import { AutogradError } from '../errors.ts';
import { add, exp, multiply } from '../operators/arithmetic.ts';
import { conv } from '../operators/conv.ts';
import { sum } from '../operators/reduce.ts';
import { interpret } from '../testing/reference-interpreter.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import { tensor64 } from '../testing/tensor64.test-helper.ts';
import { Graph } from './graph.ts';
import { heNormal, ones } from './initialiser.ts';

test('operators emit nodes with names of their scope, and nothing is named twice', () => {
  const g = new Graph({ mode: 'training' });
  const x = g.input('x', [2, 3]);
  const w = g.scope('outer', () => g.scope('inner', () => g.parameter('weight', [3], ones)));
  const y = g.scope('outer', () => multiply(add(x, w), add(x, w)));
  expect(w.name).toBe('outer/inner/weight');
  expect(g.nodes.map((n) => [n.op, n.name, ...n.inputs])).toEqual([
    ['Add', 'outer/Add', 'x', 'outer/inner/weight'],
    ['Add', 'outer/Add_1', 'x', 'outer/inner/weight'],
    ['Mul', 'outer/Mul', 'outer/Add', 'outer/Add_1'],
  ]);
  expect(y.differentiable).toBe(true);
  expect(g.valueOf('outer/Mul')).toBe(y);
});

test('a name used twice is refused, and the scope is left even when building fails', () => {
  const g = new Graph({ mode: 'training' });
  g.parameter('weight', [1], ones);
  expect(() => g.scope('broken', () => g.input('weight', [1]))).toThrow(
    'the graph already has something named weight; use a scope',
  );
  expect(g.scopedName('x')).toBe('x');
  expect(() => g.valueOf('nothing')).toThrow('the graph has no tensor named nothing');
});

test('equal small constants are stored once', () => {
  const g = new Graph({ mode: 'training' });
  expect(g.scalar(2)).toBe(g.scalar(2));
  expect(g.constant([1, 2], [2])).toBe(g.constant(Float32Array.of(1, 2), [2]));
  expect(g.constant([1, 2], [2])).not.toBe(g.constant([1, 2], [1, 2]));
  // int64 and float32 of the same numbers are two things.
  expect(g.integers([2], [])).not.toBe(g.scalar(2));
  expect(g.constants).toHaveLength(4);
});

test('constants are copies: what the caller does with the array later changes nothing', () => {
  const g = new Graph({ mode: 'training' });
  const data = Float32Array.of(1, 2);
  const c = g.constant(data, [2]);
  data[0] = 99;
  expect([...g.constants.find(({ name }) => name === c.name)!.data]).toEqual([1, 2]);
});

test.each<[string, readonly number[]]>([
  ['x: no tensor can have shape 3x0', [3, 0]],
  ['x: no tensor can have shape 2.5', [2.5]],
  ['x: no tensor can have shape -1x4', [-1, 4]],
])('%s', (message, shape) => {
  const g = new Graph({ mode: 'training' });
  expect(() => g.input('x', shape)).toThrow(message);
});

test('an image too small for its kernel is refused where the convolution is built', () => {
  const g = new Graph({ mode: 'training' });
  const x = g.input('x', [1, 1, 2, 2]);
  const w = g.parameter('w', [1, 1, 3, 3], heNormal);
  expect(() => g.scope('encoder1', () => conv(x, w, undefined, { padding: 0 }))).toThrow(
    'encoder1/Conv: no tensor can have shape 1x1x0x0',
  );
});

test('constants with the wrong number of values are refused', () => {
  const g = new Graph({ mode: 'training' });
  expect(() => g.constant([1, 2, 3], [2, 2])).toThrow('constant of 2x2 needs 4 values, got 3');
});

test('tensors of another graph are refused', () => {
  const a = new Graph({ mode: 'training' });
  const b = new Graph({ mode: 'training' });
  expect(() => add(a.input('x', [2]), b.input('y', [2]))).toThrow('Add: y belongs to another graph');
});

test('gradients through several uses and several paths add up', () => {
  // loss = sum(exp(x) x + 3 x): exp(x) (x + 1) + 3
  const g = new Graph({ mode: 'training' });
  const x = g.parameter('x', [2], ones);
  const loss = sum(add(multiply(exp(x), x), multiply(x, 3)));
  const gradients = g.backward(loss);
  expect([...gradients.keys()]).toEqual(['x']);
  const name = gradients.get('x')!.name;
  const result = interpret(g, new Map([['x', tensor64([2], [0, 1])]]), [name]).get(name)!;
  expect(result.data[0]).toBeCloseTo(1 + 3, 12);
  expect(result.data[1]).toBeCloseTo(2 * Math.E + 3, 12);
});

test('no gradient is computed for inputs, constants and running statistics', () => {
  const g = new Graph({ mode: 'training' });
  const x = g.input('x', [4]);
  const w = g.parameter('w', [4], ones);
  const state = g.parameter('state', [4], ones, { trainable: false });
  const loss = sum(multiply(multiply(x, state), w));
  const before = g.nodes.length;
  const gradients = g.backward(loss);
  expect([...gradients.keys()]).toEqual(['w']);
  // One expansion of the ones, one product with x * state.
  expect(g.nodes.slice(before).filter((n) => n.op === 'Mul')).toHaveLength(1);
});

test('a loss that is no scalar, or that misses a parameter, is refused', () => {
  const g = new Graph({ mode: 'training' });
  const x = g.parameter('x', [2, 3], ones);
  g.parameter('unused', [5, 7], ones);
  expect(() => g.backward(x)).toThrow('backward() needs a scalar loss, got 2x3');
  expect(() => g.backward(sum(x))).toThrow(
    expect.objectContaining({
      code: 'NOT_DIFFERENTIABLE',
      message: 'the loss does not depend on parameter unused (5x7)',
    }),
  );
});

test('a rule that gives a gradient of the wrong shape is found out', () => {
  const g = new Graph({ mode: 'training' });
  const x = g.parameter('x', [4], ones);
  const y = g.emit('Neg', [x], [4]);
  g.record([x], y, () => [g.constant([1, 2], [2])]);
  expect(() => g.backward(sum(y))).toThrow('internal: gradient of x is 2, not 4');
});

test('one value may have several public names, and an input or a parameter may be an output', async () => {
  const g = new Graph({ mode: 'training' });
  const x = g.input('x', [2]);
  const w = g.parameter('w', [2], ones);
  const y = add(x, w);
  g.output('first', y);
  g.output('second', y);
  g.output('same_x', x);
  g.output('same_w', w);
  const z = g.output('z', multiply(y, 2));
  g.output('again', z);
  const feeds = new Map([
    ['x', tensor64([2], [1, 2])],
    ['w', tensor64([2], [10, 20])],
  ]);
  const outputs = await runGraph(g, feeds);
  expect(Object.fromEntries([...outputs].map(([name, t]) => [name, [...t.data]]))).toEqual({
    first: [11, 22],
    second: [11, 22],
    same_x: [1, 2],
    same_w: [10, 20],
    z: [22, 44],
    again: [22, 44],
  });
});

test('errors carry a stable code, a name and their cause', () => {
  const cause = new Error('below');
  const error = new AutogradError('BAD_ARGUMENT', 'above', { cause });
  expect(error).toMatchObject({ name: 'AutogradError', code: 'BAD_ARGUMENT', message: 'above', cause });
  expect(error).toBeInstanceOf(Error);
  expect('cause' in new AutogradError('BAD_ARGUMENT', 'alone')).toBe(false);
});
