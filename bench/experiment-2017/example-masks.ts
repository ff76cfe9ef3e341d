/** A sheet of held-out slices: the picture, the true mask, and what each network made of it. */
import { diceOf } from '@ventriseg/imaging';
import type { Dataset } from '../../packages/ventriseg/src/dataset/index.ts';
import {
  contactSheet,
  greyWithMaskRgb,
  type Picture,
  type Rgb,
  upscale,
} from '../../packages/ventriseg/src/pictures/index.ts';
import { predictSlices } from './predict-slices.ts';
import { type RunFolder, subjectOfSlice } from './run-folder.ts';

const FOUND = 1;
const MISSED = 2;
const INVENTED = 3;
const colours: ReadonlyMap<number, Rgb> = new Map<number, Rgb>([
  [FOUND, [90, 220, 90]],
  [MISSED, [60, 130, 255]],
  [INVENTED, [255, 70, 50]],
]);

export const masksCaption =
  'Green: ventricle found; blue: missed; red: found where there is none. Under each, its Dice index.';

/** Where a person's slices are shown, as shares of them from first to last. */
const shownAt = [0.25, 0.7];

/** One row a slice: two slices of each of `people`, or of everybody in the test set. */
export async function exampleMasks(
  runs: readonly RunFolder[],
  dataset: Dataset,
  threads: number,
  people?: readonly string[],
): Promise<Picture> {
  const positions = dataset.manifest.subjects
    .filter(({ split, subject }) => split === 'test' && (people?.includes(subject) ?? true))
    .flatMap(({ offset, slices }) => shownAt.map((share) => offset + Math.floor(share * slices.length)));
  const tiles: Picture[] = [];
  const labels: string[] = [];
  const predictions: Float32Array[] = [];
  for (const run of runs) predictions.push(await predictSlices(run.modelPath, dataset, positions, threads));
  const pixels = dataset.rows * dataset.columns;
  positions.forEach((position, n) => {
    const { subject, index } = subjectOfSlice(dataset, position);
    const truth = dataset.label(position);
    tiles.push(tile(dataset, position, new Uint8Array(pixels)), tile(dataset, position, truth));
    labels.push(`${subject}, slice ${index + 1}`, 'true mask');
    runs.forEach((run, k) => {
      const probabilities = predictions[k]!.subarray(n * pixels, (n + 1) * pixels);
      const { agreement, dice } = compare(truth, probabilities);
      tiles.push(tile(dataset, position, agreement));
      labels.push(`${run.name} ${dice.toFixed(2)}`);
    });
  });
  return contactSheet(tiles, { columns: 2 + runs.length, labels, gap: 6 });
}

function tile(dataset: Dataset, position: number, mask: Uint8Array): Picture {
  const { rows, columns } = dataset;
  return upscale(greyWithMaskRgb(dataset.image(position), mask, columns, rows, { colours, opacity: 0.6 }), 2);
}

function compare(truth: Uint8Array, probabilities: Float32Array): { agreement: Uint8Array; dice: number } {
  const agreement = Uint8Array.from(truth, (label, i) => {
    const predicted = probabilities[i]! > 0.5;
    if (label !== 0) return predicted ? FOUND : MISSED;
    return predicted ? INVENTED : 0;
  });
  const count = (kind: number) => agreement.reduce((sum, k) => sum + (k === kind ? 1 : 0), 0);
  const dice = diceOf({
    truePositive: count(FOUND),
    falseNegative: count(MISSED),
    falsePositive: count(INVENTED),
    trueNegative: count(0),
  });
  return { agreement, dice };
}
