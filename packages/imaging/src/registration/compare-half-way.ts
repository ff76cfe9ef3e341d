/**
 * Compares two images in the space half-way between them, where neither is favoured: both are read between their
 * voxels, at the same points whichever of them is called the first.
 *
 * One pass over the points gives the sums that the similarity, the size of the differences and the Gauss-Newton
 * step need; nothing is kept for each point.
 */
import type { Vec3 } from '../volume/volume.ts';
import { HalfWayReader } from './half-way-reader.ts';
import type { LevelImage } from './level-image.ts';
import { invertRigid, type RigidTransform, rigidToAffine } from './rigid.ts';

export interface HalfWayComparison {
  /** Structure that both images show in the same place, as a share of what the poorer one has, 0 to 1. */
  readonly overlap: number;
  /** Correlation of the local contrasts where both images have structure, -1 to 1. */
  readonly similarity: number;
  /** The same relative to all structure of both, so that it does not pay to miss each other. */
  readonly score: number;
  /** Standard deviation of the differences, by their weighted median. */
  readonly deviation: number;
  /** Weighted mean of the points, half-way space. */
  readonly centre: Vec3;
}

/** What is to be minimised about a point: squared differences up to a cutoff. */
export interface NormalEquations {
  /** The point that rotations turn about, half-way space. */
  readonly centre: Vec3;
  /** Differences as large as this have no weight any more (Tukey's biweight). */
  readonly cutoff: number;
  /** J'WJ for six parameters, rotation vector first, then translation in mm; lower triangle of 6x6. */
  readonly matrix: Float64Array;
  /** -J'Wr. */
  readonly rightSide: Float64Array;
}

/** Points of which one image shows less than this are passed over. */
const LEAST_WEIGHT = 0.1;
/** Absolute differences of normalised contrasts are counted in bins of this width; the last takes all above. */
const BIN = 1 / 1024;
const BINS = 8192;
/** The standard deviation of a normal distribution over the median of its absolute values. */
const MEDIAN_TO_DEVIATION = 1.4826;

/**
 * @param half from the first image's world to the half-way space, and on from there to the second's
 * @param stepMm distance between the points that are looked at
 * @param equations filled, when given, for a small motion d of the half-way space: `half exp(d) half` takes the
 * first image to the second
 */
export function compareHalfWay(
  first: LevelImage,
  second: LevelImage,
  half: RigidTransform,
  stepMm: number,
  equations?: NormalEquations,
): HalfWayComparison {
  const a = new HalfWayReader(first, rigidToAffine(invertRigid(half)), stepMm);
  const b = new HalfWayReader(second, rigidToAffine(half), stepMm);
  const from = a.box.low.map((low, axis) => Math.ceil(Math.max(low, b.box.low[axis]!))) as unknown as Vec3;
  const to = a.box.high.map((high, axis) => Math.floor(Math.min(high, b.box.high[axis]!))) as unknown as Vec3;
  const differences = new Float64Array(BINS);
  const p = a.point;
  const q = b.point;
  const centre = [0, 0, 0];
  let total = 0;
  let shared = 0;
  let products = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let k = from[2]; k <= to[2]; k++) {
    for (let j = from[1]; j <= to[1]; j++) {
      for (let i = from[0]; i <= to[0]; i++) {
        if (!a.read(i, j, k, LEAST_WEIGHT) || !b.read(i, j, k, LEAST_WEIGHT)) continue;
        const weight = p[4]! * q[4]!;
        const difference = q[0]! - p[0]!;
        total += weight;
        centre[0]! += weight * i;
        centre[1]! += weight * j;
        centre[2]! += weight * k;
        shared += Math.min(p[4]!, q[4]!);
        products += weight * p[0]! * q[0]!;
        squaresA += (p[4]! * p[0]!) ** 2;
        squaresB += (q[4]! * q[0]!) ** 2;
        differences[Math.min(Math.floor(Math.abs(difference) / BIN), BINS - 1)]! += weight;
        if (equations !== undefined) addPoint(equations, i * stepMm, j * stepMm, k * stepMm, p, q, weight);
      }
    }
  }
  const pointMm3 = stepMm ** 3;
  const poorerMl = Math.min(first.structureMl, second.structureMl);
  return {
    overlap: Math.min(1, (shared * pointMm3) / 1000 / poorerMl),
    similarity: products === 0 ? 0 : products / Math.sqrt(squaresA * squaresB),
    score: (products * pointMm3) / Math.sqrt(first.energy * second.energy),
    deviation: MEDIAN_TO_DEVIATION * binnedMedian(differences),
    centre: centre.map((sum) => (total === 0 ? 0 : (sum * stepMm) / total)) as unknown as Vec3,
  };
}

const jacobian = new Float64Array(6);

/** Adds a point to the normal equations: p and q as `HalfWayReader` gives them for the two images. */
function addPoint(
  equations: NormalEquations,
  x: number,
  y: number,
  z: number,
  p: Float64Array,
  q: Float64Array,
  weight: number,
): void {
  const { matrix, rightSide, centre, cutoff } = equations;
  const difference = q[0]! - p[0]!;
  const ratio = difference / cutoff;
  if (!(ratio > -1 && ratio < 1)) return;
  const tukey = (1 - ratio * ratio) ** 2;
  const w = weight * tukey;
  // The first image moves by half of the motion one way, the second by half of it the other way.
  const gx = (p[1]! + q[1]!) / 2;
  const gy = (p[2]! + q[2]!) / 2;
  const gz = (p[3]! + q[3]!) / 2;
  const dx = x - centre[0];
  const dy = y - centre[1];
  const dz = z - centre[2];
  jacobian[0] = dy * gz - dz * gy;
  jacobian[1] = dz * gx - dx * gz;
  jacobian[2] = dx * gy - dy * gx;
  jacobian[3] = gx;
  jacobian[4] = gy;
  jacobian[5] = gz;
  for (let row = 0; row < 6; row++) {
    const weighted = w * jacobian[row]!;
    rightSide[row]! -= weighted * difference;
    for (let col = 0; col <= row; col++) matrix[row * 6 + col]! += weighted * jacobian[col]!;
  }
}

/** The value that has half the weight below it, to within half a bin. */
function binnedMedian(bins: Float64Array): number {
  const half = bins.reduce((sum, weight) => sum + weight, 0) / 2;
  let below = 0;
  for (let bin = 0; bin < bins.length; bin++) {
    below += bins[bin]!;
    if (below >= half) return (bin + 0.5) * BIN;
  }
  return 0;
}
