/**
 * Resampling between grids that are rotated or sheared against each other: every target voxel reads its own
 * neighbourhood.
 *
 * Each target row is first clipped against the source box (the slab method), so voxels outside cost nothing and
 * the inner loop needs no inside test. Positions are computed from the row start, not accumulated.
 */
import type { Affine, Shape3, Vec3, VoxelArray } from '../volume/volume.ts';
import { type InterpolationMethod, interpolationWeights } from './interpolation-weights.ts';
import { storeValues, type VoxelSink } from './voxel-sink.ts';

/** A box of the source, in one kind of array for the loops. */
interface Part {
  readonly data: Float32Array | Float64Array;
  readonly shape: Shape3;
  /** First voxel. */
  readonly start: Vec3;
}

/**
 * What the target reads of the source, as floats: 32 bits hold 8- and 16-bit integers exactly, the rest go to 64. A
 * source of floats is left as it is; of one that must be copied, the box that holds the target is enough.
 */
function partRead(
  source: VoxelArray,
  shape: Shape3,
  targetToSource: Affine,
  targetShape: Shape3,
): Part | undefined {
  if (source instanceof Float32Array || source instanceof Float64Array) {
    return { data: source, shape, start: [0, 0, 0] };
  }
  const ends = [0, 1, 2].map((axis) => {
    const row = targetToSource.slice(4 * axis, 4 * axis + 4);
    const reach = targetShape.map((n, col) => row[col]! * (n - 1));
    const low = row[3]! + reach.reduce((sum, r) => sum + Math.min(r, 0), 0);
    const high = row[3]! + reach.reduce((sum, r) => sum + Math.max(r, 0), 0);
    const first = Math.max(0, Math.floor(low) - MARGIN_VOXELS);
    return [first, Math.min(shape[axis]!, Math.ceil(high) + MARGIN_VOXELS + 1) - first] as const;
  });
  const start = ends.map(([first]) => first) as unknown as Vec3;
  const size = ends.map(([, count]) => count) as unknown as Shape3;
  if (size.some((count) => count <= 0)) return undefined;
  const [nx, ny, nz] = size;
  const data = new (source.BYTES_PER_ELEMENT <= 2 ? Float32Array : Float64Array)(nx * ny * nz);
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const from = start[0] + shape[0] * (start[1] + y + shape[1] * (start[2] + z));
      data.set(source.subarray(from, from + nx), nx * (y + ny * z));
    }
  }
  return { data, shape: size, start };
}

/** Cubic interpolation reads two voxels beyond a position. */
const MARGIN_VOXELS = 2;

/**
 * Resamples `source` into the sink's target; `targetToSource` takes target voxel indices to source voxel
 * positions. Voxels outside the source are left as they are.
 */
export function resampleOblique(
  source: VoxelArray,
  sourceShape: Shape3,
  method: InterpolationMethod,
  targetToSource: Affine,
  targetShape: Shape3,
  sink: VoxelSink,
): void {
  const [nx, ny, nz] = targetShape;
  const m = targetToSource;
  const part = partRead(source, sourceShape, m, targetShape);
  if (part === undefined) return;
  const { data, shape, start } = part;
  const row = new Float64Array(nx);
  const origin = new Float64Array(3);
  const step = Float64Array.of(m[0]!, m[4]!, m[8]!);
  const range = new Int32Array(2);
  const interpolate = method === 'nearest' ? nearestRow : method === 'linear' ? linearRow : cubicRow;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let axis = 0; axis < 3; axis++) {
        origin[axis] = m[axis * 4 + 1]! * j + m[axis * 4 + 2]! * k + m[axis * 4 + 3]!;
      }
      clipRow(origin, step, sourceShape, nx, range);
      for (let axis = 0; axis < 3; axis++) origin[axis]! -= start[axis]!;
      const [from, to] = range as unknown as readonly [number, number];
      if (from >= to) continue;
      interpolate(data, shape, origin, step, from, to, row);
      storeValues(sink, row, from, to - from, from + nx * (j + ny * k));
    }
  }
}

/** The target indices of a row that lie inside the source box, which reaches half a voxel past the centres. */
function clipRow(
  origin: Float64Array,
  step: Float64Array,
  shape: Shape3,
  count: number,
  range: Int32Array,
): void {
  let from = 0;
  let to = count - 1;
  for (let axis = 0; axis < 3; axis++) {
    const start = origin[axis]!;
    const slope = step[axis]!;
    const low = -0.5;
    const high = shape[axis]! - 0.5;
    // Over one row a slope this small moves less than the rounding of a position.
    if (Math.abs(slope) * count < 1e-9) {
      if (start < low || start > high) to = -1;
      continue;
    }
    const a = (low - start) / slope;
    const b = (high - start) / slope;
    from = Math.max(from, Math.ceil(Math.min(a, b) - 1e-9));
    to = Math.min(to, Math.floor(Math.max(a, b) + 1e-9));
  }
  // Stored as 32-bit integers, which an empty range may exceed.
  range[0] = from <= to ? from : 0;
  range[1] = from <= to ? to + 1 : 0;
}

