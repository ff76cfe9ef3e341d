/**
 * Errors as the command shows them: one line `ventriseg: CODE message` on stderr, whatever threw.
 */

/** What only the command itself can find wrong. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

export type CliErrorCode =
  | 'BAD_USAGE'
  | 'DEMO_HEAD_UNAVAILABLE'
  | 'INTERRUPTED'
  | 'PAGE_NOT_BUILT'
  | 'PORT_TAKEN';

export interface ErrorSummary {
  readonly code: string;
  readonly message: string;
}

/** Code and one-line message of anything thrown; INTERNAL for what no one foresaw. */
export function summarizeError(error: unknown): ErrorSummary {
  if (!(error instanceof Error)) return { code: 'INTERNAL', message: oneLine(String(error)) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const message = oneLine(error.message) || error.name;
  if (code === undefined) {
    return { code: 'INTERNAL', message: `${error.name}: ${message} (--debug shows where)` };
  }
  // Messages of the operating system begin with their code already.
  return { code, message: message.startsWith(`${code}: `) ? message.slice(code.length + 2) : message };
}

/** The line for stderr; with `debug` the stacks of the error and of its causes follow. */
export function formatError(error: unknown, debug: boolean): string {
  const { code, message } = summarizeError(error);
  const line = `ventriseg: ${code} ${message}\n`;
  return debug ? line + stacks(error) : line;
}

/** The same for a scan that failed beside others. */
export function formatFailure(
  failure: { readonly code: string; readonly message: string; readonly cause?: unknown },
  debug: boolean,
): string {
  const line = `ventriseg: ${failure.code} ${oneLine(failure.message)}\n`;
  return debug ? line + stacks(failure.cause) : line;
}

function stacks(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const own = `${error.stack ?? error.message}\n`;
  return error.cause === undefined ? own : `${own}caused by ${stacks(error.cause)}`;
}

function oneLine(text: string): string {
  return text
    .trim()
    .replace(/:\s*\n\s*/g, ': ')
    .replace(/\s*\n\s*/g, '; ');
}
