/** Options of the commands that make datasets: which scans, who goes where, and which images are made. */
import { type Command, Option } from 'commander';
import type { LabelScheme, PrepareOptions, SplitRequest } from 'ventriseg/node';
import { CliError } from './errors.ts';
import {
  collected,
  contrastWeights,
  splitCounts,
  splitFractions,
  splitPeople,
  wholeNumber,
} from './option-values.ts';

export interface SourceOptions {
  scheme?: LabelScheme;
  dataset?: readonly string[];
  imageName?: readonly string[];
  labelName?: readonly string[];
  splitFractions?: ReturnType<typeof splitFractions>;
  stratify?: boolean;
  splitCounts?: ReturnType<typeof splitCounts>;
  splitPeople?: ReturnType<typeof splitPeople>;
  splitColumn?: boolean;
  seed?: number;
  synthesise?: number;
  contrasts?: ReturnType<typeof contrastWeights>;
}

export function addSourceOptions(command: Command): void {
  command
    .addOption(
      new Option('--scheme <scheme>', 'label numbers of table rows that state none').choices([
        'freesurfer',
        'neuromorphometrics',
      ]),
    )
    .option('--dataset <name>', 'only table rows of this dataset; may be repeated', collected)
    .option(
      '--image-name <file>',
      "image in a subject's mri folder; may be repeated, first found wins",
      collected,
    )
    .option('--label-name <file>', "labels in a subject's mri folder; may be repeated", collected)
    .option('--split-fractions <parts>', 'such as train=0.8,test=0.2', splitFractions)
    .option('--stratify', 'with fractions: divide each dataset of a table in these proportions')
    .option('--split-counts <parts>', 'people, such as train=rest,test=3', splitCounts)
    .option(
      '--split-people <part>',
      'such as test=bert,ernie, once for each split; one may be rest',
      splitPeople,
    )
    .option('--split-column', "as the tables' column split says")
    .option('--seed <number>', 'draws the split and what is synthesised; default 1', wholeNumber(0))
    .option('--synthesise <copies>', 'make this many images of each label map without one', wholeNumber(1))
    .option(
      '--contrasts <parts>',
      'what these look like, in proportions, of t1-like, t2-like, flair-like and any; default t1-like=1,any=1',
      contrastWeights,
    );
}

function splitRequest(options: SourceOptions): SplitRequest | undefined {
  const requests: SplitRequest[] = [];
  const stratify = options.stratify === true ? { stratify: 'dataset' as const } : {};
  if (options.splitFractions !== undefined) requests.push({ fractions: options.splitFractions, ...stratify });
  if (options.splitCounts !== undefined) requests.push({ counts: options.splitCounts });
  if (options.splitPeople !== undefined) requests.push({ subjects: options.splitPeople });
  if (options.splitColumn === true) requests.push({ column: true });
  if (requests.length > 1) {
    throw new CliError('BAD_USAGE', 'more than one kind of split is asked for; give one --split option');
  }
  if (options.stratify === true && options.splitFractions === undefined) {
    throw new CliError('BAD_USAGE', '--stratify goes with --split-fractions');
  }
  return requests[0];
}

function synthesiseInput({ synthesise, contrasts }: SourceOptions): PrepareOptions['synthesise'] {
  if (synthesise !== undefined) return { copies: synthesise, ...given({ contrasts }) };
  if (contrasts === undefined) return undefined;
  throw new CliError('BAD_USAGE', '--contrasts goes with --synthesise');
}

/** The options that were given; absent is not the same as undefined to the library. */
export function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

/** What both kinds of dataset take of them. @throws CliError BAD_USAGE for options that contradict each other */
export function sourceRequest(options: SourceOptions) {
  return given({
    seed: options.seed,
    scheme: options.scheme,
    datasets: options.dataset,
    imageNames: options.imageName,
    labelNames: options.labelName,
    split: splitRequest(options),
    synthesise: synthesiseInput(options),
  });
}
