/**
 * Cross-entropy and soft Dice for labels that may leave open which of several classes is meant.
 *
 * Collections of labelled scans divide the same anatomy differently: one counts the choroid plexus as lateral
 * ventricle, the other gives it a number of its own. A network learns from both when a label stands for the set of
 * classes that it allows (partial labels): cross-entropy is taken of the probability that the label's classes have
 * together, and Dice of groups of classes that every label falls into as a whole.
 *
 * All that Dice needs is the table of how much of each label got which class, one matrix product for all positions.
 */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { softmax } from '../operators/activation.ts';
import { add, divide, log, multiply, subtract } from '../operators/arithmetic.ts';
import { matmul } from '../operators/matmul.ts';
import { mean, sum } from '../operators/reduce.ts';
import { reshape, transpose } from '../operators/shape.ts';
import type { Loss } from './losses.ts';

export interface LabelSetOptions {
  /** For each label the classes that it allows, counted from 0. */
  readonly allowed: readonly (readonly number[])[];
  /** Groups of classes whose overlap counts; a label belongs to a group when all its classes do. */
  readonly groups: readonly (readonly number[])[];
  /** Weights of the two parts; default 1. */
  readonly crossEntropy?: number;
  readonly dice?: number;
  /** What an element of each label counts in the cross-entropy; default 1. */
  readonly labelWeights?: readonly number[];
  /** Added to both sides of Dice's quotient, in elements; default 1. */
  readonly smooth?: number;
}

/** Keeps the logarithm finite; far below any probability that matters. */
const LEAST_PROBABILITY = 1e-15;

/**
 * @returns a loss of logits [N, K, ...spatial] and target [N, J, ...spatial], one-hot over the J labels, one number
 * an image
 * @throws AutogradError BAD_ARGUMENT for classes out of range; SHAPE_MISMATCH
 */
export function labelSetLoss(options: LabelSetOptions): Loss {
  const { allowed, groups, crossEntropy = 1, dice = 1, labelWeights, smooth = 1 } = options;
  const loss = (logits: Value, target: Value) => {
    const g = logits.graph;
    const [n, classes, ...spatial] = logits.shape as [number, number, ...number[]];
    check(options, logits, target);
    const last = [0, ...spatial.map((_, i) => i + 2), 1];
    const positions = spatial.reduce((a, b) => a * b, 1);
    const rows = (x: Value, columns: number) => reshape(transpose(x, last), [n, positions, columns]);
    const truth = rows(target, allowed.length);
    const p = reshape(softmax(reshape(rows(logits, classes), [n * positions, classes])), [
      n,
      positions,
      classes,
    ]);
    /** A table in the graph, once for each image. */
    const table = (height: number, width: number, value: (row: number, column: number) => boolean) => {
      const numbers = Array.from({ length: height * width }, (_, i) =>
        Number(value(Math.floor(i / width), i % width)),
      );
      return g.constant(Array<number[]>(n).fill(numbers).flat(), [n, height, width]);
    };
    const allows = table(allowed.length, classes, (label, k) => allowed[label]!.includes(k));
    // Sums over classes as matrix products, whose gradient needs no copies of what was summed.
    const everyClass = g.constant(Array<number>(n * classes).fill(1), [n, classes, 1]);
    const right = matmul(multiply(p, matmul(truth, allows)), everyClass);
    const logs = log(add(right, LEAST_PROBABILITY));
    const weights =
      labelWeights &&
      g.constant(Array<readonly number[]>(n).fill(labelWeights).flat(), [n, allowed.length, 1]);
    const entropy = mean(weights ? multiply(logs, matmul(truth, weights)) : logs, [1, 2]);

    const inGroup = (label: number, group: number) =>
      allowed[label]!.every((k) => groups[group]!.includes(k));
    const classGroup = table(classes, groups.length, (k, group) => groups[group]!.includes(k));
    const labelGroup = table(allowed.length, groups.length, inGroup);
    // How much of each label went to each class [N, J, K], then to each group [N, J, G].
    const confusion = matmul(truth, p, { transposeA: true });
    const found = matmul(confusion, classGroup);
    const both = sum(multiply(found, labelGroup), [1]);
    const predicted = sum(found, [1]);
    // Probabilities add up to 1, so the rows of the table add up to how often each label is there.
    const truths = sum(multiply(matmul(confusion, everyClass), labelGroup), [1]);
    const index = divide(add(multiply(both, 2), smooth), add(add(predicted, truths), smooth));
    return subtract(multiply(subtract(1, mean(index, [1])), dice), multiply(entropy, crossEntropy));
  };
  return Object.assign(loss, { targetChannels: allowed.length });
}

function check({ allowed, groups, labelWeights }: LabelSetOptions, logits: Value, target: Value): void {
  const classes = logits.shape[1]!;
  const bad = [...allowed, ...groups].find(
    (set) => set.length === 0 || !set.every((k) => Number.isInteger(k) && k >= 0 && k < classes),
  );
  if (bad !== undefined) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `labelSetLoss: [${bad}] must be some of the classes 0 to ${classes - 1} of ${formatShape(logits.shape)}`,
    );
  }
  if (labelWeights !== undefined && labelWeights.length !== allowed.length) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `labelSetLoss: ${labelWeights.length} weights for ${allowed.length} labels`,
    );
  }
  const wanted = logits.shape.map((length, i) => (i === 1 ? allowed.length : length));
  if (formatShape(wanted) !== formatShape(target.shape)) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `labelSetLoss: ${allowed.length} labels for logits ${formatShape(logits.shape)} need a target ${formatShape(wanted)}, got ${formatShape(target.shape)}`,
    );
  }
}
