/**
 * How well a network does on slices it was not trained on: by slice, as the 2017 experiment counted, and by
 * person, over all of a person's slices at once, as a volume is used. Dice and Jaccard are computed from the
 * mask at one half (or the most probable class); the soft Jaccard index from the probabilities.
 */
import type { Dataset } from '../dataset/read-dataset.ts';
import { outputClasses } from '../recipes/index.ts';

export interface OverlapScores {
  readonly dice: number;
  readonly jaccard: number;
}

export interface SliceScores extends OverlapScores {
  /** sum(pg) / sum(p + g - pg): what the 2017 experiment reported as "Dice". */
  readonly softJaccard: number;
}

export interface SubjectScores extends OverlapScores {
  readonly subject: string;
  readonly dataset: string | null;
  readonly slices: number;
}

export interface ClassEvaluation {
  readonly name: string;
  /** Means over the slices that have the class, in truth or prediction. */
  readonly bySlice: SliceScores;
  /** Mean over the people. */
  readonly byPerson: OverlapScores;
  readonly subjects: readonly SubjectScores[];
}

interface Counts {
  both: number;
  predicted: number;
  truth: number;
}

function scores({ both, predicted, truth }: Counts): OverlapScores {
  const either = predicted + truth - both;
  // Nothing there and nothing found is a perfect answer.
  return either === 0
    ? { dice: 1, jaccard: 1 }
    : { dice: (2 * both) / (predicted + truth), jaccard: both / either };
}

/**
 * @param positions slices of the dataset, in the order of the probabilities
 * @param probabilities [positions.length, K, rows, columns], K = 1 or classes + background
 */
export function evaluateSlices(
  dataset: Dataset,
  positions: readonly number[],
  probabilities: Float32Array,
): ClassEvaluation[] {
  const { classes } = dataset.manifest.plan;
  const decided = positions.map((_, n) => decideLabels(dataset, probabilities, n));
  const subjectOf = new Map(
    dataset.manifest.subjects.flatMap((s) => s.slices.map((_, k) => [s.offset + k, s] as const)),
  );
  return classes.map(({ name }, index) => {
    const slices: SliceScores[] = [];
    const bySubject = new Map<string, { dataset: string | null; slices: number; counts: Counts }>();
    positions.forEach((position, n) => {
      const { soft, counts } = compare(
        dataset.label(position),
        decided[n]!,
        softMap(dataset, probabilities, n, index + 1),
        index + 1,
      );
      if (counts.predicted + counts.truth > 0) slices.push({ ...scores(counts), softJaccard: soft });
      const subject = subjectOf.get(position)!;
      let sum = bySubject.get(subject.subject);
      if (sum === undefined) {
        sum = { dataset: subject.dataset, slices: 0, counts: { both: 0, predicted: 0, truth: 0 } };
        bySubject.set(subject.subject, sum);
      }
      sum.slices++;
      sum.counts.both += counts.both;
      sum.counts.predicted += counts.predicted;
      sum.counts.truth += counts.truth;
    });
    const subjects = [...bySubject].map(([subject, sum]) => ({
      subject,
      dataset: sum.dataset,
      slices: sum.slices,
      ...scores(sum.counts),
    }));
    return {
      name,
      bySlice: {
        dice: meanOf(slices, (s) => s.dice),
        jaccard: meanOf(slices, (s) => s.jaccard),
        softJaccard: meanOf(slices, (s) => s.softJaccard),
      },
      byPerson: { dice: meanOf(subjects, (s) => s.dice), jaccard: meanOf(subjects, (s) => s.jaccard) },
      subjects,
    };
  });
}

/** Class numbers of the n-th picture: the mask at one half, or the most probable class. */
export function decideLabels(dataset: Dataset, probabilities: Float32Array, n: number): Uint8Array {
  const { channels, pixels } = pictureLayout(dataset);
  const base = n * channels * pixels;
  const labels = new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) {
    if (channels === 1) {
      labels[i] = probabilities[base + i]! > 0.5 ? 1 : 0;
      continue;
    }
    let best = 0;
    for (let k = 1; k < channels; k++) {
      if (probabilities[base + k * pixels + i]! > probabilities[base + best * pixels + i]!) best = k;
    }
    labels[i] = best;
  }
  return labels;
}

/** Probabilities of one class in the n-th picture; a view. */
function softMap(dataset: Dataset, probabilities: Float32Array, n: number, label: number): Float32Array {
  const { channels, pixels } = pictureLayout(dataset);
  const from = (n * channels + (channels === 1 ? 0 : label)) * pixels;
  return probabilities.subarray(from, from + pixels);
}

function pictureLayout(dataset: Dataset) {
  return {
    channels: outputClasses(dataset.manifest.plan.classes.length),
    pixels: dataset.rows * dataset.columns,
  };
}

/** One class of one slice: overlap of the decided mask, and the soft Jaccard index. */
function compare(
  truth: Uint8Array,
  decided: Uint8Array,
  probability: Float32Array,
  label: number,
): { counts: Counts; soft: number } {
  const counts: Counts = { both: 0, predicted: 0, truth: 0 };
  let softBoth = 0;
  let softPredicted = 0;
  for (let i = 0; i < truth.length; i++) {
    const p = probability[i]!;
    const isPredicted = decided[i] === label;
    softPredicted += p;
    if (isPredicted) counts.predicted++;
    if (truth[i] === label) {
      counts.truth++;
      softBoth += p;
      if (isPredicted) counts.both++;
    }
  }
  const either = softPredicted + counts.truth - softBoth;
  return { counts, soft: either === 0 ? 1 : softBoth / either };
}

function meanOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.length === 0 ? Number.NaN : items.reduce((sum, item) => sum + value(item), 0) / items.length;
}
