/**
 * Gaussian filtering of scattered points in d dimensions, in time linear in the number of points.
 *
 * Adams, Baek and Davis, "Fast High-Dimensional Filtering Using the Permutohedral Lattice" (Eurographics 2010):
 * each point gives its value to the d + 1 corners of the simplex around it (splat), the corners are blurred
 * with [1 2 1] / 2 along the d + 1 lattice directions, and each point reads its corners (slice). Corners that no
 * point touches do not exist and count as 0, so the result is an approximation, within some percent where
 * points are dense.
 *
 * A corner's d coordinates are packed into one float64 integer. Stepping along a lattice direction then adds a
 * constant, and hash table look-ups compare one number.
 */
import { ImagingError } from '../errors.ts';
import { PackedKeyTable } from './packed-key-table.ts';

/** The corners around each point and the neighbours of each corner; corner 0 stands for all that do not exist. */
export interface PermutohedralLattice {
  readonly dimensions: number;
  readonly points: number;
  /** Corners that exist, numbered from 1. */
  readonly corners: number;
  /** Corner numbers, d + 1 a point. */
  readonly corner: Int32Array;
  /** Barycentric weights, d + 1 a point, adding up to 1. */
  readonly weight: Float32Array;
  /** For each of the d + 1 directions, the corner before and the corner after each corner. */
  readonly before: readonly Int32Array[];
  readonly after: readonly Int32Array[];
  /** Scratch for one channel of values on the corners. */
  readonly values: Float32Array;
  readonly blurred: Float32Array;
}

/**
 * Places points in the lattice.
 *
 * @param features `points * dimensions` coordinates, those of a point together, in units of the Gaussian's
 * standard deviation.
 * @throws ImagingError NON_FINITE for coordinates that are not finite; BAD_ARGUMENT when the points spread over
 * so many standard deviations that corner coordinates no longer pack into 53 bits.
 */
export function buildLattice(features: Float32Array, dimensions: number): PermutohedralLattice {
  const d = dimensions;
  const points = features.length / d;
  const scale = elevationScale(d);
  const base = packingBase(features, d, scale);
  const power = Float64Array.from({ length: d }, (_, i) => base ** i);
  const corner = new Int32Array(points * (d + 1));
  const weight = new Float32Array(points * (d + 1));
  const table = new PackedKeyTable();
  const remainderSteps = cornerSteps(d);
  const elevated = new Float64Array(d + 1);
  const nearest = new Float64Array(d + 1);
  const rank = new Int32Array(d + 1);
  const barycentric = new Float64Array(d + 2);
  const lastKey = new Float64Array(d + 1).fill(Number.NaN);
  const lastCorner = new Int32Array(d + 1);
  for (let point = 0; point < points; point++) {
    let sum = 0;
    for (let i = d; i > 0; i--) {
      const c = features[point * d + i - 1]! * scale[i - 1]!;
      elevated[i] = sum - i * c;
      sum += c;
    }
    elevated[0] = sum;
    locate(elevated, nearest, rank, barycentric, d);
    let origin = 0;
    for (let i = 0; i < d; i++) origin += nearest[i]! * power[i]!;
    for (let r = 0; r <= d; r++) {
      let key = origin;
      for (let i = 0; i < d; i++) key += remainderSteps[r * (d + 1) + rank[i]!]! * power[i]!;
      // Neighbouring voxels mostly lie in the same simplex.
      if (key !== lastKey[r]) {
        lastKey[r] = key;
        lastCorner[r] = table.add(key);
      }
      corner[point * (d + 1) + r] = lastCorner[r]!;
      weight[point * (d + 1) + r] = barycentric[r]!;
    }
  }
  const { before, after } = linkNeighbours(table, power, d);
  const values = new Float32Array(table.size + 1);
  const blurred = new Float32Array(table.size + 1);
  return { dimensions, points, corners: table.size, corner, weight, before, after, values, blurred };
}

/**
 * Sums the input over all points with weights exp(-|f_i - f_j|^2 / 2), approximately.
 *
 * @param input one value a point.
 * @param output one value a point, overwritten; may be the input.
 */
export function filterLattice(
  lattice: PermutohedralLattice,
  input: Float32Array,
  output: Float32Array,
): void {
  const { points, corner, weight, corners, before, after } = lattice;
  const d = lattice.dimensions;
  const n = d + 1;
  let values = lattice.values;
  let blurred = lattice.blurred;
  values.fill(0);
  for (let point = 0, at = 0; point < points; point++) {
    const value = input[point]!;
    for (let r = 0; r < n; r++, at++) {
      const c = corner[at]!;
      values[c] = values[c]! + weight[at]! * value;
    }
  }
  for (let direction = 0; direction < n; direction++) {
    const left = before[direction]!;
    const right = after[direction]!;
    blurred[0] = 0;
    for (let c = 1; c <= corners; c++)
      blurred[c] = values[c]! + 0.5 * (values[left[c]!]! + values[right[c]!]!);
    const swap = values;
    values = blurred;
    blurred = swap;
  }
  const gain = gaussianIntegralGain(d);
  for (let point = 0, at = 0; point < points; point++) {
    let sum = 0;
    for (let r = 0; r < n; r++, at++) sum += weight[at]! * values[corner[at]!]!;
    output[point] = sum * gain;
  }
}

