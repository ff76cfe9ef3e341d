import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import { reduce } from '../testing/elementwise-reference.test-helper.ts';
import { noise, noiseOnBackground } from '../testing/tensor64.test-helper.ts';
import { mean, sum } from './reduce.ts';

const cases: [readonly number[], readonly number[] | undefined][] = [
  [[3, 4, 5, 6], undefined],
  [
    [3, 4, 5, 6],
    [2, 3],
  ],
  [
    [3, 4, 5, 6],
    [0, 2, 3],
  ],
  [[1, 4, 5, 6], [1]],
  [
    [2, 3, 2, 3, 4],
    [2, 3, 4],
  ],
  [[5], [0]],
  [[], undefined],
];

for (const keepAxes of [false, true]) {
  test.each(cases)(`sum and mean of %j over %j, axes ${keepAxes ? 'kept' : 'gone'}`, async (shape, axes) => {
    for (const [operator, kind] of [
      [sum, 'sum'],
      [mean, 'mean'],
    ] as const) {
      for (const x of [noise(shape, 1), noiseOnBackground(shape, 2)]) {
        await checkOperator({
          operands: { x },
          build: (o) => operator(o.x!, axes, { keepAxes }),
          reference: (o) => reduce(kind, o.x!, axes ?? [], keepAxes),
        });
      }
    }
  });
}

test('over no axes nothing is summed', async () => {
  await checkOperator({
    operands: { x: noise([2, 3], 1) },
    build: ({ x }) => sum(x!, []),
    reference: ({ x }) => x!,
  });
});

test('an axis that is not there is refused', () => {
  const g = new Graph({ mode: 'inference' });
  const x = g.input('x', [2, 3]);
  expect(() => sum(x, [2])).toThrow('sum(): 2x3 has no axis 2; axes count from 0');
  expect(() => mean(x, [-1])).toThrow('mean(): 2x3 has no axis -1; axes count from 0');
});
