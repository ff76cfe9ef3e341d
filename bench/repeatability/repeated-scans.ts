/** The same head scanned again, as far as that can be made from one scan: moved, coarsened, with other noise. */
import {
  applyAffine,
  type Grid,
  gridOf,
  identityAffine,
  resample,
  rigidAbout,
  rigidToAffine,
  type Shape3,
  type Vec3,
  type Volume,
  voxelSizesMm,
} from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { moveScan } from 'ventriseg';

/** How a scan is repeated. */
export const repeatKinds = ['moved', 'resampled', 'noise', 'all'] as const;
export type RepeatKind = (typeof repeatKinds)[number];

/** Head positions of two sessions differ by about this, standard deviation about or along each axis. */
const TURN_DEGREES = 3;
const SHIFT_MM = 5;
/** Other voxels: this many times the size of the scan's own. */
const COARSER = 1.15;
/** Noise added, as a share of the brightness of tissue, standard deviation. */
const NOISE_SHARE = 0.03;

/** @param seed the same gives the same scan */
export function repeatScan(scan: Volume, kind: RepeatKind, seed: number): Volume {
  const random = new SeededRandom(seed);
  const motion = kind === 'moved' || kind === 'all' ? someMotion(scan, random) : identityAffine;
  const grid = kind === 'resampled' || kind === 'all' ? coarserGrid(scan) : gridOf(scan);
  const again = kind === 'noise' ? resample(scan, grid) : moveScan(scan, motion, grid);
  if (kind === 'noise' || kind === 'all') addNoise(again, random);
  return again;
}

function someMotion({ shape, voxelToWorld }: Volume, random: SeededRandom) {
  const centre = applyAffine(voxelToWorld, shape.map((n) => (n - 1) / 2) as unknown as Vec3);
  const three = (deviation: number) => [0, 1, 2].map(() => deviation * random.normal()) as unknown as Vec3;
  return rigidToAffine(rigidAbout(centre, three((TURN_DEGREES * Math.PI) / 180), three(SHIFT_MM)));
}

/** The scan's field of view in larger voxels. */
function coarserGrid({ shape, voxelToWorld }: Volume): Grid {
  const counts = shape.map((n) => Math.floor(n / COARSER)) as unknown as Shape3;
  const first = applyAffine(
    voxelToWorld,
    shape.map((n, axis) => (n - 1 - (counts[axis]! - 1) * COARSER) / 2) as unknown as Vec3,
  );
  return {
    shape: counts,
    voxelToWorld: voxelToWorld.map((value, n) =>
      n >= 12 ? value : n % 4 === 3 ? first[(n - 3) / 4]! : value * COARSER,
    ),
  };
}

/** Rician, as magnitude images have it; the more of it the smaller the voxels, as scanners have it. */
function addNoise({ data, voxelToWorld }: Volume, random: SeededRandom): void {
  let sum = 0;
  for (const value of data) sum += value;
  const mean = sum / data.length;
  let tissue = 0;
  let count = 0;
  for (const value of data) {
    if (value <= mean) continue;
    tissue += value;
    count++;
  }
  const voxelMm3 = voxelSizesMm(voxelToWorld).reduce((a, b) => a * b);
  const deviation = (NOISE_SHARE * tissue) / count / Math.sqrt(voxelMm3);
  for (let at = 0; at < data.length; at++) {
    data[at] = Math.hypot(data[at]! + deviation * random.normal(), deviation * random.normal());
  }
}
