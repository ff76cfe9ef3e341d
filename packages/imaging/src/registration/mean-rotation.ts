/**
 * The mean of rotations: the one whose matrix is nearest to the sum of theirs, by unit quaternions (F. L. Markley
 * et al., "Averaging quaternions", J. Guidance, Control, and Dynamics 30, 2007): the eigenvector of the largest
 * eigenvalue of the sum of q q'.
 */
import { type Quaternion, quaternionOfVector, vectorOfQuaternion } from '../geometry/quaternion.ts';
import type { Vec3 } from '../volume/volume.ts';

/**
 * @param rotations rotation vectors (axis times angle in radians), at least one
 * @returns the mean's rotation vector; of two rotations, the one half-way
 */
export function meanRotation(rotations: readonly Vec3[]): Vec3 {
  const sum = new Float64Array(16);
  for (const q of rotations.map(quaternionOfVector)) {
    for (let row = 0; row < 4; row++)
      for (let col = 0; col < 4; col++) sum[row * 4 + col]! += q[row]! * q[col]!;
  }
  return vectorOfQuaternion(largestEigenvector(sum));
}

/** Squaring a matrix leaves its eigenvectors and drives all eigenvalues but the largest to nothing beside it. */
function largestEigenvector(matrix: Float64Array): Quaternion {
  let power = matrix;
  for (let squaring = 0; squaring < 40; squaring++) {
    const next = new Float64Array(16);
    for (let row = 0; row < 4; row++) {
      for (let col = 0; col < 4; col++) {
        for (let k = 0; k < 4; k++) next[row * 4 + col]! += power[row * 4 + k]! * power[k * 4 + col]!;
      }
    }
    const trace = next[0]! + next[5]! + next[10]! + next[15]!;
    power = next.map((value) => value / trace);
  }
  // Now q q': any column is q times a number; that of the largest diagonal element is the longest.
  const column = [0, 1, 2, 3].reduce((best, k) => (power[k * 5]! > power[best * 5]! ? k : best), 0);
  const q = [0, 1, 2, 3].map((row) => power[row * 4 + column]!);
  const length = Math.hypot(...q);
  const sign = q[0]! < 0 ? -1 : 1;
  return q.map((value) => (sign * value) / length) as unknown as Quaternion;
}