type RowInterpolator = (
  data: Float32Array | Float64Array,
  shape: Shape3,
  origin: Float64Array,
  step: Float64Array,
  from: number,
  to: number,
  row: Float64Array,
) => void;

const nearestRow: RowInterpolator = (data, [nx, ny, nz], origin, step, from, to, row) => {
  const [ox, oy, oz] = origin as unknown as readonly [number, number, number];
  const [sx, sy, sz] = step as unknown as readonly [number, number, number];
  for (let i = from; i < to; i++) {
    const x = Math.min(Math.max(Math.floor(ox + sx * i + 0.5), 0), nx - 1);
    const y = Math.min(Math.max(Math.floor(oy + sy * i + 0.5), 0), ny - 1);
    const z = Math.min(Math.max(Math.floor(oz + sz * i + 0.5), 0), nz - 1);
    row[i] = data[x + nx * (y + ny * z)]!;
  }
};

const linearRow: RowInterpolator = (data, [nx, ny, nz], origin, step, from, to, row) => {
  const [ox, oy, oz] = origin as unknown as readonly [number, number, number];
  const [sx, sy, sz] = step as unknown as readonly [number, number, number];
  const nxy = nx * ny;
  for (let i = from; i < to; i++) {
    const x = Math.min(Math.max(ox + sx * i, 0), nx - 1);
    const y = Math.min(Math.max(oy + sy * i, 0), ny - 1);
    const z = Math.min(Math.max(oz + sz * i, 0), nz - 1);
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const z0 = Math.floor(z);
    const fx = x - x0;
    const fy = y - y0;
    const fz = z - z0;
    const dx = x0 < nx - 1 ? 1 : 0;
    const dy = y0 < ny - 1 ? nx : 0;
    const dz = z0 < nz - 1 ? nxy : 0;
    const n = x0 + nx * y0 + nxy * z0;
    const c00 = data[n]! * (1 - fx) + data[n + dx]! * fx;
    const c10 = data[n + dy]! * (1 - fx) + data[n + dy + dx]! * fx;
    const c01 = data[n + dz]! * (1 - fx) + data[n + dz + dx]! * fx;
    const c11 = data[n + dz + dy]! * (1 - fx) + data[n + dz + dy + dx]! * fx;
    row[i] = (c00 * (1 - fy) + c10 * fy) * (1 - fz) + (c01 * (1 - fy) + c11 * fy) * fz;
  }
};

const wx = new Float64Array(4);
const wy = new Float64Array(4);
const wz = new Float64Array(4);

const cubicRow: RowInterpolator = (data, [nx, ny, nz], origin, step, from, to, row) => {
  const [ox, oy, oz] = origin as unknown as readonly [number, number, number];
  const [sx, sy, sz] = step as unknown as readonly [number, number, number];
  for (let i = from; i < to; i++) {
    const x0 = interpolationWeights('cubic', Math.min(Math.max(ox + sx * i, 0), nx - 1), wx);
    const y0 = interpolationWeights('cubic', Math.min(Math.max(oy + sy * i, 0), ny - 1), wy);
    const z0 = interpolationWeights('cubic', Math.min(Math.max(oz + sz * i, 0), nz - 1), wz);
    const xa = Math.max(x0, 0);
    const xb = x0 + 1;
    const xc = Math.min(x0 + 2, nx - 1);
    const xd = Math.min(x0 + 3, nx - 1);
    const wa = wx[0]!;
    const wb = wx[1]!;
    const wc = wx[2]!;
    const wd = wx[3]!;
    let sum = 0;
    for (let c = 0; c < 4; c++) {
      const z = Math.min(Math.max(z0 + c, 0), nz - 1);
      let plane = 0;
      for (let b = 0; b < 4; b++) {
        const n = nx * (Math.min(Math.max(y0 + b, 0), ny - 1) + ny * z);
        plane += wy[b]! * (wa * data[n + xa]! + wb * data[n + xb]! + wc * data[n + xc]! + wd * data[n + xd]!);
      }
      sum += wz[c]! * plane;
    }
    row[i] = sum;
  }
};
