/**
 * The local optimiser: Gauss-Newton steps on differences of local contrast, each point weighted by how well it fits
 * (iteratively reweighted least squares with Tukey's biweight), so that what has changed between the scans, or is
 * in one of them only, does not pull.
 *
 * After M. Reuter, H. D. Rosas, B. Fischl, "Highly accurate inverse consistent registration: a robust approach",
 * NeuroImage 53 (2010); different from there, contrasts are normalised beforehand (see level-image.ts) in place
 * of one gain, and the cutoff follows the spread of the differences alone.
 */
import type { Vec3 } from '../volume/volume.ts';
import { compareHalfWay, type HalfWayComparison, type NormalEquations } from './compare-half-way.ts';
import type { LevelImage } from './level-image.ts';
import { composeRigid, halfRigid, type RigidTransform, rigidAbout } from './rigid.ts';
import { solvePositiveDefinite } from './solve-positive-definite.ts';

export interface LevelAlignment {
  readonly firstToSecond: RigidTransform;
  /** How the images compare before the last, negligible step. */
  readonly comparison: HalfWayComparison;
  /** Whether the last step was below the tolerance. */
  readonly converged: boolean;
}

export interface AlignLevelOptions {
  /** Distance between the points that are compared, in mm. */
  readonly stepMm: number;
  /** Stop when a step moves no point within 50 mm of the centre by more than this. */
  readonly toleranceMm: number;
  readonly maxIterations: number;
  /** Called before each iteration. */
  readonly pause: () => Promise<void>;
}

/** Tukey's constant: 95 % efficiency when the differences are normally distributed. */
const TUKEY = 4.685;
/** Radius of the sphere on which steps are measured: about that of a brain. */
const RADIUS_MM = 50;

/** @param start from the first image's world to the second's */
export async function alignLevel(
  first: LevelImage,
  second: LevelImage,
  start: RigidTransform,
  options: AlignLevelOptions,
): Promise<LevelAlignment> {
  const { stepMm, toleranceMm, maxIterations, pause } = options;
  let firstToSecond = start;
  let comparison = compareHalfWay(first, second, halfRigid(start), stepMm);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    await pause();
    const half = halfRigid(firstToSecond);
    const equations = emptyEquations(comparison.centre, TUKEY * comparison.deviation);
    comparison = compareHalfWay(first, second, half, stepMm, equations);
    const step = solvePositiveDefinite(equations.matrix, equations.rightSide);
    if (step === undefined) return { firstToSecond, comparison, converged: false };
    const [rx, ry, rz, tx, ty, tz] = step as unknown as SixNumbers;
    const motion = rigidAbout(equations.centre, [rx, ry, rz], [tx, ty, tz]);
    firstToSecond = composeRigid(half, composeRigid(motion, half));
    const largestMm = Math.hypot(tx, ty, tz) + RADIUS_MM * Math.hypot(rx, ry, rz);
    if (largestMm < toleranceMm) return { firstToSecond, comparison, converged: true };
  }
  return { firstToSecond, comparison, converged: false };
}

type SixNumbers = readonly [number, number, number, number, number, number];

function emptyEquations(centre: Vec3, cutoff: number): NormalEquations {
  return { centre, cutoff, matrix: new Float64Array(36), rightSide: new Float64Array(6) };
}
