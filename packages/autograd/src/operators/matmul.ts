/** Products of stacks of matrices. */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';

export interface MatmulOptions {
  /** Whether the last two axes of the first, of the second operand change places first. */
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/**
 * @param a [...stack, M, K], or [...stack, K, M] to be transposed
 * @param b [...stack, K, N], or [...stack, N, K] to be transposed
 * @returns [...stack, M, N]
 * @throws AutogradError SHAPE_MISMATCH naming both shapes
 */
export function matmul(a: Value, b: Value, options: MatmulOptions = {}): Value {
  const { transposeA = false, transposeB = false } = options;
  const stack = a.shape.slice(0, -2);
  const [m, k] = lastTwo(a, transposeA);
  const [k2, n] = lastTwo(b, transposeB);
  if (a.shape.length < 2 || k !== k2 || formatShape(b.shape.slice(0, -2)) !== formatShape(stack)) {
    const mark = (is: boolean) => (is ? ' transposed' : '');
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `matmul(): ${formatShape(a.shape)}${mark(transposeA)} and ${formatShape(b.shape)}${mark(transposeB)} cannot be multiplied`,
    );
  }
  const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
  const y = a.graph.emit('FusedMatMul', [a, b], [...stack, m!, n!], attributes, { domain: 'com.microsoft' });
  return a.graph.record([a, b], y, (dy, needs) => [
    needs[0]
      ? transposeA
        ? matmul(b, dy, { transposeA: transposeB, transposeB: true })
        : matmul(dy, b, { transposeB: !transposeB })
      : undefined,
    needs[1]
      ? transposeB
        ? matmul(dy, a, { transposeA: true, transposeB: transposeA })
        : matmul(a, dy, { transposeA: !transposeA })
      : undefined,
  ]);
}

function lastTwo({ shape }: Value, transposed: boolean): (number | undefined)[] {
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}
