/**
 * The qform (quaternion, voxel sizes, handedness) of an affine.
 *
 * A qform can only rotate and scale, so the directions of the axes are first replaced by the nearest orthonormal
 * ones (polar decomposition by Newton's iteration, Higham 1986, "Computing the polar decomposition"), as in
 * nifti1_io's `nifti_mat44_to_quatern`; `exact` says whether that changed anything.
 */
import { determinant3, nearestOrthogonal } from '../geometry/nearest-orthogonal.ts';
import { quaternionOfMatrix } from '../geometry/quaternion.ts';
import type { Affine, Vec3 } from '../volume/volume.ts';

export interface Qform {
  readonly quaternion: Vec3;
  readonly offset: Vec3;
  readonly voxelSizes: Vec3;
  /** 1, or -1 when the axes are left-handed: the third one then runs the other way. */
  readonly qfac: 1 | -1;
  /** False when the affine is sheared, so that no qform can stand for it. */
  readonly exact: boolean;
}

const SHEAR_TOLERANCE = 1e-5;

/** Decomposes an affine (which must be invertible). */
export function affineToQform(affine: Affine): Qform {
  const sizes: number[] = [];
  const directions = new Array<number>(9).fill(0);
  for (let c = 0; c < 3; c++) {
    const length = Math.hypot(affine[c]!, affine[4 + c]!, affine[8 + c]!);
    sizes.push(length);
    for (let r = 0; r < 3; r++) directions[3 * r + c] = affine[4 * r + c]! / length;
  }
  const rotation = nearestOrthogonal(directions);
  const exact = rotation.every((v, i) => Math.abs(v - directions[i]!) < SHEAR_TOLERANCE);
  const qfac = determinant3(rotation) < 0 ? -1 : 1;
  for (let r = 0; r < 3; r++) rotation[3 * r + 2]! *= qfac;
  const [, b, c, d] = quaternionOfMatrix(rotation);
  return {
    quaternion: [b, c, d],
    offset: [affine[3]!, affine[7]!, affine[11]!],
    voxelSizes: [sizes[0]!, sizes[1]!, sizes[2]!],
    qfac,
    exact,
  };
}
