/** What these scripts share about their command lines. */

/** Wrong use: told in one line, exit code 2. */
export class UsageError extends Error {}

/** Progress, on stderr. */
export function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** @throws UsageError when the text is not a whole number of at least `least` */
export function wholeNumber(name: string, text: string, least: number): number {
  const n = Number(text);
  if (text.trim() !== '' && Number.isInteger(n) && n >= least) return n;
  throw new UsageError(`${name} must be a whole number of ${least} or more, got ${text}`);
}

/** Runs a script's `main`; an error becomes one line on stderr and exit code 2 for wrong use, else 1. */
export async function runScript(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const wrongOption =
      error instanceof TypeError &&
      String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof UsageError || wrongOption ? 2 : 1;
  }
}
