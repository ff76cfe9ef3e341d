/**
 * Event: the one message of an event file, a time, a step and what happened.
 *
 * Field numbers from `event.proto` of TensorBoard's compat protos.
 */
import { WireType } from '@bufbuild/protobuf/wire';
import { readSummary, type SummaryValue, writeSummary } from './summary.ts';
import { encodeMessage, readMessage, writeDouble, writeMessage } from './wire.ts';

export interface Event {
  /** Seconds since 1970. */
  readonly wallTime: number;
  /** Training step, a whole number; TensorBoard's horizontal axis. */
  readonly step: number;
  readonly what: EventContent;
}

/**
 * What an event says. `version` opens every file; `session-start` makes TensorBoard drop what the run's earlier
 * files say about this step and later ones; `other` stands for kinds that are read but never written.
 */
export type EventContent =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'graph'; readonly graphDef: Uint8Array }
  | { readonly kind: 'summary'; readonly values: readonly SummaryValue[] }
  | { readonly kind: 'session-start' }
  | { readonly kind: 'other' };

const SESSION_START = 1;

/** Bytes of an Event message, not yet framed as a record (`encodeRecord` does that). */
export function encodeEvent({ wallTime, step, what }: Event): Uint8Array {
  return encodeMessage((writer) => {
    writeDouble(writer, 1, wallTime);
    if (step !== 0) writer.tag(2, WireType.Varint).int64(step);
    if (what.kind === 'version') {
      writer.tag(3, WireType.LengthDelimited).string(what.version);
    } else if (what.kind === 'graph') {
      writer.tag(4, WireType.LengthDelimited).bytes(what.graphDef);
    } else if (what.kind === 'summary') {
      writeMessage(writer, 5, (summary) => writeSummary(summary, what.values));
    } else if (what.kind === 'session-start') {
      writeMessage(writer, 7, (log) => log.tag(1, WireType.Varint).int32(SESSION_START));
    }
  });
}

/** Reads an Event message. */
export function decodeEvent(bytes: Uint8Array): Event {
  let wallTime = 0;
  let step = 0;
  let what: EventContent = { kind: 'other' };
  readMessage(bytes, (field, reader) => {
    if (field === 1) wallTime = reader.double();
    else if (field === 2) step = Number(reader.int64());
    else if (field === 3) what = { kind: 'version', version: reader.string() };
    else if (field === 4) what = { kind: 'graph', graphDef: reader.bytes() };
    else if (field === 5) what = { kind: 'summary', values: readSummary(reader.bytes()) };
    else if (field === 7) what = readSessionLog(reader.bytes());
    else return false;
    return true;
  });
  return { wallTime, step, what };
}

function readSessionLog(bytes: Uint8Array): EventContent {
  let status = 0;
  readMessage(bytes, (field, reader) => {
    if (field !== 1) return false;
    status = reader.int32();
    return true;
  });
  return { kind: status === SESSION_START ? 'session-start' : 'other' };
}
