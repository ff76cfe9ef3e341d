/** `ventriseg prepare`: labelled scans become a dataset of slices. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { PlanOverrides } from 'ventriseg/node';
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
import {
  type CropValue,
  cropArea,
  type LabelClassValue,
  labelClass,
  numberFrom,
  sliceRange,
  wholeNumber,
} from '../option-values.ts';
import { addSourceOptions, given, type SourceOptions, sourceRequest } from '../source-options.ts';
import { formatTable } from '../table.ts';

interface PrepareCommandOptions extends CommonOptions, SourceOptions {
  output: string;
  preset?: '2017';
  plane?: 'sagittal' | 'coronal' | 'axial';
  slices?: { first: number; last: number } | 'all';
  keepAbove?: number;
  keepEmpty?: number;
  intensity?: NonNullable<PlanOverrides['intensity']>;
  centre?: NonNullable<PlanOverrides['centre']>;
  size?: number;
  crop?: CropValue;
  class?: readonly LabelClassValue[];
  fillHoles?: 'none' | '2d' | '3d' | true;
  overwrite?: boolean;
}

export function addPrepare(program: Command, streams: CliStreams, outcome: Outcome): void {
  const command = program
    .command('prepare')
    .argument('<subjects...>', 'FreeSurfer subjects, a SUBJECTS_DIR, or .tsv tables (columns image, labels)')
    .description('Make a dataset of slices for training out of labelled scans')
    .requiredOption('-o, --output <folder>', 'the dataset to make')
    .addOption(new Option('--preset <name>', 'the plan to start from').choices(['2017']).default('2017'))
    .addOption(new Option('--plane <plane>', 'which slices').choices(['sagittal', 'coronal', 'axial']))
    .option('--slices <range>', 'FIRST-LAST of the 256, counted from 0, or all', sliceRange)
    .option('--keep-above <voxels>', 'keep slices with more labelled voxels; -1 keeps all', wholeNumber(-1))
    .option('--keep-empty <share>', 'and this share more that show the head but no label', numberFrom(0, 10))
    .addOption(
      new Option('--intensity <scale>', 'as the scans have it, or white matter brought to 110').choices([
        'as-is',
        'white-matter',
      ]),
    )
    .addOption(
      new Option('--centre <what>', 'in the middle of the pictures: that of the scan or of the head').choices(
        ['field-of-view', 'head'],
      ),
    )
    .option('--size <pixels>', 'rows and columns that the 256 x 256 slice is scaled to', wholeNumber(1))
    .option('--crop <area>', 'ROWSxCOLUMNS of it around the middle, or ROWSxCOLUMNS+ROW+COLUMN', cropArea)
    .option('--class <name=labels>', 'FreeSurfer numbers of a class, once for each: lateral=4,43', labelClass)
    .addOption(
      new Option('--fill-holes [how]', 'fill holes of the labels (2d when not said how)').choices([
        'none',
        '2d',
        '3d',
      ]),
    )
    .option('--overwrite', 'replace a dataset that is there already')
    .addHelpText(
      'after',
      `
People are split, never slices: all scans of a person are in one of train, validation and test.
` +
        helpFooter([
          ['ventriseg prepare $SUBJECTS_DIR -o dataset', 'the 2017 slices of every FreeSurfer subject'],
          [
            'ventriseg prepare cases.tsv -o dataset --dataset oasis --split-counts train=rest,test=3',
            'rows of a table; three people to test on',
          ],
          [
            'ventriseg prepare subjects -o all --plane axial --size 192 --crop 160x160 --class 4,43 --class 14',
            'other pictures, two classes',
          ],
        ]),
    )
    .action((inputs: string[], options: PrepareCommandOptions) =>
      runCommand(streams, outcome, options, 'stopping, nothing will be left behind', (run) =>
        prepare(inputs, options, run),
      ),
    );
  addSourceOptions(command);
  addCommonOptions(command);
}

async function prepare(
  inputs: readonly string[],
  options: PrepareCommandOptions,
  run: CommandRun,
): Promise<number> {
  const source = sourceRequest(options);
  const { prepareDataset } = await import('ventriseg/node');
  const prepared = await prepareDataset({
    ...given({
      preset: options.preset,
      overwrite: options.overwrite,
    }),
    ...source,
    inputs,
    output: options.output,
    plan: planOverrides(options),
    signal: run.signal,
    onProgress: ({ done, total, subject }) => {
      run.progress.update(done, total, subject === undefined ? 'subjects prepared' : `preparing ${subject}`);
    },
  });
  run.progress.stop();
  const { manifest, issues, directory } = prepared;
  for (const { severity, code, message } of issues) run.note(`${severity}: ${code} ${message}`);
  const counts = (['train', 'validation', 'test'] as const).map((name) => {
    const members = manifest.subjects.filter((subject) => subject.split === name);
    return {
      split: name,
      people: new Set(members.map((member) => member.person)).size,
      scans: members.length,
      slices: members.reduce((sum, member) => sum + member.slices.length, 0),
    };
  });
  const table = counts.map((row) => [row.split, `${row.people}`, `${row.scans}`, `${row.slices}`]);
  run.print(formatTable([['split', 'people', 'scans', 'slices'], ...table], [1, 2, 3]));
  const { rows, columns } = manifest.plan.crop;
  run.print(
    `${directory}: ${rows} x ${columns} pixels a slice; look at ${join(directory, 'contact-sheet.png')}\n`,
  );
  run.printJson({ directory, splits: counts, plan: manifest.plan, issues });
  return issues.some(({ severity }) => severity === 'error') ? exitCodes.failed : exitCodes.done;
}

function planOverrides(options: PrepareCommandOptions): PlanOverrides {
  type Classes = NonNullable<PlanOverrides['classes']>;
  const classes = options.class?.map(({ name, labels }) => (name === undefined ? labels : { name, labels }));
  return given({
    plane: options.plane,
    slices: options.slices,
    keepAboveVoxels: options.keepAbove,
    keepEmptyShare: options.keepEmpty,
    intensity: options.intensity,
    centre: options.centre,
    scaledSize: options.size,
    crop: options.crop,
    fillHoles: options.fillHoles,
    // Numbers that are no ventricle's are refused, by name, when the plan is checked.
    classes: classes as Classes | undefined,
  });
}
