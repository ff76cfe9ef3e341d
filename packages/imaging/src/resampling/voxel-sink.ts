/** Writing resampled values, which are double precision, into the array of the result. */
import type { VoxelArray } from '../volume/volume.ts';
import { integerRange, voxelTypeOf } from '../volume/voxel-type.ts';

/** Where values go: `target[n] = limit((value - subtract) * scale)`, rounded to whole numbers if asked. */
export interface VoxelSink {
  readonly target: VoxelArray;
  readonly subtract: number;
  readonly scale: number;
  /** Limits applied after scaling; infinite for none. */
  readonly low: number;
  readonly high: number;
  /** Whether values are rounded to the nearest integer, halves up; NaN becomes 0. */
  readonly round: boolean;
}

/** A sink that stores values as they are, rounded and limited to the range of an integer target. */
export function plainSink(target: VoxelArray): VoxelSink {
  const range = integerRange(voxelTypeOf(target));
  return {
    target,
    subtract: 0,
    scale: 1,
    low: range?.[0] ?? Number.NEGATIVE_INFINITY,
    high: range?.[1] ?? Number.POSITIVE_INFINITY,
    round: range !== undefined,
  };
}

/** Writes values[from, from + count) to the sink's target at `at` and on. Works in place in `values`. */
export function storeValues(
  sink: VoxelSink,
  values: Float64Array,
  from: number,
  count: number,
  at: number,
): void {
  const { subtract, scale, low, high } = sink;
  const end = from + count;
  if (subtract !== 0 || scale !== 1) {
    for (let n = from; n < end; n++) values[n] = (values[n]! - subtract) * scale;
  }
  if (sink.round) {
    for (let n = from; n < end; n++) {
      const value = values[n]!;
      if (value > low && value < high) values[n] = Math.floor(value + 0.5);
      else values[n] = value >= high ? high : value <= low ? low : 0;
    }
  } else if (low > Number.NEGATIVE_INFINITY || high < Number.POSITIVE_INFINITY) {
    for (let n = from; n < end; n++) values[n] = Math.min(Math.max(values[n]!, low), high);
  }
  const { target } = sink;
  // A view a row costs more than the row.
  if (target instanceof Float32Array) for (let n = from, to = at; n < end; n++, to++) target[to] = values[n]!;
  else target.set(values.subarray(from, end), at);
}
