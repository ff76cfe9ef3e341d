import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import { noise, tensor64 } from '../testing/tensor64.test-helper.ts';
import { depthToSpace, spaceToDepth } from './space-to-depth.ts';

test('blocks of 2 x 2 become channels, element by element', async () => {
  const g = new Graph({ mode: 'inference' });
  g.output('y', spaceToDepth(g.input('x', [1, 2, 2, 4]), 2));
  const x = tensor64([1, 2, 2, 4], [...Array(16).keys()]);
  const { shape, data } = (await runGraph(g, new Map([['x', x]]))).get('y')!;
  expect(shape).toEqual([1, 8, 1, 2]);
  // Channels 0 and 1 of the first element of each block, then of the second, ...
  expect([...data]).toEqual([0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15]);
});

test.each([
  [[1, 2, 4, 6], 2],
  [[2, 1, 2, 4, 6], 2],
  [[1, 2, 6, 3], 3],
  [[1, 2, 3], 1],
])('%j in blocks of %i and back is the same', async (shape, size) => {
  await checkOperator({
    operands: { x: noise(shape, 3) },
    build: ({ x }) => depthToSpace(spaceToDepth(x!, size), size),
    reference: ({ x }) => x!,
  });
});

test('sizes that blocks do not divide are refused', () => {
  const g = new Graph({ mode: 'inference' });
  const x = g.input('x', [1, 3, 4, 5]);
  expect(() => spaceToDepth(x, 2)).toThrow('spaceToDepth(): blocks of 2 do not divide 1x3x4x5 evenly');
  expect(() => depthToSpace(x, 2)).toThrow(
    'depthToSpace(): 3 channels of 1x3x4x5 are no blocks of 4 elements',
  );
});
