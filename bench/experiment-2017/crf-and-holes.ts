/**
 * What two refinements of the masks change, for good or bad: the dense CRF on each slice, and filling of holes.
 *
 * The CRF's parameters are chosen among a small grid by the Dice index of the training people; the scores are those
 * of the test people. (On its training people a network is surer than it should be, so the choice leans to a weak
 * CRF; choosing on the test people would flatter the CRF.)
 */
import { parseArgs } from 'node:util';
import { createVolume, type DenseCrfOptions, denseCrf2d, fillHoles } from '@ventriseg/imaging';
import { type Dataset, openDataset } from '../../packages/ventriseg/src/dataset/index.ts';
import { type ClassEvaluation, evaluateSlices } from '../../packages/ventriseg/src/training/index.ts';
import { runScript, UsageError, wholeNumber } from '../command-line.ts';
import { markdownTable } from './markdown-table.ts';
import { predictSlices } from './predict-slices.ts';
import { type RunFolder, readRun } from './run-folder.ts';

const help = `tsx bench/experiment-2017/crf-and-holes.ts RUN... [options]

  RUN                  folders that \`ventriseg train\` made
  --dataset DIR        when it is no longer where the runs found it
  --every N            choose the CRF's parameters on every Nth training slice; default 2
  --threads N          default 2

Prints a Markdown table.
`;

type CrfChoice = Required<Pick<DenseCrfOptions, 'smoothness' | 'bilateral'>>;

/** Pixels are 2 mm; intensities 0 to 255. */
const grid: readonly CrfChoice[] = [0.25, 1].flatMap((smoothWeight) => {
  const smoothness = { sigmaMm: 2, weight: smoothWeight };
  const off = { smoothness, bilateral: { sigmaMm: 3, sigmaIntensity: 20, weight: 0 } };
  const on = [3, 6].flatMap((sigmaMm) =>
    [10, 20].flatMap((sigmaIntensity) =>
      [0.5, 2].map((weight) => ({ smoothness, bilateral: { sigmaMm, sigmaIntensity, weight } })),
    ),
  );
  return [off, ...on];
});

interface Slices {
  readonly dataset: Dataset;
  readonly positions: readonly number[];
  /** [positions.length, rows, columns] */
  readonly probabilities: Float32Array;
}

async function refineByCrf(
  { dataset, positions, probabilities }: Slices,
  options: DenseCrfOptions,
): Promise<Float32Array> {
  const { rows, columns } = dataset;
  const { pixelMm } = dataset.manifest.pictures;
  const pixels = rows * columns;
  const refined = new Float32Array(probabilities.length);
  const both = new Float32Array(2 * pixels);
  for (const [n, position] of positions.entries()) {
    for (let i = 0; i < pixels; i++) {
      const p = probabilities[n * pixels + i]!;
      both[i] = 1 - p;
      both[pixels + i] = p;
    }
    const slice = {
      data: dataset.image(position),
      shape: [columns, rows] as const,
      spacingMm: [pixelMm, pixelMm] as const,
    };
    const q = await denseCrf2d(both, slice, options);
    refined.set(q.subarray(pixels), n * pixels);
  }
  return refined;
}

/** Masks as probabilities 0 and 1, their holes filled slice by slice. */
function fillSliceHoles({ dataset, positions, probabilities }: Slices): {
  filled: Float32Array;
  pixels: number;
  slices: number;
} {
  const { rows, columns } = dataset;
  const size = rows * columns;
  const filled = new Float32Array(probabilities.length);
  let pixels = 0;
  let slices = 0;
  for (let n = 0; n < positions.length; n++) {
    const mask = Uint8Array.from(probabilities.subarray(n * size, (n + 1) * size), (p) => (p > 0.5 ? 1 : 0));
    const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as const;
    const result = fillHoles(createVolume(mask, [columns, rows, 1], identity));
    filled.set(result.mask.data, n * size);
    pixels += result.filledVoxels;
    if (result.filledVoxels > 0) slices++;
  }
  return { filled, pixels, slices };
}

function evaluate({ dataset, positions, probabilities }: Slices): ClassEvaluation {
  return evaluateSlices(dataset, positions, probabilities)[0]!;
}

