import { expect, test } from 'vitest';
import { relu } from '../operators/activation.ts';
import { add, multiply } from '../operators/arithmetic.ts';
import { conv } from '../operators/conv.ts';
import { concat, reshape } from '../operators/shape.ts';
import { Graph } from './graph.ts';
import { ones } from './initialiser.ts';
import { peakBytes } from './memory.ts';

const start = () => new Graph({ mode: 'inference' });

test('a chain holds two tensors at a time, beside what the caller keeps', () => {
  const g = start();
  const x = g.input('x', [1, 1, 10, 10]);
  const kernel = g.parameter('kernel', [1, 1, 3, 3], ones);
  g.output('y', conv(conv(conv(x, kernel), kernel), kernel));
  expect(peakBytes(g)).toBe(400 + 36 + 2 * 400);
});

test('elementwise nodes write over an operand that nobody else reads, and never over an input', () => {
  const inPlace = start();
  const y = relu(inPlace.input('x', [100]));
  inPlace.output('y', relu(relu(y)));
  expect(peakBytes(inPlace)).toBe(400 + 400);
  const readAgain = start();
  const first = relu(readAgain.input('x', [100]));
  readAgain.output('y', add(relu(first), first));
  expect(peakBytes(readAgain)).toBe(400 + 2 * 400);
});

test('a view takes nothing and keeps its tensor alive', () => {
  const g = start();
  const y = relu(g.input('x', [100]));
  const view = reshape(y, [10, 10]);
  const shape = 2 * 8;
  g.output('sum', multiply(view, concat([view, view], 0).shape[0]!));
  // The concatenation, 800 bytes, is read by nobody and freed only when the run ends.
  expect(peakBytes(g)).toBe(400 + shape + 4 + 400 + 800);
});

test('what is alive for later counts, what is not does not', () => {
  const g = start();
  const x = g.input('x', [100]);
  const early = relu(x);
  const wide = concat([early, early, early], 0);
  g.output('wide', wide);
  g.output('late', multiply(early, early));
  // x, early and wide; the product is written over nothing, since both operands are one.
  expect(peakBytes(g)).toBe(400 + 400 + 1200 + 400);
});
