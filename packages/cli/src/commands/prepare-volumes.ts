/** `ventriseg prepare-volumes`: labelled heads become a dataset for the networks that find and draw ventricles. */
import type { Command } from 'commander';
import type { VolumeManifest } from 'ventriseg/node';
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
import { partOf } from '../option-values.ts';
import { addSourceOptions, given, type SourceOptions, sourceRequest } from '../source-options.ts';
import { formatTable } from '../table.ts';

interface PrepareVolumesCommandOptions extends CommonOptions, SourceOptions {
  output: string;
  resume?: boolean;
  part?: ReturnType<typeof partOf>;
}

export function addPrepareVolumes(program: Command, streams: CliStreams, outcome: Outcome): void {
  const command = program
    .command('prepare-volumes')
    .argument('<subjects...>', 'FreeSurfer subjects, a SUBJECTS_DIR, or .tsv tables (columns image, labels)')
    .description('Make a dataset of volumes for training the networks that find and draw ventricles')
    .requiredOption('-o, --output <folder>', 'the dataset to make')
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
  addSourceOptions(command);
  addCommonOptions(command);
}

async function prepareVolumes(
  inputs: readonly string[],
  options: PrepareVolumesCommandOptions,
  run: CommandRun,
): Promise<number> {
  const source = sourceRequest(options);
  const library = await import('ventriseg/node');
  const manifest = await library.prepareVolumes({
    ...given({
      resume: options.resume,
      part: options.part,
    }),
    ...source,
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
