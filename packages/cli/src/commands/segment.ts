/** `ventriseg segment`: scans in; labels, volumes and pictures out. */
import { type Command, Option } from 'commander';
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
import { formatFailure } from '../errors.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { backendOption, numberFrom, sexValue, wholeNumber } from '../option-values.ts';
import { formatResult, isFailure, jsonResult, showSegmentProgress, unusable } from '../segment-report.ts';

interface SegmentCommandOptions extends CommonOptions {
  output: string;
  model?: string;
  threads?: number;
  backend: BackendChoice;
  series?: string;
  overwrite?: boolean;
  force?: boolean;
  bids?: boolean;
  surfaces?: boolean;
  crf?: boolean;
  flip?: boolean;
  choroidPlexus?: 'ventricle' | 'left-out';
  fillHoles: boolean;
  keepIslands?: boolean;
  errorBar?: number | true;
  sex?: 'F' | 'M';
  age?: number;
}

export function addSegment(program: Command, streams: CliStreams, outcome: Outcome): void {
  const command = program
    .command('segment')
    .argument('<scan...>', 'NIfTI or MGH files, DICOM folders or files, zips of these, BIDS datasets')
    .description('Segment the ventricles and measure them')
    .option('-o, --output <folder>', 'where the results go', '.')
    .option('--model <name|file>', 'a shipped model, an .onnx file, or the run folder of a training')
    .option('--threads <number>', 'processor threads; default all cores', wholeNumber(1))
    .addOption(backendOption("what runs the network; wasm gives the page's labels to the voxel"))
    .option('--series <which>', 'DICOM: the series to take, by UID, number, or part of its description')
    .option('--overwrite', 'replace results that are there already')
    .option('--force', 'the same, and segment what is refused, such as a scan without a head; recorded')
    .option('--bids', 'lay the results out as a BIDS derivative dataset; scans are named sub-..._T1w')
    .option('--surfaces', 'write the surfaces of the ventricles as well, as STL and coloured PLY')
    .option('--crf', 'draw borders to edges of the image with a dense conditional random field')
    .option('--flip', 'look at the mirror image as well and take the mean; half as fast')
    .addOption(
      new Option(
        '--choroid-plexus <fate>',
        'count it as ventricle, as manual protocols do, or leave it out, as FreeSurfer does; default ventricle',
      ).choices(['ventricle', 'left-out']),
    )
    .option('--no-fill-holes', 'leave holes of the labels as they are')
    .option('--keep-islands', 'keep parts that are no ventricles by their size and place')
    .option(
      '--error-bar [number]',
      'segment each scan so many times more (8), for the standard error of each number',
      wholeNumber(2),
    )
    .option('--sex <F|M>', 'of the person, for norms; DICOM and BIDS tell it by themselves', sexValue)
    .option('--age <years>', 'of the person at the time of the scan, for norms', numberFrom(0, 120))
    .addHelpText(
      'after',
      `
Writes for each scan, on its own grid and with FreeSurfer's label numbers:
  <name>_ventricles.nii.gz   labels            <name>_ventricles.png    picture for checking
  <name>_ventricles.json     record            <name>_ventricles.html   report, to read and to print
with --surfaces <name>_ventricles.stl and .ply, and for several scans one ventricles.csv. The record and
the report hold volumes in mL, Evans index and other measures, doubts about them, and how they were made. Of a BIDS dataset every T1w image is segmented.
` +
        helpFooter([
          ['ventriseg segment T1.nii.gz', 'results beside you'],
          [
            'ventriseg segment study/ -o results --series mprage',
            'a folder of DICOM files, one series of it',
          ],
          ['ventriseg segment subjects/*/mri/orig.mgz -o results', 'many scans, and a table of them'],
          [
            'ventriseg segment study/ --bids -o study/derivatives/ventriseg',
            'all T1w images of a BIDS dataset, to derivatives of it',
          ],
          [
            'ventriseg segment T1.nii.gz --model runs/first --crf --json',
            'a network of your own; JSON on stdout',
          ],
        ]),
    )
    .action((scans: string[], options: SegmentCommandOptions) =>
      runCommand(streams, outcome, options, 'stopping', (run) => segment(scans, options, run, streams)),
    );
  addCommonOptions(command);
}

async function segment(
  scans: readonly string[],
  options: SegmentCommandOptions,
  run: CommandRun,
  streams: CliStreams,
): Promise<number> {
  const { segmentFiles, usualVariations } = await import('ventriseg/node');
  const { results, failures, csvPath } = await segmentFiles(scans, {
    output: options.output,
    overwrite: options.overwrite === true,
    force: options.force === true,
    bids: options.bids === true,
    surfaces: options.surfaces === true,
    crf: options.crf === true,
    flip: options.flip === true,
    ...(options.choroidPlexus && { choroidPlexus: options.choroidPlexus }),
    fillHoles: options.fillHoles,
    backend: options.backend,
    removeIslands: options.keepIslands !== true,
    signal: run.signal,
    ...(options.errorBar === undefined
      ? {}
      : { errorBar: options.errorBar === true ? usualVariations : options.errorBar }),
    person: {
      ...(options.sex !== undefined && { sex: options.sex }),
      ...(options.age !== undefined && { ageYears: options.age }),
    },
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.series === undefined ? {} : { series: options.series }),
    onProgress: (progress) => showSegmentProgress(progress, run),
    onNote: (note) => run.note(note),
    onScan: (scan) => {
      run.progress.stop();
      if (!isFailure(scan)) run.print(formatResult(scan));
      for (const failure of isFailure(scan) ? [scan] : unusable(scan)) {
        streams.stderr.write(formatFailure(failure, options.debug === true));
      }
    },
  });
  if (csvPath !== undefined) run.print(`${csvPath}\n`);
  const told = failures.map(({ path, code, message }) => ({ path, code, message }));
  run.printJson({ results: results.map(jsonResult), failures: told, csv: csvPath ?? null });
  if (failures.length === 0) {
    return results.some((result) => unusable(result).length > 0) ? exitCodes.failed : exitCodes.done;
  }
  const all = results.length + failures.length;
  if (all > 1) {
    run.note(`${failures.length} of ${all} scans failed: ${failures.map(({ path }) => path).join(', ')}`);
    return exitCodes.failed;
  }
  return exitCodeOf(failures[0]!.code);
}