/** The grid's best on the training people. */
async function chooseCrf(training: Slices, name: string): Promise<CrfChoice> {
  const before = evaluate(training).byPerson.dice;
  let best = { choice: grid[0]!, dice: Number.NEGATIVE_INFINITY };
  for (const [i, choice] of grid.entries()) {
    const refined = await refineByCrf(training, choice);
    const { dice } = evaluate({ ...training, probabilities: refined }).byPerson;
    process.stderr.write(
      `${name}: ${i + 1} of ${grid.length}: ${describe(choice)}: training people's Dice ${dice.toFixed(4)} (${before.toFixed(4)} without)\n`,
    );
    if (dice > best.dice) best = { choice, dice };
  }
  return best.choice;
}

function describe({ smoothness, bilateral }: CrfChoice): string {
  const smooth = `smoothness ${smoothness.sigmaMm} mm x ${smoothness.weight}`;
  return bilateral.weight === 0
    ? `${smooth}, no bilateral kernel`
    : `${smooth}, bilateral ${bilateral.sigmaMm} mm, ${bilateral.sigmaIntensity} grey x ${bilateral.weight}`;
}

async function rowsOfRun(run: RunFolder, dataset: Dataset, every: number, threads: number) {
  const slicesOf = async (positions: number[]): Promise<Slices> => ({
    dataset,
    positions,
    probabilities: await predictSlices(run.modelPath, dataset, positions, threads),
  });
  const test = await slicesOf([...dataset.slicesOf('test')]);
  const training = await slicesOf([...dataset.slicesOf('train')].filter((_, i) => i % every === 0));
  const choice = await chooseCrf(training, run.name);
  const refined = { ...test, probabilities: await refineByCrf(test, choice) };
  const byDefault = { ...test, probabilities: await refineByCrf(test, {}) };
  const holes = fillSliceHoles(test);
  const holesAfter = fillSliceHoles(refined);
  const holeNote = ({ pixels, slices }: { pixels: number; slices: number }) =>
    `${pixels} pixels in ${slices} slices`;
  const plain = evaluate(test);
  const row = (what: string, note: string, e: ClassEvaluation) => {
    const scored = (now: number, before: number) =>
      e === plain
        ? now.toFixed(4)
        : `${now.toFixed(4)} (${now < before ? '' : '+'}${(now - before).toFixed(4)})`;
    return [
      run.name,
      what,
      scored(e.bySlice.jaccard, plain.bySlice.jaccard),
      scored(e.bySlice.dice, plain.bySlice.dice),
      scored(e.byPerson.jaccard, plain.byPerson.jaccard),
      scored(e.byPerson.dice, plain.byPerson.dice),
      note,
    ];
  };
  return [
    row('as predicted', '', plain),
    row('holes filled', holeNote(holes), evaluate({ ...test, probabilities: holes.filled })),
    row('CRF, default parameters', '', evaluate(byDefault)),
    row('CRF, chosen on training people', describe(choice), evaluate(refined)),
    row(
      'that CRF, then holes filled',
      holeNote(holesAfter),
      evaluate({ ...test, probabilities: holesAfter.filled }),
    ),
  ];
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      dataset: { type: 'string' },
      every: { type: 'string', default: '2' },
      threads: { type: 'string', default: '2' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  if (positionals.length === 0) throw new UsageError('wants at least one RUN folder; see --help');
  const every = wholeNumber('--every', values.every, 1);
  const threads = wholeNumber('--threads', values.threads, 1);
  const runs = await Promise.all(positionals.map(readRun));
  const dataset = await openDataset(values.dataset ?? runs[0]!.datasetPath);
  const rows = [];
  for (const run of runs) rows.push(...(await rowsOfRun(run, dataset, every, threads)));
  const head = [
    'network',
    'mask',
    'Jaccard, by slice',
    'Dice, by slice',
    'Jaccard, by person',
    'Dice, by person',
    'notes',
  ];
  process.stdout.write(`${markdownTable(head, rows)}\n`);
}

await runScript('crf-and-holes', main);
