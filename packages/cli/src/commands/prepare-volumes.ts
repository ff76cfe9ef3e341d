/** `ventriseg prepare-volumes`: labelled heads become a dataset for the networks that find and draw ventricles. */
import { type Command, Option } from 'commander';
import type { LabelScheme, VolumeManifest } from 'ventriseg/node';
import {
  addCommonOptions,
  type CliStreams,
  type CommandRun,
  type CommonOptions,
  helpFooter,
  type Outcome,
  runCommand,
} from '../command-run.ts';
import { exitCodes } from '../exit-codes.ts';
import { collected, partOf } from '../option-values.ts';
import {
  addSplitOptions,
  given,
  type SplitOptions,
  splitRequest,
  synthesiseInput,
} from '../split-options.ts';
import { formatTable } from '../table.ts';

interface PrepareVolumesCommandOptions extends CommonOptions, SplitOptions {
  output: string;
  scheme?: LabelScheme;
  dataset?: readonly string[];
  imageName?: readonly string[];
  labelName?: readonly string[];
  resume?: boolean;
  part?: ReturnType<typeof partOf>;
}

export function addPrepareVolumes(program: Command, streams: CliStreams, outcome: Outcome): void {
  const command = program
    .command('prepare-volumes')
    .argument('<subjects...>', 'FreeSurfer subjects, a SUBJECTS_DIR, or .tsv tables (columns image, labels)')
    .description('Make a dataset of volumes for training the networks that find and draw ventricles')
    .requiredOption('-o, --output <folder>', 'the dataset to make')
    .addOption(
      new Option('--scheme <scheme>', 'label numbers of table rows that state none').choices([
        'freesurfer',
        'neuromorphometrics',
      ]),
    )
    .option('--dataset <name>', 'only table rows of this dataset; may be repeated', collected)
    .option('--image-name <file>', "image in a subject's mri folder; may be repeated", collected)
    .option('--label-name <file>', "labels in a subject's mri folder; may be repeated", collected)
    .option('--resume', 'go on with a folder that is there; heads that are complete are kept')
    .option('--part <i/n>', 'only every n-th head, for n processes side by side; then once without', partOf)
    .addHelpText(
      'after',
      `
Volumes are NIfTI: the ventricles and their surroundings at 1 mm, the whole head at 2 mm. People are split, never scans.
` +
        helpFooter([
          [
            'ventriseg prepare-volumes cases.tsv -o volumes --synthesise 10 --split-people test=bert,ernie',
            'real scans, and ten images of each label map',
          ],
          ['ventriseg train volumes --recipe ventricles-segment -o runs/segment', 'then train on it'],
        ]),
    )
    .action((inputs: string[], options: PrepareVolumesCommandOptions) =>
      runCommand(streams, outcome, options, 'stopping; go on with --resume', (run) =>
        prepareVolumes(inputs, options, run),
      ),
    );
  addSplitOptions(command);
  addCommonOptions(command);
}

async function prepareVolumes(
  inputs: readonly string[],
  options: PrepareVolumesCommandOptions,
  run: CommandRun,
): Promise<number> {
  const split = splitRequest(options);
  const library = await import('ventriseg/node');
  const manifest = await library.prepareVolumes({
    ...given({
      seed: options.seed,
      scheme: options.scheme,
      datasets: options.dataset,
      imageNames: options.imageName,
      labelNames: options.labelName,
      resume: options.resume,
      part: options.part,
      split,
      synthesise: synthesiseInput(options),
    }),
    inputs,
    output: options.output,
    signal: run.signal,
    onProgress: ({ done, total, subject }) => {
      run.progress.update(done, total, subject === undefined ? 'heads prepared' : `preparing ${subject}`);
    },
  });
  run.progress.stop();
  if (manifest === undefined) {
    run.note('this part is done; when all are, run the command once more with --resume and without --part');
    return exitCodes.done;
  }
  return tell(manifest, options.output, run);
}

function tell({ cases, issues }: VolumeManifest, output: string, run: CommandRun): number {
  for (const { severity, code, message } of issues) run.note(`${severity}: ${code} ${message}`);
  const splits = (['train', 'validation', 'test'] as const).map((split) => {
    const members = cases.filter((member) => member.split === split);
    return {
      split,
      people: new Set(members.map(({ person }) => person)).size,
      real: members.filter(({ synthesis }) => synthesis === null).length,
      synthesised: members.filter(({ synthesis }) => synthesis !== null).length,
    };
  });
  const rows = splits.map((row) => [row.split, `${row.people}`, `${row.real}`, `${row.synthesised}`]);
  run.print(formatTable([['split', 'people', 'real', 'synthesised'], ...rows], [1, 2, 3]));
  run.printJson({ directory: output, splits, issues });
  return issues.some(({ severity }) => severity === 'error') ? exitCodes.failed : exitCodes.done;
}
