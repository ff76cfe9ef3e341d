/**
 * 4x4 affine matrices: row-major, 16 numbers, last row 0 0 0 1, acting on column vectors.
 *
 * A voxelToWorld matrix takes a voxel index (i, j, k) to RAS mm at the centre of that voxel; its first three
 * columns are the steps in mm along the storage axes.
 */
import { ImagingError } from '../errors.ts';
import type { Affine, Vec3 } from '../volume/volume.ts';

/** The affine that changes nothing. */
export const identityAffine: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** The product `a * b`: applies `b` first, then `a`. */
export function multiplyAffines(a: Affine, b: Affine): Affine {
  const out = new Array<number>(16).fill(0);
  for (let row = 0; row < 4; row++) {
    for (let col = 0; col < 4; col++) {
      let sum = 0;
      for (let m = 0; m < 4; m++) sum += a[row * 4 + m]! * b[m * 4 + col]!;
      out[row * 4 + col] = sum;
    }
  }
  return out;
}

/** Determinant of the 3x3 part: the volume of a voxel in mm^3, negative when the axes are left-handed. */
export function affineDeterminant(affine: Affine): number {
  const [a, b, c, , d, e, f, , g, h, i] = affine;
  return a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!);
}

/**
 * The inverse, by cofactors of the 3x3 part.
 *
 * @throws ImagingError BAD_AFFINE when the matrix is singular or not finite.
 */
export function invertAffine(affine: Affine): Affine {
  const det = affineDeterminant(affine);
  if (!Number.isFinite(det) || det === 0) {
    throw new ImagingError('BAD_AFFINE', `affine cannot be inverted: its determinant is ${det}`);
  }
  const [a, b, c, tx, d, e, f, ty, g, h, i, tz] = affine as number[];
  const m = [
    (e! * i! - f! * h!) / det,
    (c! * h! - b! * i!) / det,
    (b! * f! - c! * e!) / det,
    (f! * g! - d! * i!) / det,
    (a! * i! - c! * g!) / det,
    (c! * d! - a! * f!) / det,
    (d! * h! - e! * g!) / det,
    (b! * g! - a! * h!) / det,
    (a! * e! - b! * d!) / det,
  ];
  const out: number[] = [];
  for (let row = 0; row < 3; row++) {
    const [p, q, r] = [m[row * 3]!, m[row * 3 + 1]!, m[row * 3 + 2]!];
    out.push(p, q, r, -(p * tx! + q * ty! + r * tz!));
  }
  out.push(0, 0, 0, 1);
  return out;
}

/** Where the affine takes a point, e.g. the world position in mm of a voxel index. */
export function applyAffine(affine: Affine, point: Vec3): Vec3 {
  const [x, y, z] = point;
  return [
    affine[0]! * x + affine[1]! * y + affine[2]! * z + affine[3]!,
    affine[4]! * x + affine[5]! * y + affine[6]! * z + affine[7]!,
    affine[8]! * x + affine[9]! * y + affine[10]! * z + affine[11]!,
  ];
}

/** Distances in mm between neighbouring voxel centres along the three storage axes. */
export function voxelSizesMm(voxelToWorld: Affine): Vec3 {
  const size = (col: number) =>
    Math.hypot(voxelToWorld[col]!, voxelToWorld[4 + col]!, voxelToWorld[8 + col]!);
  return [size(0), size(1), size(2)];
}
