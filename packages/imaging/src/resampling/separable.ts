/**
 * Axis-aligned resampling as three one-dimensional passes, one source slice at a time.
 *
 * Each source slice is resampled along x and y once; the slices that a target slice needs are kept in a ring and
 * combined along z. Work per voxel grows with the sum of the taps instead of their product, sums are in double
 * precision, and the working space is a few slices.
 */
import type { Shape3, VoxelArray } from '../volume/volume.ts';
import type { AxisTaps } from './axis-taps.ts';
import { storeValues, type VoxelSink } from './voxel-sink.ts';

/**
 * Resamples `source` (of `sourceShape`, its axes in the target's order) into the sink's target of
 * `targetShape`. Voxels outside the source are left as they are.
 */
export function resampleSeparable(
  source: VoxelArray,
  sourceShape: Shape3,
  axes: readonly [AxisTaps, AxisTaps, AxisTaps],
  targetShape: Shape3,
  sink: VoxelSink,
): void {
  const [x, y, z] = axes;
  const width = x.to - x.from;
  const height = y.to - y.from;
  if (width <= 0 || height <= 0 || z.to <= z.from) return;
  const [snx, sny] = sourceShape;
  const [nx, ny] = targetShape;

  let rowMin = sny;
  let rowMax = 0;
  for (let n = y.from * y.taps; n < y.to * y.taps; n++) {
    rowMin = Math.min(rowMin, y.index[n]!);
    rowMax = Math.max(rowMax, y.index[n]!);
  }
  const line = new Float64Array(snx);
  const rows = new Float64Array((rowMax - rowMin + 1) * width);
  const ring = Array.from({ length: z.taps }, () => new Float64Array(width * height));
  const held = new Int32Array(z.taps).fill(-1);
  const combined = new Float64Array(width * height);

  for (let k = z.from; k < z.to; k++) {
    let first = true;
    for (let t = 0; t < z.taps; t++) {
      const weight = z.weight[k * z.taps + t]!;
      if (weight === 0) continue;
      const slice = z.index[k * z.taps + t]!;
      const slot = slice % z.taps;
      const plane = ring[slot]!;
      if (held[slot] !== slice) {
        for (let row = rowMin; row <= rowMax; row++) {
          const start = snx * (row + sny * slice);
          line.set(source.subarray(start, start + snx));
          alongLine(line, x, rows, (row - rowMin) * width);
        }
        acrossRows(rows, rowMin, width, y, plane);
        held[slot] = slice;
      }
      addScaled(combined, plane, weight, first);
      first = false;
    }
    for (let j = 0; j < height; j++) {
      storeValues(sink, combined, j * width, width, x.from + nx * (y.from + j + ny * k));
    }
  }
}

/** Resamples one line into out[at...]. */
function alongLine(line: Float64Array, axis: AxisTaps, out: Float64Array, at: number): void {
  const { from, to, taps, index, weight } = axis;
  const shift = at - from;
  if (taps === 1) {
    for (let i = from; i < to; i++) out[shift + i] = line[index[i]!]!;
  } else if (taps === 2) {
    for (let i = from; i < to; i++) {
      const n = 2 * i;
      out[shift + i] = weight[n]! * line[index[n]!]! + weight[n + 1]! * line[index[n + 1]!]!;
    }
  } else {
    for (let i = from; i < to; i++) {
      const n = i * taps;
      let sum = 0;
      for (let t = 0; t < taps; t++) sum += weight[n + t]! * line[index[n + t]!]!;
      out[shift + i] = sum;
    }
  }
}

/** Resamples rows (each `width` long, the first being source row `rowMin`) into the rows of `plane`. */
function acrossRows(
  rows: Float64Array,
  rowMin: number,
  width: number,
  axis: AxisTaps,
  plane: Float64Array,
): void {
  const { from, to, taps, index, weight } = axis;
  for (let j = from; j < to; j++) {
    const out = (j - from) * width;
    let first = true;
    for (let t = 0; t < taps; t++) {
      const w = weight[j * taps + t]!;
      if (w === 0) continue;
      const row = (index[j * taps + t]! - rowMin) * width;
      if (first) for (let i = 0; i < width; i++) plane[out + i] = w * rows[row + i]!;
      else for (let i = 0; i < width; i++) plane[out + i]! += w * rows[row + i]!;
      first = false;
    }
  }
}

function addScaled(sum: Float64Array, plane: Float64Array, weight: number, first: boolean): void {
  const n = sum.length;
  if (first) for (let i = 0; i < n; i++) sum[i] = weight * plane[i]!;
  else for (let i = 0; i < n; i++) sum[i]! += weight * plane[i]!;
}
