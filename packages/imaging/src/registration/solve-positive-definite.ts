/** Solves A x = b for symmetric positive definite A by Cholesky's decomposition A = L L'. */

/** A is singular, for our purpose, when elimination leaves less than this share of a diagonal element. */
const LEAST_PIVOT = 1e-10;

/**
 * @param matrix n x n, row by row, of which the lower triangle is read
 * @returns undefined when the matrix is not positive definite
 */
export function solvePositiveDefinite(
  matrix: Float64Array,
  rightSide: Float64Array,
): Float64Array | undefined {
  const n = rightSide.length;
  const lower = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let col = 0; col <= row; col++) {
      let rest = matrix[row * n + col]!;
      for (let m = 0; m < col; m++) rest -= lower[row * n + m]! * lower[col * n + m]!;
      if (row > col) lower[row * n + col] = rest / lower[col * n + col]!;
      else if (rest > LEAST_PIVOT * matrix[row * n + row]!) lower[row * n + row] = Math.sqrt(rest);
      else return undefined;
    }
  }
  const solution = Float64Array.from(rightSide);
  for (let row = 0; row < n; row++) {
    for (let m = 0; m < row; m++) solution[row]! -= lower[row * n + m]! * solution[m]!;
    solution[row]! /= lower[row * n + row]!;
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let m = row + 1; m < n; m++) solution[row]! -= lower[m * n + row]! * solution[m]!;
    solution[row]! /= lower[row * n + row]!;
  }
  return solution;
}
