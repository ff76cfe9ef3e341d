/**
 * The orthogonal matrix nearest to a given one, its polar factor: Newton's iteration (Higham 1986), which turns a
 * sheared or stretched set of axes into a rotation, or a rotation and a reflection.
 */
import { ImagingError } from '../errors.ts';

/**
 * @param start 3x3, row-major
 * @throws ImagingError BAD_AFFINE when it is singular
 */
export function nearestOrthogonal(start: readonly number[]): number[] {
  let m = [...start];
  for (let step = 0; step < 100; step++) {
    const cofactors = cofactorMatrix(m);
    const det = m[0]! * cofactors[0]! + m[1]! * cofactors[1]! + m[2]! * cofactors[2]!;
    if (det === 0 || !Number.isFinite(det)) {
      throw new ImagingError('BAD_AFFINE', `voxelToWorld has no orientation: its determinant is ${det}`);
    }
    // The cofactor matrix over the determinant is the transposed inverse.
    const next = m.map((value, n) => (value + cofactors[n]! / det) / 2);
    const change = Math.max(...next.map((value, n) => Math.abs(value - m[n]!)));
    m = next;
    if (change < 1e-15) break;
  }
  return m;
}

/** Of a 3x3 matrix, row-major. */
export function determinant3(m: readonly number[]): number {
  const cofactors = cofactorMatrix(m);
  return m[0]! * cofactors[0]! + m[1]! * cofactors[1]! + m[2]! * cofactors[2]!;
}

function cofactorMatrix(m: readonly number[]): number[] {
  const [a, b, c, d, e, f, g, h, i] = m as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return [
    e * i - f * h,
    f * g - d * i,
    d * h - e * g,
    c * h - b * i,
    a * i - c * g,
    b * g - a * h,
    b * f - c * e,
    c * d - a * f,
    a * e - b * d,
  ];
}
