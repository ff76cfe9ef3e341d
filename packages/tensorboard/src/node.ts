/**
 * Event files on disk, for Node. The only module of the package that imports `node:` anything.
 *
 * Every record is written with one system call and without a buffer of our own, so a killed process loses at most
 * the record it was writing, and TensorBoard sees points as they come.
 */
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { TensorBoardError } from './errors.ts';
import type { Event } from './event.ts';
import { readEvents } from './read-events.ts';
import { type EventSink, EventWriter, type EventWriterOptions } from './writer.ts';

export interface OpenEventFileOptions extends Pick<EventWriterOptions, 'clock' | 'purgeStep'> {
  /** Ending of the file name, `.validation` for instance. */
  readonly suffix?: string;
}

/**
 * Starts a new event file `events.out.tfevents.<seconds>.<host>.<process>.<number><suffix>` in `directory`,
 * which is made when it is not there. To TensorBoard the directory is the run; a run may have many files.
 *
 * @throws TensorBoardError BAD_ARGUMENT when the suffix has a slash; the system's error when the file cannot be
 * made.
 */
export function openEventFile(directory: string, options: OpenEventFileOptions = {}): EventWriter {
  const { suffix = '', ...writerOptions } = options;
  if (/[/\\]/.test(suffix)) {
    throw new TensorBoardError('BAD_ARGUMENT', `event file: suffix "${suffix}" must not have slashes`);
  }
  mkdirSync(directory, { recursive: true });
  const seconds = Math.floor((options.clock ?? Date.now)() / 1000);
  const stem = `events.out.tfevents.${String(seconds).padStart(10, '0')}.${hostname()}.${process.pid}`;
  return new EventWriter(fileSink(openNewFile(join(directory, stem), suffix)), writerOptions);
}

/** Event files of a run's directory, oldest first: their names begin with the second they were made. */
export function listEventFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.includes('tfevents'))
    .sort()
    .map((name) => join(directory, name));
}

/** A writer that goes on where a file ended, and what the file holds. */
export interface ReopenedEventFile {
  readonly writer: EventWriter;
  /** The whole events found. */
  readonly events: Event[];
  /** Says where and how the file ended within a record; that record was cut off. */
  readonly truncated: TensorBoardError | undefined;
}

/**
 * Opens an event file to append to it. A last record that a killed process left unfinished is cut off first.
 *
 * @throws TensorBoardError CORRUPT_RECORD when the file is damaged elsewhere; it is left as it is.
 */
export function reopenEventFile(
  path: string,
  options: Pick<EventWriterOptions, 'clock' | 'purgeStep'> = {},
): ReopenedEventFile {
  let truncated: TensorBoardError | undefined;
  const events = readEvents(readFileSync(path), {
    onTruncated: (error) => {
      truncated = error;
    },
  });
  const descriptor = openSync(path, 'a');
  if (truncated?.offset !== undefined) {
    ftruncateSync(descriptor, truncated.offset);
  }
  const writer = new EventWriter(fileSink(descriptor), { ...options, append: events.length > 0 });
  return { writer, events, truncated };
}

function openNewFile(stem: string, suffix: string): number {
  for (let number = 0; ; number++) {
    try {
      return openSync(`${stem}.${number}${suffix}`, 'ax');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function fileSink(descriptor: number): EventSink {
  return {
    write: (record) => writeFileSync(descriptor, record),
    flush: () => fsyncSync(descriptor),
    close: () => closeSync(descriptor),
  };
}
