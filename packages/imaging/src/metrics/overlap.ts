/**
 * How much two masks overlap.
 *
 * With A and B the voxels that are not zero: Dice = 2|A and B| / (|A| + |B|), Jaccard = |A and B| / |A or B|;
 * Dice = 2J / (1 + J), so Dice is the larger and the two must not be confused (a Jaccard of 0.45 is a Dice of
 * 0.62). Two empty masks agree completely: both indices are 1 then; one empty mask gives 0.
 */
import { ImagingError } from '../errors.ts';
import type { Volume, VoxelArray } from '../volume/volume.ts';
import { requireSameGrid } from './require-same-grid.ts';

export interface ConfusionCounts {
  truePositive: number;
  falsePositive: number;
  falseNegative: number;
  trueNegative: number;
}

/**
 * Counts voxels by truth and prediction; non-zero is positive.
 *
 * @throws ImagingError GRID_MISMATCH
 */
export function confusionCounts(truth: Volume, prediction: Volume): ConfusionCounts {
  requireSameGrid('confusionCounts', truth, prediction);
  return count(truth.data, prediction.data);
}

/**
 * Dice similarity coefficient of two masks (non-zero is foreground), 0 to 1; 1 when both are empty.
 *
 * @throws ImagingError GRID_MISMATCH
 */
export function dice(a: Volume, b: Volume): number {
  requireSameGrid('dice', a, b);
  return diceOf(count(a.data, b.data));
}

/**
 * Jaccard index (intersection over union) of two masks, 0 to 1; 1 when both are empty.
 *
 * @throws ImagingError GRID_MISMATCH
 */
export function jaccard(a: Volume, b: Volume): number {
  requireSameGrid('jaccard', a, b);
  return jaccardOf(count(a.data, b.data));
}

/** Dice from counts, so that several measures need one pass over the voxels. */
export function diceOf({ truePositive, falsePositive, falseNegative }: ConfusionCounts): number {
  const sum = 2 * truePositive + falsePositive + falseNegative;
  return sum === 0 ? 1 : (2 * truePositive) / sum;
}

/** Jaccard index from counts. */
export function jaccardOf({ truePositive, falsePositive, falseNegative }: ConfusionCounts): number {
  const union = truePositive + falsePositive + falseNegative;
  return union === 0 ? 1 : truePositive / union;
}

/**
 * Soft Dice of two arrays of probabilities: 2 sum(pg) / (sum(p) + sum(g)); 1 when both sums are 0.
 *
 * Equals Dice on zeros and ones.
 */
export function softDice(p: ArrayLike<number>, g: ArrayLike<number>): number {
  const { product, sum } = softSums('softDice', p, g);
  return sum === 0 ? 1 : (2 * product) / sum;
}

/**
 * Soft Jaccard index of two arrays of probabilities: sum(pg) / sum(p + g - pg); 1 when both sums are 0.
 *
 * Equals the Jaccard index on zeros and ones. Its negative is the loss of the 2017 experiment.
 */
export function softJaccard(p: ArrayLike<number>, g: ArrayLike<number>): number {
  const { product, sum } = softSums('softJaccard', p, g);
  return sum === 0 ? 1 : product / (sum - product);
}

function softSums(operation: string, p: ArrayLike<number>, g: ArrayLike<number>) {
  if (p.length !== g.length) {
    throw new ImagingError('BAD_DIMENSIONS', `${operation}: lengths differ: ${p.length} and ${g.length}`);
  }
  let product = 0;
  let sum = 0;
  for (let at = 0; at < p.length; at++) {
    product += p[at]! * g[at]!;
    sum += p[at]! + g[at]!;
  }
  return { product, sum };
}

function count(truth: VoxelArray, prediction: VoxelArray): ConfusionCounts {
  let truePositive = 0;
  let falsePositive = 0;
  let falseNegative = 0;
  for (let at = 0; at < truth.length; at++) {
    if (truth[at] !== 0) {
      if (prediction[at] !== 0) truePositive++;
      else falseNegative++;
    } else if (prediction[at] !== 0) falsePositive++;
  }
  const trueNegative = truth.length - truePositive - falsePositive - falseNegative;
  return { truePositive, falsePositive, falseNegative, trueNegative };
}
