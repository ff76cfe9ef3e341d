/**
 * Reads event files back: to resume a run, and to check what was written.
 */
import { TensorBoardError } from './errors.ts';
import { decodeEvent, type Event } from './event.ts';
import { readRecords } from './record.ts';

export interface ReadEventsOptions {
  /**
   * Called, instead of throwing TRUNCATED, when the file ends within a record, as after a killed process; the
   * events before it are returned. `error.offset` is the number of whole bytes.
   */
  readonly onTruncated?: (error: TensorBoardError) => void;
}

/**
 * The events of an event file, in order, both checksums of every record checked.
 *
 * @throws TensorBoardError CORRUPT_RECORD when a checksum does not match or a payload is no event; TRUNCATED when
 * the file ends within a record and there is no `onTruncated`. Both carry the record's byte offset.
 */
export function readEvents(bytes: Uint8Array, options: ReadEventsOptions = {}): Event[] {
  const events: Event[] = [];
  try {
    for (const { offset, payload } of readRecords(bytes)) {
      events.push(decodeAt(payload, offset));
    }
  } catch (error) {
    const tolerated =
      error instanceof TensorBoardError && error.code === 'TRUNCATED' && options.onTruncated !== undefined;
    if (!tolerated) throw error;
    options.onTruncated?.(error);
  }
  return events;
}

function decodeAt(payload: Uint8Array, offset: number): Event {
  try {
    return decodeEvent(payload);
  } catch (cause) {
    throw new TensorBoardError(
      'CORRUPT_RECORD',
      `event file: the record at byte ${offset} has right checksums but is no TensorBoard event: ` +
        `${cause instanceof Error ? cause.message : cause}`,
      { offset, cause },
    );
  }
}
