/**
 * Rigid transforms of world space: rotations and translations in RAS mm.
 *
 * A rotation is kept as its rotation vector: the axis, scaled by the angle in radians. Inverting negates it and
 * the half of it is half the vector, so both are exact.
 */
import { ImagingError } from '../errors.ts';
import { affineDeterminant, applyAffine, multiplyAffines } from '../geometry/affine.ts';
import { quaternionOfMatrix, vectorOfQuaternion } from '../geometry/quaternion.ts';
import type { Affine, Vec3 } from '../volume/volume.ts';

/** The map p -> R p + t. */
export interface RigidTransform {
  /** Rotation vector of R: unit axis times angle in radians, right-handed. */
  readonly rotation: Vec3;
  /** t, in mm. */
  readonly translationMm: Vec3;
}

/** The transform that moves nothing. */
export const identityRigid: RigidTransform = { rotation: [0, 0, 0], translationMm: [0, 0, 0] };

/** How far the 3x3 part times its transpose may be from the identity, entry by entry. */
const ORTHONORMAL_TOLERANCE = 1e-5;

/** The 4x4 matrix of the transform, by Rodrigues' formula. */
export function rigidToAffine({ rotation, translationMm }: RigidTransform): Affine {
  const [x, y, z] = rotation;
  const [tx, ty, tz] = translationMm;
  const angle = Math.hypot(x, y, z);
  // sin(a) / a and (1 - cos(a)) / a^2 = (sin(a / 2) / a)^2 * 2, both without cancellation.
  const s = angle === 0 ? 1 : Math.sin(angle) / angle;
  const c = angle === 0 ? 0.5 : 2 * (Math.sin(angle / 2) / angle) ** 2;
  return [
    ...[1 - c * (y * y + z * z), c * x * y - s * z, c * x * z + s * y, tx],
    ...[c * x * y + s * z, 1 - c * (x * x + z * z), c * y * z - s * x, ty],
    ...[c * x * z - s * y, c * y * z + s * x, 1 - c * (x * x + y * y), tz],
    ...[0, 0, 0, 1],
  ];
}

/**
 * The transform of a 4x4 matrix; the angle is at most pi.
 *
 * @throws ImagingError BAD_AFFINE when the 3x3 part is no rotation
 */
export function rigidFromAffine(affine: Affine): RigidTransform {
  requireRotation(affine);
  const m = affine as number[];
  return {
    rotation: vectorOfQuaternion(quaternionOfMatrix([...m.slice(0, 3), ...m.slice(4, 7), ...m.slice(8, 11)])),
    translationMm: [m[3]!, m[7]!, m[11]!],
  };
}

function requireRotation(affine: Affine): void {
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b <= a; b++) {
      const dot = [0, 4, 8].reduce((sum, row) => sum + affine[row + a]! * affine[row + b]!, 0);
      if (Math.abs(dot - (a === b ? 1 : 0)) <= ORTHONORMAL_TOLERANCE) continue;
      throw new ImagingError(
        'BAD_AFFINE',
        `affine is not rigid: columns ${b} and ${a} have the scalar product ${dot}`,
      );
    }
  }
  if (affineDeterminant(affine) < 0) {
    throw new ImagingError('BAD_AFFINE', 'affine is not rigid: it turns right into left');
  }
}

/** `a` after `b`. */
export function composeRigid(a: RigidTransform, b: RigidTransform): RigidTransform {
  return rigidFromAffine(multiplyAffines(rigidToAffine(a), rigidToAffine(b)));
}

/** The transform back. */
export function invertRigid({ rotation, translationMm }: RigidTransform): RigidTransform {
  const back: Vec3 = [0 - rotation[0], 0 - rotation[1], 0 - rotation[2]];
  const [x, y, z] = applyAffine(rigidToAffine({ rotation: back, translationMm: [0, 0, 0] }), translationMm);
  return { rotation: back, translationMm: [0 - x, 0 - y, 0 - z] };
}

/**
 * The matrix square root: the transform that, done twice, is the given one.
 *
 * Its rotation H has half the angle, and its translation solves (H + I) s = t. With the unit axis n and the
 * angle f of H that is s = (t - tan(f / 2) n x t) / 2. The angle given must be below pi, as the halves are two there.
 */
export function halfRigid({ rotation, translationMm }: RigidTransform): RigidTransform {
  const [x, y, z] = rotation;
  const [tx, ty, tz] = translationMm;
  const angle = Math.hypot(x, y, z);
  const k = angle === 0 ? 0 : Math.tan(angle / 4) / angle;
  return {
    rotation: [x / 2, y / 2, z / 2],
    translationMm: [
      (tx - k * (y * tz - z * ty)) / 2,
      (ty - k * (z * tx - x * tz)) / 2,
      (tz - k * (x * ty - y * tx)) / 2,
    ],
  };
}

/** A rotation about `centre` (RAS mm) instead of the origin, then a translation. */
export function rigidAbout(centre: Vec3, rotation: Vec3, translationMm: Vec3): RigidTransform {
  const turned = applyAffine(rigidToAffine({ rotation, translationMm: [0, 0, 0] }), centre);
  const moved = translationMm.map((t, axis) => t + centre[axis]! - turned[axis]!);
  return { rotation, translationMm: moved as unknown as Vec3 };
}
