/** `ventriseg compare`: scans of one person in; changes with their uncertainty, a picture and a report out. */
import type { Command } from 'commander';
import type { BackendChoice } from 'ventriseg/node';
import {
  addCommonOptions,
  type CliStreams,
  type CommandRun,
  type CommonOptions,
  helpFooter,
  type Outcome,
  runCommand,
} from '../command-run.ts';
import { formatComparison, jsonComparison, showCompareProgress } from '../compare-report.ts';
import { exitCodes } from '../exit-codes.ts';
import { backendOption, dateList, numberFrom, wholeNumber } from '../option-values.ts';

interface CompareCommandOptions extends CommonOptions {
  output: string;
  model?: string;
  threads?: number;
  backend: BackendChoice;
  series?: string;
  overwrite?: boolean;
  force?: boolean;
  dates?: readonly string[];
  interval?: number;
  errorBar?: number;
  crf?: boolean;
}

export function addCompare(program: Command, streams: CliStreams, outcome: Outcome): void {
  const command = program
    .command('compare')
    .argument('<scan>', 'the first scan: a NIfTI or MGH file, a DICOM folder or file, or a zip of these')
    .argument('<scans...>', 'the later ones, in their order')
    .description('Measure how the ventricles of one person have changed from scan to scan')
    .option('-o, --output <folder>', 'where the results go', '.')
    .option('--dates <dates>', 'day of each scan, YYYY-MM-DD,YYYY-MM-DD; DICOM tells it by itself', dateList)
    .option('--interval <years>', 'years from each scan to the next', numberFrom(0.001, 100))
    .option(
      '--error-bar <number>',
      'segmentations of each scan for its error bars; default 8',
      wholeNumber(2),
    )
    .option('--model <name|file>', 'a shipped model, an .onnx file, or the run folder of a training')
    .option('--threads <number>', 'processor threads; default all cores', wholeNumber(1))
    .addOption(backendOption('what runs the network'))
    .option('--series <which>', 'DICOM: the series to take, by UID, number, or part of its description')
    .option('--overwrite', 'replace results that are there already')
    .option(
      '--force',
      'the same, and compare what is refused: scans that are not alike or of no use; not those without ventricles; recorded',
    )
    .option('--crf', 'draw borders to edges of the image with a dense conditional random field')
    .addHelpText(
      'after',
      `
The scans are brought to the space in their middle by rigid registration and segmented there, all alike, so
that the order makes no difference but for the sign. Each change is told with its standard error and the
smallest change that is more than chance. Writes
  <first>_to_<last>_comparison.json   record      <first>_to_<last>_comparison.png    where they have changed
  <first>_to_<last>_comparison.html   report, to read and to print
` +
        helpFooter([
          ['ventriseg compare 2022.nii.gz 2024.nii.gz --interval 2', 'two scans, two years apart'],
          ['ventriseg compare visit1/ visit2/ visit3/ -o results', 'DICOM folders, which know their dates'],
        ]),
    )
    .action((first: string, others: string[], options: CompareCommandOptions) =>
      runCommand(streams, outcome, options, 'stopping', (run) => compare([first, ...others], options, run)),
    );
  addCommonOptions(command);
}

async function compare(
  scans: readonly string[],
  options: CompareCommandOptions,
  run: CommandRun,
): Promise<number> {
  const { compareFiles } = await import('ventriseg/node');
  const result = await compareFiles(scans, {
    output: options.output,
    overwrite: options.overwrite === true,
    force: options.force === true,
    crf: options.crf === true,
    backend: options.backend,
    signal: run.signal,
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.series === undefined ? {} : { series: options.series }),
    ...(options.dates === undefined ? {} : { dates: options.dates }),
    ...(options.interval === undefined ? {} : { intervalYears: options.interval }),
    ...(options.errorBar === undefined ? {} : { errorBar: options.errorBar }),
    onProgress: (progress) => showCompareProgress(progress, run),
  });
  run.progress.stop();
  run.print(formatComparison(result));
  run.printJson(jsonComparison(result));
  return result.record.changes.length === 0 ? exitCodes.failed : exitCodes.done;
}
