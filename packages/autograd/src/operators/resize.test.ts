import { expect, test } from 'vitest';
import { Graph, type Value } from '../graph/graph.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import {
  referenceUpsampleLinear,
  referenceUpsampleNearest,
} from '../testing/reference-kernels.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import { noise, noiseOnBackground, tensor64 } from '../testing/tensor64.test-helper.ts';
import { upsampleLinear, upsampleNearest } from './resize.ts';

const shapes: [string, readonly number[], number][] = [
  ['by 2', [3, 2, 4, 5], 2],
  ['by 2, batch 1, wide', [1, 2, 3, 24], 2],
  ['by 3', [2, 2, 3, 4], 3],
  ['by 4', [1, 2, 2, 3], 4],
  ['by 1', [2, 2, 3, 3], 1],
  ['by 2, one pixel', [2, 3, 1, 1], 2],
  ['by 2 in 3-D', [2, 2, 3, 2, 4], 2],
  ['by 3 in 3-D', [1, 2, 2, 3, 2], 3],
];

const factors = (shape: readonly number[], factor: number) => shape.map((_, i) => (i < 2 ? 1 : factor));

for (const [kind, make] of Object.entries({ noise, 'noise on a zero background': noiseOnBackground })) {
  test.each(shapes)(`upsampleNearest %s, ${kind}`, async (_, shape, factor) => {
    await checkOperator({
      operands: { x: make(shape, 1) },
      build: ({ x }) => upsampleNearest(x!, factor),
      reference: ({ x }) => referenceUpsampleNearest(x!, factors(shape, factor)),
    });
  });

  test.each(shapes)(`upsampleLinear %s, ${kind}`, async (_, shape, factor) => {
    await checkOperator({
      operands: { x: make(shape, 1) },
      build: ({ x }) => upsampleLinear(x!, factor),
      reference: ({ x }) => referenceUpsampleLinear(x!, factors(shape, factor)),
    });
  });
}

async function resized(operator: (x: Value, factor: number) => Value, row: number[], factor: number) {
  const g = new Graph({ mode: 'inference' });
  g.output('y', operator(g.input('x', [1, 1, 1, row.length]), factor));
  const outputs = await runGraph(g, new Map([['x', tensor64([1, 1, 1, row.length], row)]]));
  return [...outputs.get('y')!.data].slice(0, row.length * factor);
}

test('rows worked out by hand', async () => {
  expect(await resized(upsampleNearest, [1, 2, 3], 2)).toEqual([1, 1, 2, 2, 3, 3]);
  // Centres of the small pixels lie a quarter of a large one beside the large ones' centres.
  expect(await resized(upsampleLinear, [0, 4, 8], 2)).toEqual([0, 1, 3, 5, 7, 8]);
  expect(await resized(upsampleLinear, [0, 4], 4)).toEqual([0, 0, 0.5, 1.5, 2.5, 3.5, 4, 4]);
});

test('what cannot be resized is refused', () => {
  const g = new Graph({ mode: 'inference' });
  const x = g.input('x', [1, 1, 4, 4]);
  expect(() => upsampleLinear(x, 1.5)).toThrow(
    'upsampleLinear(): the factor must be a positive integer, got 1.5',
  );
  expect(() => upsampleNearest(x, 0)).toThrow(
    'upsampleNearest(): the factor must be a positive integer, got 0',
  );
  expect(() => upsampleLinear(g.input('row', [1, 1, 4]))).toThrow(
    'upsampleLinear() needs 2 or 3 spatial axes, got 1x1x4',
  );
});
