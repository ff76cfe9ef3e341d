/** `ventriseg train`: a network from a dataset by a recipe, into a run folder that can be gone on with. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type {
  AnyRecipe,
  BackendChoice,
  CaseScores,
  ClassEvaluation,
  TrainProgress,
  TrainVolumesProgress,
  VolumeRecipe,
} from 'ventriseg/node';
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
import { backendOption, wholeNumber } from '../option-values.ts';
import { formatTable } from '../table.ts';

interface TrainCommandOptions extends CommonOptions {
  output: string;
  recipe?: string;
  resume?: boolean;
  from?: string;
  segment?: string;
  epochs?: number;
  threads?: number;
  backend: BackendChoice;
}

export function addTrain(program: Command, streams: CliStreams, outcome: Outcome): void {
  const command = program
    .command('train')
    .argument('<dataset>', 'folder that prepare made')
    .description('Train a network on a dataset')
    .option(
      '--recipe <name|file>',
      'a recipe by name, or a JSON file; with --resume the one the run began with',
    )
    .requiredOption('-o, --output <run>', 'folder for the network, its scores, and the log for TensorBoard')
    .option('--resume', 'go on with a run that was stopped, to the same weights as if it had not been')
    .option('--from <model.onnx>', 'start from the weights of a volume network that is trained already')
    .option('--segment <model.onnx>', 'the segment network, for recipes that decide about its borders')
    .option('--epochs <number>', "instead of the recipe's number", wholeNumber(1))
    .option('--threads <number>', 'processor threads; default all cores', wholeNumber(1))
    .addOption(backendOption('what computes'))
    .addHelpText(
      'after',
      `
Ctrl-C stops after the step under way and leaves a checkpoint; a run that is killed loses its last epoch at most.
` +
        helpFooter([
          ['ventriseg train dataset --recipe ed-cnn-2017 -o runs/first', 'the 2017 experiment'],
          ['ventriseg train dataset -o runs/first --resume', 'go on after Ctrl-C'],
          [
            'ventriseg train dataset --recipe mine.json --epochs 5 -o runs/short',
            'a recipe of your own, shorter',
          ],
          ['tensorboard --logdir runs', 'look at it while it runs (pip install tensorboard)'],
        ]),
    )
    .action((dataset: string, options: TrainCommandOptions) =>
      runCommand(streams, outcome, options, 'stopping after this step', (run) =>
        train(dataset, options, run),
      ),
    );
  addCommonOptions(command);
}

async function train(dataset: string, options: TrainCommandOptions, run: CommandRun): Promise<number> {
  const recipe = await chooseRecipe(options);
  const { isVolumeRecipe, trainNetwork, trainVolumes } = await import('ventriseg/node');
  const common = {
    dataset,
    output: options.output,
    resume: options.resume === true,
    backend: options.backend,
    signal: run.signal,
    ...(options.epochs === undefined ? {} : { epochs: options.epochs }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  };
  if (isVolumeRecipe(recipe)) {
    const { groupNames, roleOfRecipe } = await import('ventriseg/node');
    const groups = groupNames[roleOfRecipe(recipe)];
    const result = await trainVolumes({
      ...common,
      recipe,
      ...(options.from === undefined ? {} : { from: options.from }),
      ...(options.segment === undefined ? {} : { segment: options.segment }),
      onProgress: (progress) => reportVolumes(progress, recipe, run),
    });
    run.progress.stop();
    run.printJson(result);
    if (!result.finished) return tellStopped(result.step, dataset, options, run);
    const rows = result.scores.map(({ name, dice, all }) => [name, ...[...dice, all].map(three)]);
    const head = ['Dice on the test people', ...groups, 'all'];
    if (rows.length > 0) {
      run.print(
        formatTable(
          [head, ...rows],
          head.slice(1).map((_, i) => i + 1),
        ),
      );
    }
    run.print(`${join(options.output, 'model.onnx')}: trained for ${result.step} steps\n`);
    return exitCodes.done;
  }
  if (options.from !== undefined) {
    throw new CliError('BAD_USAGE', '--from is for recipes of volume networks; go on with a run by --resume');
  }
  if (options.segment !== undefined) {
    throw new CliError(
      'BAD_USAGE',
      '--segment is for recipes of the borders of a volume network; leave it out',
    );
  }
  const result = await trainNetwork({ ...common, recipe, onProgress: (progress) => report(progress, run) });
  run.progress.stop();
  run.printJson(result);
  if (!result.finished) return tellStopped(result.step, dataset, options, run);
  const rows = result.classes.map(({ name, bySlice, byPerson }) => [
    name,
    ...[bySlice.dice, bySlice.jaccard, bySlice.softJaccard, byPerson.dice, byPerson.jaccard].map(three),
  ]);
  const head = ['class', 'Dice', 'Jaccard', 'soft Jaccard', 'Dice by person', 'Jaccard by person'];
  if (rows.length > 0) run.print(`on the test people:\n${formatTable([head, ...rows], [1, 2, 3, 4, 5])}`);
  run.print(`${join(options.output, 'model.onnx')}: trained for ${result.step} steps\n`);
  return exitCodes.done;
}

function tellStopped(
  step: number,
  dataset: string,
  { output }: TrainCommandOptions,
  run: CommandRun,
): number {
  run.note(
    `stopped after step ${step}; go on with:  ventriseg train ${quoted(dataset)} -o ${quoted(output)} --resume`,
  );
  return exitCodes.interrupted;
}

/** A name, a file, or the recipe in the run that is gone on with. */
async function chooseRecipe({ recipe, resume, output }: TrainCommandOptions): Promise<AnyRecipe> {
  const { allBuiltInRecipes, anyBuiltInRecipe, parseAnyRecipe, VentrisegError } = await import(
    'ventriseg/node'
  );
  if (recipe === undefined && resume !== true) {
    throw new CliError(
      'BAD_USAGE',
      `--recipe is missing; there are ${[...allBuiltInRecipes.keys()].join(', ')}`,
    );
  }
  if (recipe !== undefined && (allBuiltInRecipes.has(recipe) || !/\.json$|[\\/]/i.test(recipe))) {
    return anyBuiltInRecipe(recipe);
  }
  const path = recipe ?? join(output, 'run.json');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const what =
      recipe === undefined
        ? `${output}: is not a run, its run.json cannot be read`
        : `${path}: cannot be read`;
    throw new VentrisegError('NO_SUCH_FILE', what, { path, cause });
  });
  try {
    const json = JSON.parse(text) as { recipe?: unknown };
    return parseAnyRecipe(recipe === undefined ? json.recipe : json, path);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new VentrisegError('BAD_RECIPE', `${path}: is not JSON: ${cause.message}`, { path, cause });
  }
}

