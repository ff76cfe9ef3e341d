/** The `ventriseg` command as a function: arguments in, exit code out. */
import { CommanderError } from 'commander';
import type { CliStreams, Outcome } from './command-run.ts';
import { formatError, summarizeError } from './errors.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { buildProgram } from './program.ts';

/**
 * @param args what follows the command's name
 * @returns 0 done, 1 something failed, 2 wrong use, 130 interrupted
 */
export async function runCli(
  args: readonly string[],
  streams: CliStreams = { stdout: process.stdout, stderr: process.stderr },
): Promise<number> {
  const outcome: Outcome = { exitCode: exitCodes.done };
  try {
    await buildProgram(streams, outcome).parseAsync([...args], { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    // Commander has said what is wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
    streams.stderr.write(formatError(error, args.includes('--debug')));
    return exitCodeOf(summarizeError(error).code);
  }
}
