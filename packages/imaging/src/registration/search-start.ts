/**
 * Where to start from, for scans in any position within about 45 degrees of each other.
 *
 * Poses on a lattice of rotations and shifts about the centres of what there is to see are compared on coarse images;
 * the best few are refined by the local optimiser, and the best of these wins. The world's own position of
 * both scans is always among them: scans of one session or one space are often in place already.
 */
import { applyAffine } from '../geometry/affine.ts';
import type { Vec3 } from '../volume/volume.ts';
import { alignLevel, type LevelAlignment } from './align-level.ts';
import { compareHalfWay } from './compare-half-way.ts';
import type { LevelImage } from './level-image.ts';
import { composeRigid, halfRigid, identityRigid, type RigidTransform } from './rigid.ts';

const ROTATIONS_DEGREES = [-30, 0, 30];
const SHIFTS_MM = [-24, 0, 24];
/** Distances between the points that are looked at, in mm: to choose among the poses, and to refine them. */
const SCORE_STEP_MM = 16;
const REFINE_STEP_MM = 10;
/** How many of the poses are refined. */
const REFINED = 6;

/**
 * @param first,second images of about 8 mm
 * @returns the best pose found, from the first image's world to the second's
 */
export async function searchStart(
  first: LevelImage,
  second: LevelImage,
  pause: () => Promise<void>,
): Promise<RigidTransform> {
  const scored = startPoses(structureCentre(first), structureCentre(second)).map((pose) => ({
    pose,
    score: compareHalfWay(first, second, halfRigid(pose), SCORE_STEP_MM).score,
  }));
  scored.sort((a, b) => b.score - a.score);
  let best: LevelAlignment | undefined;
  for (const start of [identityRigid, ...scored.slice(0, REFINED).map(({ pose }) => pose)]) {
    const found = await alignLevel(first, second, start, {
      stepMm: REFINE_STEP_MM,
      toleranceMm: 0.5,
      maxIterations: 25,
      pause,
    });
    if (best === undefined || found.comparison.score > best.comparison.score) best = found;
  }
  return best!.firstToSecond;
}

/** Rotations and shifts, done half before and half after the half-way space, between the two centres. */
function startPoses(centreA: Vec3, centreB: Vec3): RigidTransform[] {
  const fromCentre: RigidTransform = { rotation: [0, 0, 0], translationMm: negated(centreA) };
  const toCentre: RigidTransform = { rotation: [0, 0, 0], translationMm: centreB };
  return triples(ROTATIONS_DEGREES.map((degrees) => (degrees * Math.PI) / 180)).flatMap((rotation) => {
    const turn: RigidTransform = {
      rotation: rotation.map((angle) => angle / 2) as unknown as Vec3,
      translationMm: [0, 0, 0],
    };
    return triples(SHIFTS_MM).map((translationMm) =>
      [toCentre, turn, { rotation: [0, 0, 0], translationMm } as const, turn, fromCentre].reduce(
        composeRigid,
      ),
    );
  });
}

/** All triples of the values. */
function triples(values: readonly number[]): Vec3[] {
  return values.flatMap((x) => values.flatMap((y) => values.map((z): Vec3 => [x, y, z])));
}

function negated([x, y, z]: Vec3): Vec3 {
  return [0 - x, 0 - y, 0 - z];
}

/** Mean of the voxels' places, world RAS mm, by their weights. */
function structureCentre({ weights, shape, voxelToWorld }: LevelImage): Vec3 {
  const [nx, ny, nz] = shape;
  const sums = [0, 0, 0];
  let total = 0;
  for (let k = 0, at = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, at++) {
        const weight = weights[at]!;
        total += weight;
        sums[0]! += weight * i;
        sums[1]! += weight * j;
        sums[2]! += weight * k;
      }
    }
  }
  return applyAffine(voxelToWorld, sums.map((sum) => sum / total) as unknown as Vec3);
}
