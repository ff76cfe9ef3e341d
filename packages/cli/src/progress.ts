/**
 * Progress on stderr: a bar that redraws itself on a terminal, else plain lines, seldom enough for a log file.
 */
import cliProgress from 'cli-progress';

/** Without a terminal, how far things are is told this often. */
const SECONDS_BETWEEN_LINES = 10;

export interface Progress {
  /** `done` of `total`, with words about what is being done. */
  update(done: number, total: number, text: string): void;
  /** A line that stays, above the bar. */
  line(text: string): void;
  /** Takes the bar away, until there is an update again. */
  stop(): void;
}

export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/**
 * @param quiet tells nothing at all
 * @param seconds the clock
 */
export function createProgress(
  stream: ProgressStream,
  quiet: boolean,
  seconds: () => number = () => performance.now() / 1000,
): Progress {
  if (quiet) return { update: () => {}, line: () => {}, stop: () => {} };
  return stream.isTTY ? barProgress(stream) : lineProgress(stream, seconds);
}

function barProgress(stream: ProgressStream): Progress {
  const bar = new cliProgress.SingleBar({
    stream,
    format: '{bar} {percentage}% {text}',
    barCompleteChar: '#',
    barIncompleteChar: '-',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    // Ctrl-C is handled by the command.
    gracefulExit: false,
  });
  let shown = false;
  const stop = () => {
    if (shown) bar.stop();
    shown = false;
  };
  return {
    update(done, total, text) {
      if (shown) {
        bar.setTotal(total);
        bar.update(done, { text });
      } else {
        bar.start(total, done, { text });
        shown = true;
      }
    },
    line(text) {
      stop();
      stream.write(`${text}\n`);
    },
    stop,
  };
}

function lineProgress(stream: ProgressStream, seconds: () => number): Progress {
  let last = seconds();
  const tell = (text: string) => {
    stream.write(`${text}\n`);
    last = seconds();
  };
  return {
    update(done, total, text) {
      if (seconds() - last >= SECONDS_BETWEEN_LINES) tell(`${Math.floor((100 * done) / total)}% ${text}`);
    },
    line: tell,
    stop() {},
  };
}
