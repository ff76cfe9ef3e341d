/**
 * Values to TensorBoard's HistogramProto: 30 buckets of equal width from the least to the greatest value.
 *
 * Equal buckets are what `tf.summary.histogram` of TensorFlow 2 writes. TensorFlow 1 wrote some 1500 exponential
 * ones (limits 1e-12 * 1.1^n, either sign), which spend nearly all of their buckets on magnitudes that weights
 * and activations do not have; TensorBoard re-bins both to the same drawing.
 */

import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { TensorBoardError } from './errors.ts';
import { readDoubles, readMessage, writeDouble, writePacked } from './wire.ts';

/** Counts of values in buckets, with the moments TensorBoard keeps. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  /** Number of values. */
  readonly num: number;
  readonly sum: number;
  readonly sumSquares: number;
  /** Upper edge of each bucket; the lower edge is the edge before it, or `min`. */
  readonly bucketLimits: ArrayLike<number> & Iterable<number>;
  /** Number of values in each bucket: lower edge <= value < upper edge, the last also takes `max`. */
  readonly buckets: ArrayLike<number> & Iterable<number>;
}

/**
 * Counts `values` in `bucketCount` equal buckets; when all values are the same, in one bucket of no width.
 *
 * @throws TensorBoardError BAD_ARGUMENT without values or with a bucket count below 1; NON_FINITE when a value
 * is NaN or infinite (as TensorFlow: such weights have no histogram, and hiding them would hide a diverged run).
 */
export function histogramOf(values: ArrayLike<number>, bucketCount = 30): Histogram {
  if (!Number.isInteger(bucketCount) || bucketCount < 1) {
    throw new TensorBoardError(
      'BAD_ARGUMENT',
      `histogram: bucketCount must be 1 or more, got ${bucketCount}`,
    );
  }
  const num = values.length;
  if (num === 0) {
    throw new TensorBoardError('BAD_ARGUMENT', 'histogram: no values to count');
  }
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let sumSquares = 0;
  let nonFinite = 0;
  for (let i = 0; i < num; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) nonFinite++;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sumSquares += value * value;
  }
  if (nonFinite > 0) {
    throw new TensorBoardError(
      'NON_FINITE',
      `histogram: ${nonFinite} of ${num} values are NaN or infinite; did the training diverge?`,
    );
  }
  if (min === max) {
    return { min, max, num, sum, sumSquares, bucketLimits: [max], buckets: [num] };
  }
  const bucketLimits = new Float64Array(bucketCount);
  const buckets = new Float64Array(bucketCount);
  for (let b = 0; b < bucketCount; b++) {
    const fraction = (b + 1) / bucketCount;
    // Where least and greatest are a few representable numbers apart, rounding must not put the edges out of order.
    const limit = Math.min(max, min * (1 - fraction) + max * fraction);
    bucketLimits[b] = Math.max(limit, b === 0 ? min : bucketLimits[b - 1]!);
  }
  // max - min overflows when both are near the ends of the double range; halves do not.
  const scale = Number.isFinite(max - min) ? 1 : 0.5;
  const range = max * scale - min * scale;
  for (let i = 0; i < num; i++) {
    const value = values[i]!;
    let b = Math.min(bucketCount - 1, Math.floor(((value * scale - min * scale) / range) * bucketCount));
    // The division rounds; the limits as written decide.
    while (b > 0 && value < bucketLimits[b - 1]!) b--;
    while (b < bucketCount - 1 && value >= bucketLimits[b]!) b++;
    buckets[b]!++;
  }
  return { min, max, num, sum, sumSquares, bucketLimits, buckets };
}

/** Writes the fields of a HistogramProto. */
export function writeHistogram(writer: BinaryWriter, histogram: Histogram): void {
  writeDouble(writer, 1, histogram.min);
  writeDouble(writer, 2, histogram.max);
  writeDouble(writer, 3, histogram.num);
  writeDouble(writer, 4, histogram.sum);
  writeDouble(writer, 5, histogram.sumSquares);
  writePacked(writer, 6, histogram.bucketLimits, (packed, limit) => packed.double(limit));
  writePacked(writer, 7, histogram.buckets, (packed, count) => packed.double(count));
}

/** Reads a HistogramProto. */
export function readHistogram(bytes: Uint8Array): Histogram {
  const fields = [0, 0, 0, 0, 0, 0];
  const bucketLimits: number[] = [];
  const buckets: number[] = [];
  readMessage(bytes, (field, reader, wireType) => {
    if (field >= 1 && field <= 5) fields[field] = reader.double();
    else if (field === 6) readDoubles(reader, wireType, bucketLimits);
    else if (field === 7) readDoubles(reader, wireType, buckets);
    else return false;
    return true;
  });
  const [, min, max, num, sum, sumSquares] = fields;
  return { min: min!, max: max!, num: num!, sum: sum!, sumSquares: sumSquares!, bucketLimits, buckets };
}
