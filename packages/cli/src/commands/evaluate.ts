/** `ventriseg evaluate`: a label map against the truth, or a network on the people of a dataset. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { LabelScheme, SplitName } from 'ventriseg/node';
import {
  addCommonOptions,
  type CliStreams,
  type CommandRun,
  type CommonOptions,
  helpFooter,
  type Outcome,
  runCommand,
} from '../command-run.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { wholeNumber } from '../option-values.ts';
import { formatTable } from '../table.ts';

interface EvaluateCommandOptions extends CommonOptions {
  split?: SplitName;
  threads?: number;
  truthScheme?: LabelScheme;
  predictionScheme?: LabelScheme;
}

const schemes = ['freesurfer', 'neuromorphometrics'];

export function addEvaluate(program: Command, streams: CliStreams, outcome: Outcome): void {
  const command = program
    .command('evaluate')
    .argument('<truth|model>', 'true labels; or a model by name, .onnx file or run folder')
    .argument('<prediction|dataset>', 'labels on the same grid; or a dataset that prepare made')
    .description('Score labels against the truth, or a network on the people of a dataset')
    .addOption(
      new Option('--split <split>', 'people of the dataset; default test').choices([
        'train',
        'validation',
        'test',
      ]),
    )
    .option('--threads <number>', 'processor threads of the network; default all cores', wholeNumber(1))
    .addOption(
      new Option('--truth-scheme <scheme>', 'numbers of the true labels, when they do not tell').choices(
        schemes,
      ),
    )
    .addOption(new Option('--prediction-scheme <scheme>', 'numbers of the other labels').choices(schemes))
    .addHelpText(
      'after',
      helpFooter([
        [
          'ventriseg evaluate aseg.mgz T1_ventricles.nii.gz',
          'Dice, Jaccard, distances and volumes by ventricle',
        ],
        ['ventriseg evaluate runs/first dataset', 'a trained network on the test people of its dataset'],
        ['ventriseg evaluate model.onnx dataset --split validation --json', 'other people; JSON on stdout'],
      ]),
    )
    .action((first: string, second: string, options: EvaluateCommandOptions) =>
      runCommand(streams, outcome, options, 'stopping', async (run) => {
        if (await isDataset(second)) await evaluateNetwork(first, second, options, run);
        else await evaluateFiles(first, second, options, run);
        return exitCodes.done;
      }),
    );
  addCommonOptions(command);
}

async function evaluateFiles(
  truth: string,
  prediction: string,
  options: EvaluateCommandOptions,
  run: CommandRun,
) {
  refuse(options, ['split', 'threads'], 'a network on a dataset');
  const { evaluateLabels } = await import('ventriseg/node');
  const evaluation = await evaluateLabels(truth, prediction, {
    signal: run.signal,
    ...(options.truthScheme === undefined ? {} : { truthScheme: options.truthScheme }),
    ...(options.predictionScheme === undefined ? {} : { predictionScheme: options.predictionScheme }),
  });
  const head = ['', 'Dice', 'Jaccard', 'HD95 mm', 'mean mm', 'truth mL', 'prediction mL', 'error mL'];
  const rows = evaluation.structures.map((s) => [
    s.title,
    ...[s.dice, s.jaccard].map((value) => fixed(value, 3)),
    ...[s.hausdorff95Mm, s.meanSurfaceDistanceMm].map((value) => fixed(value, 2)),
    ...[s.truthMl, s.predictionMl, s.volumeErrorMl].map((value) => fixed(value, 2)),
  ]);
  run.print(formatTable([head, ...rows], [1, 2, 3, 4, 5, 6, 7]));
  run.printJson(evaluation);
}

async function evaluateNetwork(
  model: string,
  dataset: string,
  options: EvaluateCommandOptions,
  run: CommandRun,
) {
  refuse(options, ['truthScheme', 'predictionScheme'], 'two label files');
  const { evaluateModel } = await import('ventriseg/node');
  const evaluation = await evaluateModel(model, dataset, {
    signal: run.signal,
    ...(options.split === undefined ? {} : { split: options.split }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    onProgress: ({ done, total }) => run.progress.update(done, total, 'slices scored'),
  });
  run.progress.stop();
  const { classes, slices, split } = evaluation;
  for (const { name, bySlice, byPerson, subjects } of classes) {
    const rows = subjects.map((s) => [s.subject, fixed(s.dice, 3), fixed(s.jaccard, 3), '', `${s.slices}`]);
    rows.push(['mean by person', fixed(byPerson.dice, 3), fixed(byPerson.jaccard, 3), '', '']);
    const means = [bySlice.dice, bySlice.jaccard, bySlice.softJaccard].map((value) => fixed(value, 3));
    rows.push(['mean by slice', ...means, `${slices}`]);
    const head = ['', 'Dice', 'Jaccard', 'soft Jaccard', 'slices'];
    run.print(`${name}, ${split} people of ${dataset}:\n${formatTable([head, ...rows], [1, 2, 3, 4])}`);
  }
  run.printJson(evaluation);
}

function refuse(
  options: EvaluateCommandOptions,
  names: readonly (keyof EvaluateCommandOptions)[],
  goesWith: string,
) {
  const given = names.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const flag = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new CliError('BAD_USAGE', `${flag} goes with evaluating ${goesWith}`);
}

async function isDataset(path: string): Promise<boolean> {
  return stat(join(path, 'manifest.json')).then(
    (info) => info.isFile(),
    () => false,
  );
}

function fixed(value: number | null, digits: number): string {
  return value === null || !Number.isFinite(value) ? '-' : value.toFixed(digits);
}
