/**
 * Rigid registration of head scans, of one person at several times above all.
 *
 * Scans are brought to about 2, 4 and 8 mm and to local contrast (level-image.ts). On the coarsest images start
 * poses are searched (search-start.ts); from the best one the local optimiser (align-level.ts) goes from level to
 * level. Everything is done in the half-way space, so neither scan is favoured.
 *
 * Finer images than 2 mm are not needed: on moved copies of real scans the motion comes back to about 0.02 mm.
 */
import { ImagingError } from '../errors.ts';
import type { Volume } from '../volume/volume.ts';
import { alignLevel, type LevelAlignment } from './align-level.ts';
import { type LevelImage, levelImages } from './level-image.ts';
import { invertRigid, type RigidTransform } from './rigid.ts';
import { searchStart } from './search-start.ts';

export interface RegisterRigidOptions {
  /** Stops between iterations; the error is the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RegistrationProgress) => void;
}

export interface RegistrationProgress {
  /** Steps that are done, and all of them: preparing the scans, and aligning each pair. */
  readonly done: number;
  readonly total: number;
}

export interface RigidRegistration {
  /** From the first scan's world to the second's, RAS mm: where a point of the one is in the other. */
  readonly firstToSecond: RigidTransform;
  /** Correlation of local contrasts where both scans have structure, -1 to 1; about 0.15 for two different people. */
  readonly similarity: number;
  /** Share of the poorer scan's structure that the other one shows in the same place, 0 to 1. */
  readonly overlap: number;
  /** False when the finest level was still moving after its last iteration: do not rely on the result. */
  readonly converged: boolean;
}

/** A scan made ready to be registered with others. */
export interface PreparedScan {
  /** Finest first. */
  readonly images: readonly LevelImage[];
}

/** Voxel size of each level, and the distance between the points compared there; mm, finest first. */
const LEVELS = [
  { spacingMm: 2, stepMm: 3 },
  { spacingMm: 4, stepMm: 4 },
  { spacingMm: 8, stepMm: 8 },
] as const;
const MAX_ITERATIONS = 40;
/** With a smaller share of structure in common a pose is chance. */
const LEAST_OVERLAP = 0.1;

/**
 * Registers two scans. Exchanging them gives the inverse, to rounding.
 *
 * @param first a head scan of finite values, any grid, unit and storage order
 * @throws ImagingError NO_STRUCTURE for a constant scan, NO_OVERLAP when the scans do not meet, NON_FINITE when a voxel
 * is not a number; the signal's reason when aborted
 * @example
 * const { firstToSecond } = await registerRigid(baseline, followUp);
 * const moved = { ...baseline, voxelToWorld: multiplyAffines(rigidToAffine(firstToSecond), baseline.voxelToWorld) };
 */
export async function registerRigid(
  first: Volume,
  second: Volume,
  options: RegisterRigidOptions = {},
): Promise<RigidRegistration> {
  const { signal, onProgress } = options;
  const tell = (done: number) => onProgress?.({ done, total: 3 });
  await pauseFor(signal);
  tell(0);
  const a = prepareScan('first', first);
  await pauseFor(signal);
  tell(1);
  const b = prepareScan('second', second);
  tell(2);
  const found = await registerPrepared(a, b, signal);
  tell(3);
  return found;
}

/** @param name of the scan, for messages */
export function prepareScan(name: string, scan: Volume): PreparedScan {
  return {
    images: levelImages(
      name,
      scan,
      LEVELS.map(({ spacingMm }) => spacingMm),
    ),
  };
}

/** `registerRigid` for scans that are prepared once and registered with several others. */
export async function registerPrepared(
  first: PreparedScan,
  second: PreparedScan,
  signal: AbortSignal | undefined,
): Promise<RigidRegistration> {
  // Which scan is called the first makes no difference but in rounding; always the same order takes that away too.
  if (comesAfter(first.images[0]!, second.images[0]!)) {
    const found = await register(second, first, signal);
    return { ...found, firstToSecond: invertRigid(found.firstToSecond) };
  }
  return register(first, second, signal);
}

function comesAfter(a: LevelImage, b: LevelImage): boolean {
  return a.energy === b.energy ? a.structureMl > b.structureMl : a.energy > b.energy;
}

async function register(
  first: PreparedScan,
  second: PreparedScan,
  signal: AbortSignal | undefined,
): Promise<RigidRegistration> {
  const pause = () => pauseFor(signal);
  await pause();
  let firstToSecond = await searchStart(first.images.at(-1)!, second.images.at(-1)!, pause);
  let aligned: LevelAlignment | undefined;
  for (let level = LEVELS.length - 1; level >= 0; level--) {
    const { spacingMm, stepMm } = LEVELS[level]!;
    aligned = await alignLevel(first.images[level]!, second.images[level]!, firstToSecond, {
      stepMm,
      toleranceMm: spacingMm / 200,
      maxIterations: MAX_ITERATIONS,
      pause,
    });
    requireOverlap(aligned);
    firstToSecond = aligned.firstToSecond;
  }
  const { comparison, converged } = aligned!;
  return { firstToSecond, similarity: comparison.similarity, overlap: comparison.overlap, converged };
}

function requireOverlap({ comparison: { overlap } }: LevelAlignment): void {
  if (overlap >= LEAST_OVERLAP) return;
  throw new ImagingError(
    'NO_OVERLAP',
    `registration: the scans have only ${(100 * overlap).toFixed(0)} % of their structure in common; check that ` +
      'both show the same head',
  );
}

/** A turn of the event loop, so that an abort can arrive. */
export async function pauseFor(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
}
