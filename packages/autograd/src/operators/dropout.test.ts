import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { ones } from '../graph/initialiser.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import { noise, tensor64 } from '../testing/tensor64.test-helper.ts';
import { dropout } from './dropout.ts';
import { sum } from './reduce.ts';

test('whole channels are masked, and their gradients with them', async () => {
  const g = new Graph({ mode: 'training' });
  const x = g.parameter('x', [2, 2, 1, 3], ones);
  const y = g.scope('bottleneck', () => dropout(x, 0.5));
  expect([...g.dropoutInputs]).toEqual([['bottleneck/dropout_mask', 0.5]]);
  g.output('y', y);
  g.output('dx', g.backward(sum(y)).get('x')!);
  const values = noise([2, 2, 1, 3], 1);
  const outputs = await runGraph(
    g,
    new Map([
      ['x', values],
      ['bottleneck/dropout_mask', tensor64([2, 2, 1, 1], [2, 0, 0, 2])],
    ]),
  );
  const mask = [2, 2, 2, 0, 0, 0, 0, 0, 0, 2, 2, 2];
  expect([...outputs.get('dx')!.data]).toEqual(mask);
  outputs.get('y')!.data.forEach((v, i) => {
    expect(v).toBeCloseTo(values.data[i]! * mask[i]!, 6);
  });
});

test('it does nothing at inference and at rate 0', () => {
  const inference = new Graph({ mode: 'inference' });
  const x = inference.input('x', [1, 2, 3, 3]);
  expect(dropout(x, 0.5)).toBe(x);
  const training = new Graph({ mode: 'training' });
  const z = training.input('z', [1, 2, 3, 3]);
  expect(dropout(z, 0)).toBe(z);
  expect(training.dropoutInputs.size).toBe(0);
});

test.each([-0.1, 1, Number.NaN])('a rate of %d is refused', (rate) => {
  const g = new Graph({ mode: 'training' });
  expect(() => dropout(g.input('x', [1, 1, 2, 2]), rate)).toThrow(
    `dropout(): the rate must be at least 0 and below 1, got ${rate}`,
  );
});