function report(progress: TrainProgress, { progress: shown }: CommandRun): void {
  const { epoch, epochs, step, steps, trainLoss, imagesPerSecond, secondsLeft, evaluated } = progress;
  const speed = `${imagesPerSecond.toFixed(1)} images/s`;
  const at = `epoch ${epoch}/${epochs}`;
  if (evaluated === undefined) {
    shown.update(step, steps, `${at}, loss ${three(trainLoss)}, ${speed}, ${duration(secondsLeft)} left`);
    return;
  }
  const { testLoss, classes } = evaluated;
  const test = classes.length === 0 ? '' : `, ${three(testLoss)} test; ${classes.map(scoresOf).join('; ')}`;
  shown.line(`${at}, step ${step}: loss ${three(trainLoss)} train${test}; ${speed}`);
}

function reportVolumes(
  { epoch, epochs, step, steps, trainLoss, volumesPerSecond, secondsLeft, evaluated }: TrainVolumesProgress,
  { stepsPerEpoch }: VolumeRecipe,
  { progress: shown }: CommandRun,
): void {
  const speed = `${volumesPerSecond.toFixed(2)} volumes/s`;
  const at = `epoch ${epoch}/${epochs}`;
  if (evaluated === undefined) {
    const left = `${duration(secondsLeft)} left`;
    shown.update(step, steps, `${at} of ${stepsPerEpoch} steps, loss ${three(trainLoss)}, ${speed}, ${left}`);
    return;
  }
  const all = evaluated.map((score: CaseScores) => score.all);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const test = all.length === 0 ? '' : `, test Dice ${three(mean)}, worst ${three(Math.min(...all))}`;
  shown.line(`${at}, step ${step}: loss ${three(trainLoss)}${test}; ${speed}`);
}

function scoresOf({ name, bySlice }: ClassEvaluation): string {
  return `${name}: Dice ${three(bySlice.dice)}, Jaccard ${three(bySlice.jaccard)}`;
}

function three(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : '-';
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
