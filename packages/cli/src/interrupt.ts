/**
 * Ctrl-C and SIGTERM as an AbortSignal: the first asks the work to stop where it can be gone on with; after it
 * the system's own handling is back, so that a second one ends the process at once.
 */
import { CliError } from './errors.ts';

/** npm hands a terminal's Ctrl-C to its child a second time; what comes this soon is the same key press. */
const SAME_PRESS_MS = 500;

const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * @param onFirst is told the first time, to say that stopping takes a moment
 * @returns the signal, and what takes the handlers away
 */
export function abortOnInterrupt(onFirst: () => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const release = () => {
    for (const name of signals) process.off(name, handle);
  };
  function handle(name: NodeJS.Signals): void {
    if (controller.signal.aborted) return;
    onFirst();
    controller.abort(new CliError('INTERRUPTED', `stopped by ${name}`));
    setTimeout(release, SAME_PRESS_MS).unref();
  }
  for (const name of signals) process.on(name, handle);
  return { signal: controller.signal, release };
}