/** Finds the simplex around an elevated point: its nearest 0-coloured corner, the order of its coordinates. */
function locate(
  elevated: Float64Array,
  nearest: Float64Array,
  rank: Int32Array,
  barycentric: Float64Array,
  d: number,
): void {
  const n = d + 1;
  let excess = 0;
  for (let i = 0; i < n; i++) {
    const steps = Math.round(elevated[i]! / n);
    nearest[i] = steps * n;
    excess += steps;
    rank[i] = 0;
  }
  for (let i = 0; i < d; i++) {
    const distance = elevated[i]! - nearest[i]!;
    for (let j = i + 1; j < n; j++) {
      if (distance < elevated[j]! - nearest[j]!) rank[i]!++;
      else rank[j]!++;
    }
  }
  barycentric.fill(0);
  for (let i = 0; i < n; i++) {
    let r = rank[i]! + excess;
    if (r < 0) {
      r += n;
      nearest[i]! += n;
    } else if (r > d) {
      r -= n;
      nearest[i]! -= n;
    }
    rank[i] = r;
    const share = (elevated[i]! - nearest[i]!) / n;
    barycentric[d - r]! += share;
    barycentric[n - r]! -= share;
  }
  barycentric[0]! += 1 + barycentric[n]!;
}

/** Scale of each feature so that splat, blur and slice together have unit variance (Adams et al., section 3). */
function elevationScale(d: number): Float64Array {
  const deviation = Math.sqrt(2 / 3) * (d + 1);
  return Float64Array.from({ length: d }, (_, i) => deviation / Math.sqrt((i + 1) * (i + 2)));
}

/**
 * Factor that makes the sum over evenly spread points right: the Gaussian's integral (2 pi)^(d/2) over that of
 * splat, blur and slice, which is the blur's 2^(d+1) times the volume of a corner's cell.
 */
function gaussianIntegralGain(d: number): number {
  const cell = (3 / 2) ** (d / 2) / Math.sqrt(d + 1);
  return (2 * Math.PI) ** (d / 2) / (2 ** (d + 1) * cell);
}

/** Step from the 0-coloured corner to corner r, for a coordinate of each rank; d + 1 by d + 1. */
function cornerSteps(d: number): Int32Array {
  const steps = new Int32Array((d + 1) * (d + 1));
  for (let r = 0; r <= d; r++) {
    for (let rank = 0; rank <= d; rank++) steps[r * (d + 1) + rank] = rank <= d - r ? r : r - (d + 1);
  }
  return steps;
}

/** A base greater than twice any corner coordinate, so that signed coordinates pack without ambiguity. */
function packingBase(features: Float32Array, d: number, scale: Float64Array): number {
  const largest = new Float64Array(d);
  for (let at = 0; at < features.length; at += d) {
    for (let i = 0; i < d; i++) {
      const size = Math.abs(features[at + i]!);
      if (!(size <= largest[i]!)) largest[i] = size;
    }
  }
  let reach = 0;
  for (let i = 0; i < d; i++) reach = Math.max(reach, (i + 1) * largest[i]! * scale[i]!);
  let sum = 0;
  for (let i = 0; i < d; i++) sum += largest[i]! * scale[i]!;
  if (!Number.isFinite(sum)) {
    throw new ImagingError('NON_FINITE', 'permutohedral lattice: a feature is NaN or infinite');
  }
  const base = 2 * Math.ceil(reach + sum + 4 * (d + 1)) + 1;
  if (base ** d > Number.MAX_SAFE_INTEGER) {
    throw new ImagingError(
      'BAD_ARGUMENT',
      `permutohedral lattice: points reach ${Math.max(...largest).toFixed(0)} standard deviations from the centre in ${d} dimensions, too far to index; use larger sigmas or a smaller region`,
    );
  }
  return base;
}

function linkNeighbours(table: PackedKeyTable, power: Float64Array, d: number) {
  const diagonal = power.reduce((sum, p) => sum + p, 0);
  const before: Int32Array[] = [];
  const after: Int32Array[] = [];
  for (let direction = 0; direction <= d; direction++) {
    const step = direction < d ? diagonal - (d + 1) * power[direction]! : diagonal;
    const left = new Int32Array(table.size + 1);
    const right = new Int32Array(table.size + 1);
    for (let c = 1; c <= table.size; c++) {
      // A link found from one side holds from the other.
      const next = table.find(table.keyOf(c) + step);
      right[c] = next;
      if (next !== 0) left[next] = c;
    }
    before.push(left);
    after.push(right);
  }
  return { before, after };
}
