/** Unit quaternions (a, b, c, d) of rotations, a being the real part and not negative. */
import type { Vec3 } from '../volume/volume.ts';

export type Quaternion = readonly [a: number, b: number, c: number, d: number];

/** @param m 3x3 matrix of a proper rotation, row by row */
export function quaternionOfMatrix(m: readonly number[]): Quaternion {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = m as [
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
  const four = [1 + xx + yy + zz, 1 + xx - yy - zz, 1 + yy - xx - zz, 1 + zz - xx - yy];
  // The largest of 4a^2, 4b^2, 4c^2, 4d^2 is at least 1: dividing by its root is safe.
  const largest = four.indexOf(Math.max(...four));
  const s = 2 * Math.sqrt(four[largest]!);
  let [a, b, c, d] = [0, 0, 0, 0];
  if (largest === 0) [a, b, c, d] = [s / 4, (zy - yz) / s, (xz - zx) / s, (yx - xy) / s];
  else if (largest === 1) [a, b, c, d] = [(zy - yz) / s, s / 4, (xy + yx) / s, (xz + zx) / s];
  else if (largest === 2) [a, b, c, d] = [(xz - zx) / s, (xy + yx) / s, s / 4, (yz + zy) / s];
  else [a, b, c, d] = [(yx - xy) / s, (xz + zx) / s, (yz + zy) / s, s / 4];
  return a < 0 ? [-a, -b, -c, -d] : [a, b, c, d];
}

/** @param rotation axis times angle in radians, the angle up to pi */
export function quaternionOfVector([x, y, z]: Vec3): Quaternion {
  const angle = Math.hypot(x, y, z);
  const s = angle === 0 ? 0.5 : Math.sin(angle / 2) / angle;
  return [Math.cos(angle / 2), x * s, y * s, z * s];
}

/** Axis times angle in radians, the angle up to pi. */
export function vectorOfQuaternion([a, b, c, d]: Quaternion): Vec3 {
  const length = Math.hypot(b, c, d);
  const scale = length === 0 ? 0 : (2 * Math.atan2(length, a)) / length;
  return [b * scale, c * scale, d * scale];
}
