/** `ventriseg demo`: segments a real head with the shipped model, to see that all works and what comes out. */
import type { Command } from 'commander';
import {
  addCommonOptions,
  type CliStreams,
  type CommandRun,
  type CommonOptions,
  helpFooter,
  notMedical,
  type Outcome,
  runCommand,
} from '../command-run.ts';
import { findDemoHead } from '../demo-head.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatResult, jsonResult, showSegmentProgress, unusable } from '../segment-report.ts';

interface DemoCommandOptions extends CommonOptions {
  output: string;
  scan?: string;
  model?: string;
}

export function addDemo(program: Command, streams: CliStreams, outcome: Outcome): void {
  const command = program
    .command('demo')
    .description('Segment a real head with the shipped model')
    .option(
      '-o, --output <folder>',
      'where the results go; those of an earlier demo are replaced',
      'ventriseg-demo',
    )
    .option('--scan <file>', 'a scan of yours instead')
    .option('--model <name|file>', 'another model than the default')
    .addHelpText(
      'after',
      `
The head is fetched from the npm registry the first time (60 MB) and kept in ~/.cache/ventriseg.
${helpFooter([['ventriseg demo', 'volumes on the screen; labels, JSON, picture and report in ventriseg-demo/']])}`,
    )
    .action((options: DemoCommandOptions) =>
      runCommand(streams, outcome, options, 'stopping', (run) => demo(options, run)),
    );
  addCommonOptions(command);
}

async function demo(options: DemoCommandOptions, run: CommandRun): Promise<number> {
  const { resolveModel, segmentFile } = await import('ventriseg/node');
  const model = await resolveModel(options.model);
  const head =
    options.scan === undefined
      ? await findDemoHead({
          signal: run.signal,
          onFetch: () => run.note('fetching a head from the npm registry (60 MB, once)'),
        })
      : { path: options.scan, origin: undefined };
  const result = await segmentFile(head.path, {
    output: options.output,
    model,
    overwrite: true,
    signal: run.signal,
    onProgress: (progress) =>
      showSegmentProgress({ ...progress, path: head.path, scansDone: 0, scans: 1 }, run),
  });
  run.progress.stop();
  if (head.origin !== undefined) run.print(`The head: ${head.origin}.\n`);
  run.print(formatResult(result));
  run.print(`${notMedical}\n`);
  run.printJson(jsonResult(result));
  return unusable(result).length > 0 ? exitCodes.failed : exitCodes.done;
}
