/**
 * The experiment's results from its run folders: curves over the training (SVG and PNG), example masks of held-out
 * people (PNG), and the tables for docs/experiment-2017.md.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDataset } from '../../packages/ventriseg/src/dataset/index.ts';
import { encodePng } from '../../packages/ventriseg/src/pictures/index.ts';
import { type Chart, drawCharts, palette, type Series } from '../charts/line-chart.ts';
import { saveDrawing } from '../charts/save-drawing.ts';
import { runScript, UsageError, wholeNumber } from '../command-line.ts';
import { columnOf } from './csv-table.ts';
import { exampleMasks, masksCaption } from './example-masks.ts';
import { markdownTable } from './markdown-table.ts';
import { type RunFolder, readRun } from './run-folder.ts';

/** What the 2017 post reported as Dice and was the soft Jaccard index, on slices of people it had trained on. */
const SOFT_JACCARD_2017 = 0.45;
/** Dice of that Jaccard index. */
const DICE_2017 = (2 * SOFT_JACCARD_2017) / (1 + SOFT_JACCARD_2017);
const IMAGES_PER_SECOND_2017 = 13;

const help = `tsx bench/experiment-2017/report.ts RUN... [options]

  RUN                  folders that \`ventriseg train\` made, in the order to be shown
  -o, --output DIR     folder for curves.svg, curves.png, masks.png; default docs/experiment-2017
  --people LIST        of whom masks are shown, comma-separated; default all
                       of the test set. Only people whose licence allows it may
                       be shown in the docs
  --dataset DIR        when it is no longer where the runs found it
  --threads N          default 2

Prints the tables as Markdown.
`;

const colours = [palette.blue, palette.vermilion, palette.sky, palette.orange, palette.green, palette.purple];

function curves(runs: readonly RunFolder[]): Chart[] {
  const over = (run: RunFolder, name: string, sign = 1) => {
    const steps = columnOf(run.scalars, 'step', run.scalarsPath);
    const column = columnOf(run.scalars, name, run.scalarsPath);
    return steps.map((step, i) => [step, sign * column[i]!] as const);
  };
  const each = (make: (run: RunFolder, colour: Series['colour']) => Series[]) =>
    runs.flatMap((run, i) => make(run, colours[i % colours.length]!));
  return [
    {
      title: 'Soft Jaccard index of held-out slices',
      xLabel: 'step',
      yRange: [0, 1],
      series: each((run, colour) => [
        { label: run.name, colour, points: over(run, 'soft_jaccard/test') },
        // Where the loss is minus the soft Jaccard index, it is the same index on the training slices.
        ...(run.recipe.loss.length === 1 && run.recipe.loss[0]![1].kind === 'soft-jaccard'
          ? [
              {
                label: `${run.name}, training`,
                colour,
                width: 1.1,
                dash: [4, 3] as const,
                points: over(run, 'loss/train', -1),
              },
            ]
          : []),
      ]),
      references: [{ y: SOFT_JACCARD_2017, label: '2017: 0.45' }],
    },
    {
      title: 'Dice index of held-out slices',
      xLabel: 'step',
      yRange: [0, 1],
      series: each((run, colour) => [{ label: run.name, colour, points: over(run, 'dice/test') }]),
      references: [{ y: DICE_2017, label: '2017: 0.62' }],
    },
  ];
}

function scoresTable(runs: readonly RunFolder[]): string {
  const published = [
    '2017, as published',
    '2040',
    SOFT_JACCARD_2017.toFixed(2),
    '',
    DICE_2017.toFixed(2),
    '',
    '',
    String(IMAGES_PER_SECOND_2017),
  ];
  return markdownTable(
    [
      'network',
      'steps',
      'soft Jaccard, by slice',
      'Jaccard, by slice',
      'Dice, by slice',
      'Jaccard, by person',
      'Dice, by person',
      'images/s, training',
    ],
    [
      published,
      ...runs.map(({ name, step, evaluation: { bySlice, byPerson }, scalars, scalarsPath }) => [
        name,
        String(step),
        ...[bySlice.softJaccard, bySlice.jaccard, bySlice.dice, byPerson.jaccard, byPerson.dice].map(
          (score) => score.toFixed(3),
        ),
        columnOf(scalars, 'images_per_second', scalarsPath).at(-1)!.toFixed(0),
      ]),
    ],
  );
}

function peopleTable(runs: readonly RunFolder[]): string {
  const people = runs[0]!.evaluation.subjects;
  for (const { name, evaluation } of runs) {
    if (evaluation.subjects.map((s) => s.subject).join() !== people.map((s) => s.subject).join()) {
      throw new Error(`${name} was evaluated on other people than ${runs[0]!.name}`);
    }
  }
  return markdownTable(
    ['person', 'set', 'slices', ...runs.map(({ name }) => name)],
    people.map(({ subject, dataset, slices }, i) => [
      subject,
      dataset ?? '',
      String(slices),
      ...runs.map(({ evaluation }) => evaluation.subjects[i]!.dice.toFixed(3)),
    ]),
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      output: { type: 'string', short: 'o', default: 'docs/experiment-2017' },
      people: { type: 'string' },
      dataset: { type: 'string' },
      threads: { type: 'string', default: '2' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  if (positionals.length === 0) throw new UsageError('wants at least one RUN folder; see --help');
  const threads = wholeNumber('--threads', values.threads, 1);
  const runs = await Promise.all(positionals.map(readRun));
  const dataset = await openDataset(values.dataset ?? runs[0]!.datasetPath);
  const drawing = drawCharts(
    curves(runs),
    `Soft Jaccard and Dice index of held-out people over the training of ${runs.map(({ name }) => name).join(', ')}`,
  );
  const files = await saveDrawing(values.output, 'curves', drawing);
  const masks = join(values.output, 'masks.png');
  await mkdir(values.output, { recursive: true });
  await writeFile(masks, encodePng(await exampleMasks(runs, dataset, threads, values.people?.split(','))));
  process.stderr.write(`wrote ${[...files, masks].join(', ')}\n`);
  process.stdout.write(
    `${[
      'Held-out people:',
      scoresTable(runs),
      'By slice: mean over the held-out slices. By person: all slices of a person counted together, mean over the people. ' +
        'Images/s count in the evaluation after each epoch. 2017: soft Jaccard there called Dice, and Dice computed from it, ' +
        'on slices of people who were also trained on; images/s on 8 cores.',
      'Dice of each held-out person:',
      peopleTable(runs),
      `masks.png: ${masksCaption}`,
    ].join('\n\n')}\n`,
  );
}

await runScript('report', main);
