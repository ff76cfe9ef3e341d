/** `ventriseg serve`: the page, on this machine only. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import {
  addCommonOptions,
  type CliStreams,
  type CommandRun,
  type CommonOptions,
  helpFooter,
  type Outcome,
  runCommand,
} from '../command-run.ts';
import { installedHead } from '../demo-head.ts';
import { exitCodes } from '../exit-codes.ts';
import { wholeNumber } from '../option-values.ts';
import { servePage } from '../page-server.ts';

interface ServeCommandOptions extends CommonOptions {
  port: number;
}

const defaultPort = 8017;

/** Built into this package from apps/web, and published with it. */
const builtPage = fileURLToPath(new URL('../../dist-web/', import.meta.url));

export function addServe(program: Command, streams: CliStreams, outcome: Outcome): void {
  const command = program
    .command('serve')
    .description('Serve the page on this machine: drop a scan, nothing leaves the machine')
    .option('--port <number>', 'the port to listen on; 0 takes a free one', wholeNumber(0), defaultPort)
    .addHelpText(
      'after',
      helpFooter([
        ['ventriseg serve', `then open http://localhost:${defaultPort}/ in a browser; Ctrl-C ends it`],
      ]),
    )
    .action((options: ServeCommandOptions) =>
      runCommand(streams, outcome, options, 'stopping', (run) => serve(options, run)),
    );
  addCommonOptions(command);
}

async function serve({ port }: ServeCommandOptions, run: CommandRun): Promise<number> {
  const server = await servePage(builtPage, port, await installedHead());
  run.print(`${server.url}  (this machine only; Ctrl-C ends it)\n`);
  run.printJson({ url: server.url });
  if (!run.signal.aborted) await once(run.signal, 'abort');
  await server.close();
  return exitCodes.done;
}
