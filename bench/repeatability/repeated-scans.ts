/**
 * The same head scanned again, as far as that can be made from one scan: stored in another order, turned, in voxels
 * of another size, with noise, and all of it together.
 */
import {
  gridOf,
  identityAffine,
  reorient,
  rigidAbout,
  rigidToAffine,
  type Vec3,
  type Volume,
  voxelSizesMm,
} from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { moveScan } from 'ventriseg';
import { middleOf, regrid, withNoise } from '../change-scan.ts';

export const repeatKinds = ['stored otherwise', 'turned', 'voxel size', 'coarser', 'noise', 'all'] as const;
export type RepeatKind = (typeof repeatKinds)[number];

export interface Repeat {
  readonly kind: RepeatKind;
  readonly name: string;
  make(scan: Volume): Volume;
}

/** Head positions of two sessions differ by about this, standard deviation about or along each axis. */
const turnDegrees = 3;
const shiftMm = 5;
/** Sides of voxels, times those of the scan: as error bars cover them, and coarser ones, which `compare` warns of. */
const voxelFactors: readonly Vec3[] = [
  [0.8, 0.8, 0.8],
  [1.2, 1.2, 1.2],
];
const coarserFactors: readonly Vec3[] = [
  [1.5, 1.5, 1.5],
  [1, 1, 2],
];

export const repeats: readonly Repeat[] = [
  ...['PIR', 'LAS', 'SRP'].map(storedAs),
  betweenSessions(1),
  betweenSessions(2),
  turned([12, 0, 0]),
  turned([0, -10, 15]),
  ...voxelFactors.map((factors) => otherVoxels('voxel size', factors)),
  ...coarserFactors.map((factors) => otherVoxels('coarser', factors)),
  ...[0.03, 0.06].map(noisy),
  ...[1, 2].map(allTogether),
];

/** One of each kind, and every voxel size. */
export const quickRepeats: readonly Repeat[] = repeats.filter(
  ({ kind }, n) =>
    kind === 'voxel size' || kind === 'coarser' || repeats.findIndex((repeat) => repeat.kind === kind) === n,
);

function storedAs(order: string): Repeat {
  return { kind: 'stored otherwise', name: order, make: (scan) => reorient(scan, order) };
}

/** @param degrees rotation vector about the middle of the scan */
function turned(degrees: Vec3): Repeat {
  return {
    kind: 'turned',
    name: `by ${degrees.join(', ')} degrees`,
    make: (scan) => moveScan(scan, motionOf(scan, degrees, [0, 0, 0]), gridOf(scan)),
  };
}

function betweenSessions(seed: number): Repeat {
  return {
    kind: 'turned',
    name: `as between sessions, ${seed}`,
    make: (scan) => moveScan(scan, someMotion(scan, new SeededRandom(seed)), gridOf(scan)),
  };
}

/** @param factors of the scan's own voxel sizes */
function otherVoxels(kind: 'voxel size' | 'coarser', factors: Vec3): Repeat {
  return {
    kind,
    name: `x ${factors.join(', ')}`,
    make: (scan) => moveScan(scan, identityAffine, regrid(scan, scaled(scan, factors))),
  };
}

function noisy(share: number): Repeat {
  return {
    kind: 'noise',
    name: `${100 * share} % of tissue`,
    make: (scan) => withNoise(scan, share),
  };
}

function allTogether(seed: number): Repeat {
  return {
    kind: 'all',
    name: `${seed}`,
    make: (scan) => {
      const motion = someMotion(scan, new SeededRandom(100 + seed));
      const grid = regrid(scan, scaled(scan, [1.15, 1.15, 1.15]));
      return withNoise(moveScan(scan, motion, grid), 0.03, seed);
    },
  };
}

function scaled({ voxelToWorld }: Volume, factors: Vec3): Vec3 {
  return voxelSizesMm(voxelToWorld).map((mm, axis) => mm * factors[axis]!) as unknown as Vec3;
}

function someMotion(scan: Volume, random: SeededRandom) {
  const three = (sd: number) => [0, 1, 2].map(() => sd * random.normal()) as unknown as Vec3;
  return motionOf(scan, three(turnDegrees), three(shiftMm));
}

function motionOf(scan: Volume, degrees: Vec3, shift: Vec3) {
  const turn = degrees.map((angle) => (angle * Math.PI) / 180) as unknown as Vec3;
  return rigidToAffine(rigidAbout(middleOf(scan), turn, shift));
}
