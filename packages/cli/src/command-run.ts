/**
 * What every command shares: its common options, where it tells what, and how it ends.
 *
 * stdout is for results: a table for people, or with --json one JSON value and nothing else. stderr is for
 * progress, remarks and errors. --quiet leaves the errors and the JSON.
 */
import type { Command } from 'commander';
import { abortOnInterrupt } from './interrupt.ts';
import { createProgress, type Progress, type ProgressStream } from './progress.ts';

export interface CommonOptions {
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly debug?: boolean;
}

/** The streams to tell things on. */
export interface CliStreams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: ProgressStream;
}

/** Where the command leaves its exit code. */
export interface Outcome {
  exitCode: number;
}

/** A command under way. */
export interface CommandRun {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** A result for people: lines, each with its newline. */
  print(lines: string): void;
  /** The result for programs. */
  printJson(value: unknown): void;
  /** A remark. */
  note(line: string): void;
}

export function addCommonOptions(command: Command): Command {
  return command
    .option('--quiet', 'tell nothing but errors')
    .option('--json', 'print the result as JSON on stdout, and nothing else there')
    .option('--debug', 'show where an error comes from');
}

/**
 * Runs a command's work.
 *
 * @param stopping what to say when Ctrl-C is pressed
 * @param work gives the exit code
 */
export async function runCommand(
  streams: CliStreams,
  outcome: Outcome,
  options: CommonOptions,
  stopping: string,
  work: (run: CommandRun) => Promise<number>,
): Promise<void> {
  const quiet = options.quiet === true;
  const progress = createProgress(streams.stderr, quiet);
  const interrupt = abortOnInterrupt(() => {
    if (!quiet) progress.line(`${stopping}; Ctrl-C again ends it at once`);
  });
  try {
    outcome.exitCode = await work({
      signal: interrupt.signal,
      progress,
      print: (lines) => {
        if (!quiet && options.json !== true) streams.stdout.write(lines);
      },
      printJson: (value) => {
        if (options.json === true) streams.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
      },
      note: (line) => {
        if (!quiet) progress.line(line);
      },
    });
  } finally {
    progress.stop();
    interrupt.release();
  }
}

/** Text that follows a command's help: how it is used, and what all commands' help ends with. */
export function helpFooter(examples: readonly (readonly [command: string, meaning: string])[]): string {
  const lines = examples.map(([command, meaning]) => `  ${command}\n      ${meaning}`);
  return `\nExamples:\n${lines.join('\n')}\n\n${notMedical}\n`;
}

export const notMedical = 'Not a medical device: for research, not for diagnosis or treatment.';
