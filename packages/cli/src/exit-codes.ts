/** How the command ends, told from the error's stable code. */

export const exitCodes = {
  done: 0,
  /** A scan, a subject or the whole command failed, or a scan's numbers cannot be used; the rest is done. */
  failed: 1,
  /** Options, arguments, recipe or plan are wrong, or the output is there already; nothing was begun. */
  wrongUse: 2,
  /** Stopped by Ctrl-C or SIGTERM: 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;

const wrongUse: ReadonlySet<string> = new Set([
  'BAD_ARGUMENT',
  'BAD_PLAN',
  'BAD_RECIPE',
  'BAD_SPLIT',
  'BAD_USAGE',
  'NO_SUCH_MODEL',
  'NO_SUCH_RECIPE',
  'OUTPUT_EXISTS',
  'RUN_MISMATCH',
]);

export function exitCodeOf(code: string): number {
  if (code === 'INTERRUPTED') return exitCodes.interrupted;
  return wrongUse.has(code) ? exitCodes.wrongUse : exitCodes.failed;
}
