/**
 * The space in the middle of several scans, to which all are moved alike.
 *
 * Every pair is registered. The rotation of scan i to the mean space is the mean of its rotations to all scans
 * (their matrices added up, and the nearest rotation taken); the translations are those that agree best with the
 * pairs by least squares. The order of the scans makes no difference; for two scans it is the half-way space.
 */
import { ImagingError } from '../errors.ts';
import { applyAffine } from '../geometry/affine.ts';
import type { Vec3, Volume } from '../volume/volume.ts';
import { meanRotation } from './mean-rotation.ts';
import {
  pauseFor,
  prepareScan,
  type RegisterRigidOptions,
  type RigidRegistration,
  registerPrepared,
} from './register-rigid.ts';
import { composeRigid, identityRigid, invertRigid, type RigidTransform, rigidToAffine } from './rigid.ts';

export interface MeanSpace {
  /** From each scan's world to the mean space, RAS mm. */
  readonly toMean: readonly RigidTransform[];
  /** Each pair of scans once, by their indices; `firstToSecond` leads from `first` to `second`. */
  readonly pairs: readonly (RigidRegistration & PairOfScans)[];
  /**
   * By how much the pairs contradict each other: the largest distance in mm, within 50 mm of the mean space's
   * origin, between where a pair's registration and the mean space put a point. 0 for two scans.
   */
  readonly contradictionMm: number;
}

interface PairOfScans {
  readonly first: number;
  readonly second: number;
}

const RADIUS_MM = 50;

/**
 * Finds the mean space of two scans or more.
 *
 * @throws ImagingError BAD_ARGUMENT for fewer than two scans, and all that `registerRigid` throws
 * @example
 * const { toMean } = await findMeanSpace([baseline, followUp]);
 */
export async function findMeanSpace(
  scans: readonly Volume[],
  options: RegisterRigidOptions = {},
): Promise<MeanSpace> {
  const n = scans.length;
  if (n < 2) throw new ImagingError('BAD_ARGUMENT', `a mean space needs two scans or more, got ${n}`);
  const { signal, onProgress } = options;
  const total = n + (n * (n - 1)) / 2;
  let done = 0;
  const step = async () => {
    onProgress?.({ done: done++, total });
    await pauseFor(signal);
  };
  const prepared = [];
  for (const [k, scan] of scans.entries()) {
    await step();
    prepared.push(prepareScan(`${k + 1}.`, scan));
  }
  const pairs: (RigidRegistration & PairOfScans)[] = [];
  for (let first = 0; first < n; first++) {
    for (let second = first + 1; second < n; second++) {
      await step();
      const found = await registerPrepared(prepared[first]!, prepared[second]!, signal);
      pairs.push({ first, second, ...found });
    }
  }
  onProgress?.({ done: total, total });
  const toMean = meanPoses(n, pairs);
  return { toMean, pairs, contradictionMm: contradiction(toMean, pairs) };
}

/** The ways from each of n scans to the mean space, from those between all pairs of them. */
export function meanPoses(
  n: number,
  pairs: readonly (PairOfScans & Pick<RigidRegistration, 'firstToSecond'>)[],
): RigidTransform[] {
  const between = Array.from({ length: n }, () => new Array<RigidTransform>(n).fill(identityRigid));
  for (const { first, second, firstToSecond } of pairs) {
    between[first]![second] = firstToSecond;
    between[second]![first] = invertRigid(firstToSecond);
  }
  const rotations = between.map((fromScan) => meanRotation(fromScan.map(({ rotation }) => rotation)));
  return between.map((fromScan, i) => ({
    rotation: rotations[i]!,
    translationMm: meanOf(
      fromScan.map(({ translationMm }, j) =>
        applyAffine(rigidToAffine({ rotation: rotations[j]!, translationMm: [0, 0, 0] }), translationMm),
      ),
    ),
  }));
}

function meanOf(vectors: readonly Vec3[]): Vec3 {
  return [0, 1, 2].map(
    (axis) => vectors.reduce((sum, v) => sum + v[axis]!, 0) / vectors.length,
  ) as unknown as Vec3;
}

function contradiction(toMean: readonly RigidTransform[], pairs: MeanSpace['pairs']): number {
  return Math.max(
    ...pairs.map(({ first, second, firstToSecond }) => {
      const there = composeRigid(toMean[second]!, composeRigid(firstToSecond, invertRigid(toMean[first]!)));
      return Math.hypot(...there.translationMm) + RADIUS_MM * Math.hypot(...there.rotation);
    }),
  );
}
