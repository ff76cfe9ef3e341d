import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import { noise, type Tensor64, zeros64 } from '../testing/tensor64.test-helper.ts';
import { matmul } from './matmul.ts';

/** Three loops, nothing else. */
function naive(a: Tensor64, b: Tensor64, transposeA: boolean, transposeB: boolean): Tensor64 {
  const [stack] = a.shape as [number, number, number];
  const [m, k] = transposeA ? [a.shape[2]!, a.shape[1]!] : [a.shape[1]!, a.shape[2]!];
  const n = transposeB ? b.shape[1]! : b.shape[2]!;
  const y = zeros64([stack, m, n]);
  for (let s = 0; s < stack; s++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        for (let l = 0; l < k; l++) {
          const left = a.data[s * m * k + (transposeA ? l * m + i : i * k + l)]!;
          const right = b.data[s * k * n + (transposeB ? j * k + l : l * n + j)]!;
          y.data[(s * m + i) * n + j]! += left * right;
        }
      }
    }
  }
  return y;
}

test.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])('products of stacks, transposed: %s and %s', async (transposeA, transposeB) => {
  await checkOperator({
    operands: {
      a: noise(transposeA ? [2, 4, 3] : [2, 3, 4], 1),
      b: noise(transposeB ? [2, 5, 4] : [2, 4, 5], 2),
    },
    build: ({ a, b }) => matmul(a!, b!, { transposeA, transposeB }),
    reference: ({ a, b }) => naive(a!, b!, transposeA, transposeB),
  });
});

test('shapes that do not fit are named', () => {
  const g = new Graph({ mode: 'inference' });
  const a = g.input('a', [2, 3, 4]);
  expect(() => matmul(a, g.input('b', [2, 3, 4]))).toThrow('matmul(): 2x3x4 and 2x3x4 cannot be multiplied');
  expect(() => matmul(a, g.input('c', [1, 4, 5]), { transposeA: true })).toThrow(
    'matmul(): 2x3x4 transposed and 1x4x5 cannot be multiplied',
  );
});
