/**
 * Segmentation losses, one number an image, so that the mean over a batch is exact however the batch is cut into
 * chunks.
 *
 * `logits` and `target` are [N, K, ...spatial]. K = 1: the foreground's logit and its mask. K > 1: one logit and
 * one one-hot mask a class. Overlap losses of several classes are the mean over the classes.
 */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { logSoftmax, positiveMask, sigmoid, softmax } from '../operators/activation.ts';
import { add, divide, multiply, negate, softplus, subtract } from '../operators/arithmetic.ts';
import { mean, sum } from '../operators/reduce.ts';

/** Maps logits and target to one loss an image, [N]. */
export interface Loss {
  (logits: Value, target: Value): Value;
  /** Channels of the target where they are not those of the logits. */
  readonly targetChannels?: number;
}

/** Shape of the target that a loss wants beside logits. */
export function targetShape(loss: Loss, logits: Value): number[] {
  return logits.shape.map((length, axis) => (axis === 1 ? (loss.targetChannels ?? length) : length));
}

export interface OverlapOptions {
  /** Added to both sides of the quotient; 0 makes an image without foreground undefined. Default 1. */
  readonly smooth?: number;
  /** Classes that take part, counted from 0; default all but the background (class 0) where K > 1. */
  readonly classes?: readonly number[];
  /**
   * What a class that an image does not show is worth in that image. `count`: being found nowhere is right, being
   * found anywhere is wrong. `skip`: nothing, so that rare classes are not drowned by the many images without
   * them; add a cross-entropy, which punishes what is found there. Default `count`.
   */
  readonly absent?: 'count' | 'skip';
}

function check(name: string, logits: Value, target: Value): void {
  if (formatShape(logits.shape) !== formatShape(target.shape)) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `${name}: logits are ${formatShape(logits.shape)}, the target is ${formatShape(target.shape)}`,
    );
  }
}

/** Sigmoid for one channel, softmax for several. */
export function probabilities(logits: Value): Value {
  return logits.shape[1] === 1 ? sigmoid(logits) : softmax(logits);
}

interface OverlapSums {
  /** sum(p g), sum(p), sum(g) over space: [N, K]. */
  readonly both: Value;
  readonly predicted: Value;
  readonly truth: Value;
}

function overlapLoss(
  name: string,
  options: OverlapOptions,
  index: (s: OverlapSums, smooth: number) => Value,
): Loss {
  const smooth = options.smooth ?? 1;
  return (logits, target) => {
    check(name, logits, target);
    const p = probabilities(logits);
    const space = p.shape.flatMap((_, i) => (i < 2 ? [] : [i]));
    const sums = {
      both: sum(multiply(p, target), space),
      predicted: sum(p, space),
      truth: sum(target, space),
    };
    const overlap = index(sums, smooth);
    const classCount = p.shape[1]!;
    const classes =
      options.classes ?? Array.from({ length: classCount }, (_, k) => k).slice(classCount > 1 ? 1 : 0);
    if (classes.length === 0 || !classes.every((k) => Number.isInteger(k) && k >= 0 && k < classCount)) {
      throw new AutogradError(
        'BAD_ARGUMENT',
        `${name}: classes [${classes}] must be some of 0 to ${classCount - 1}, the channels of ${formatShape(logits.shape)}`,
      );
    }
    const g = logits.graph;
    const takesPart = Array.from({ length: classCount }, (_, k) => (classes.includes(k) ? 1 : 0));
    const chosen = g.constant(takesPart, [1, classCount]);
    if ((options.absent ?? 'count') === 'count') {
      return multiply(sum(multiply(overlap, chosen), [1]), 1 / classes.length);
    }
    const shown = multiply(chosen, positiveMask(sums.truth));
    const shownCount = sum(shown, [1]);
    const atLeastOne = g.emit('Max', [shownCount, g.scalar(1)], shownCount.shape);
    return divide(sum(multiply(overlap, shown), [1]), atLeastOne);
  };
}

/**
 * Minus the soft Jaccard index, sum(pg) / sum(p + g - pg): the loss of the 2017 experiment, which called it
 * Dice. Between -1 (perfect) and 0.
 */
export function softJaccardLoss(options: OverlapOptions = {}): Loss {
  return overlapLoss('softJaccardLoss', { smooth: 0, ...options }, ({ both, predicted, truth }, smooth) =>
    negate(divide(add(both, smooth), add(subtract(add(predicted, truth), both), smooth))),
  );
}

/** 1 minus the soft Dice index, 2 sum(pg) / (sum(p) + sum(g)). */
export function softDiceLoss(options: OverlapOptions = {}): Loss {
  return overlapLoss('softDiceLoss', options, ({ both, predicted, truth }, smooth) =>
    subtract(1, divide(add(multiply(both, 2), smooth), add(add(predicted, truth), smooth))),
  );
}

/**
 * 1 minus the Tversky index (Salehi et al. 2017): false positives weigh `alpha`, false negatives `beta`;
 * 0.5 and 0.5 is Dice.
 */
export function tverskyLoss(options: OverlapOptions & { alpha?: number; beta?: number } = {}): Loss {
  const alpha = options.alpha ?? 0.3;
  const beta = options.beta ?? 0.7;
  return overlapLoss('tverskyLoss', options, ({ both, predicted, truth }, smooth) => {
    const falsePositive = multiply(subtract(predicted, both), alpha);
    const falseNegative = multiply(subtract(truth, both), beta);
    return subtract(1, divide(add(both, smooth), add(add(both, add(falsePositive, falseNegative)), smooth)));
  });
}

/** Mean binary cross-entropy of sigmoid(logits), from the logits: softplus(z) - z g. */
export function binaryCrossEntropyLoss(): Loss {
  return (logits, target) => {
    check('binaryCrossEntropyLoss', logits, target);
    return perImageMean(subtract(softplus(logits), multiply(logits, target)));
  };
}

/** Mean cross-entropy of softmax(logits) over the pixels; needs K > 1. */
export function crossEntropyLoss(options: { classWeights?: readonly number[] } = {}): Loss {
  return (logits, target) => {
    check('crossEntropyLoss', logits, target);
    const classCount = logits.shape[1]!;
    if (classCount < 2) {
      throw new AutogradError(
        'SHAPE_MISMATCH',
        `crossEntropyLoss needs at least two classes, got ${formatShape(logits.shape)}; use binaryCrossEntropyLoss for one`,
      );
    }
    let each = multiply(logSoftmax(logits), target);
    if (options.classWeights !== undefined) {
      const shape = logits.shape.map((_, i) => (i === 1 ? classCount : 1));
      each = multiply(each, logits.graph.constant(options.classWeights, shape));
    }
    return multiply(perImageMean(each), -classCount);
  };
}

/** Weighted sum of losses: `sumOfLosses([[1, softDiceLoss()], [0.5, binaryCrossEntropyLoss()]])`. */
export function sumOfLosses(terms: readonly (readonly [weight: number, loss: Loss])[]): Loss {
  if (terms.length === 0) throw new AutogradError('BAD_ARGUMENT', 'sumOfLosses() needs at least one loss');
  return (logits, target) =>
    terms.map(([weight, loss]) => multiply(loss(logits, target), weight)).reduce((a, b) => add(a, b));
}

function perImageMean(x: Value): Value {
  return mean(
    x,
    x.shape.flatMap((_, i) => (i === 0 ? [] : [i])),
  );
}
