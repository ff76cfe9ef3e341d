/** Scores of a volume network on cases that it is not trained on: Dice of each structure, case by case. */
import type { Shape3 } from '@ventriseg/imaging';
import type { VolumeRole } from '../volumes/index.ts';
import { readingOfRole } from './tissue-codes.ts';
import { plainSample } from './volume-sampler.ts';
import type { VolumeCase } from './warp-volume.ts';

export interface CaseScores {
  readonly name: string;
  /** Dice of each group of classes that the loss counts (see `readingOfRole`); NaN where neither has any. */
  readonly dice: readonly number[];
  /** Dice of all groups together. */
  readonly all: number;
}

/** Names of the groups whose overlap is told. */
export const groupNames: Readonly<Record<VolumeRole, readonly string[]>> = {
  segment: ['lateral_left', 'lateral_right', 'horn_left', 'horn_right', 'third', 'fourth'],
  locate: ['lateral_left', 'lateral_right', 'third', 'fourth'],
};

/** @param predict gives the probabilities [classes, nz, ny, nx] of an image of `shape` */
export async function evaluateVolumes(
  role: VolumeRole,
  cases: readonly VolumeCase[],
  shape: Shape3,
  predict: (image: Float32Array) => Promise<Float32Array>,
): Promise<CaseScores[]> {
  const { allowed, groups } = readingOfRole[role];
  const groupOfClass = (k: number) => groups.findIndex((group) => group.includes(k));
  const groupOfLabel = allowed.map(([first]) => groupOfClass(first!));
  const scores: CaseScores[] = [];
  for (const source of cases) {
    const { image, labels } = plainSample(role, source, shape);
    const predicted = mostProbable(await predict(image), image.length).map((k) => groupOfClass(k) + 1);
    const truth = labels.map((label) => groupOfLabel[label]! + 1);
    const table = new Float64Array(3 * (groups.length + 1));
    let both = 0;
    let sum = 0;
    for (let i = 0; i < truth.length; i++) {
      table[3 * truth[i]!]!++;
      table[3 * predicted[i]! + 1]!++;
      if (truth[i] === predicted[i]) table[3 * truth[i]! + 2]!++;
      if (truth[i] !== 0 && predicted[i] !== 0) both++;
      sum += Number(truth[i] !== 0) + Number(predicted[i] !== 0);
    }
    const dice = groups.map((_, g) => (2 * table[3 * g + 5]!) / (table[3 * g + 3]! + table[3 * g + 4]!));
    scores.push({ name: source.name, dice, all: (2 * both) / sum });
  }
  return scores;
}

/** The class of each voxel. @param probability [classes, voxels] */
export function mostProbable(probability: Float32Array, voxels: number): Uint8Array {
  const best = new Uint8Array(voxels);
  for (let k = 1; k * voxels < probability.length; k++) {
    for (let i = 0; i < voxels; i++) {
      if (probability[k * voxels + i]! > probability[best[i]! * voxels + i]!) best[i] = k;
    }
  }
  return best;
}

/** Mean over the cases that have a value. */
export function meanScore(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
