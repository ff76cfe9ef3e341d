/**
 * TFRecord framing: how events lie one after the other in an event file.
 *
 * A record is, little endian: payload length (uint64), masked CRC-32C of those 8 bytes (uint32), the payload,
 * masked CRC-32C of the payload (uint32). As in TensorFlow's `core/lib/io/record_writer.h`.
 */
import { maskedCrc32c } from './crc32c.ts';
import { TensorBoardError } from './errors.ts';

const HEADER_BYTES = 12;
const FOOTER_BYTES = 4;

/** Frames one payload as a record: 16 bytes longer than the payload. */
export function encodeRecord(payload: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + payload.length + FOOTER_BYTES);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(payload.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(payload, HEADER_BYTES);
  view.setUint32(HEADER_BYTES + payload.length, maskedCrc32c(payload), true);
  return record;
}

/** A payload and where its record starts. */
export interface FramedRecord {
  /** Byte offset of the record's first byte. */
  readonly offset: number;
  /** A view of the bytes given to `readRecords`, not a copy. */
  readonly payload: Uint8Array;
}

/**
 * Walks the records of an event file, checking both checksums of each.
 *
 * @throws TensorBoardError CORRUPT_RECORD when a checksum does not match; TRUNCATED when the bytes end within a
 * record. Both carry the record's byte offset; all records before it were yielded.
 */
export function* readRecords(bytes: Uint8Array): Generator<FramedRecord> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  while (offset < bytes.length) {
    const left = bytes.length - offset;
    if (left < HEADER_BYTES) {
      throw truncated(offset, `${left} bytes are left, a record's header takes ${HEADER_BYTES}`);
    }
    checkCrc(bytes.subarray(offset, offset + 8), view.getUint32(offset + 8, true), offset, 'length');
    const length = Number(view.getBigUint64(offset, true));
    const recordBytes = HEADER_BYTES + length + FOOTER_BYTES;
    if (left < recordBytes) {
      throw truncated(offset, `${left} bytes are left, this record takes ${recordBytes}`);
    }
    const payload = bytes.subarray(offset + HEADER_BYTES, offset + HEADER_BYTES + length);
    checkCrc(payload, view.getUint32(offset + HEADER_BYTES + length, true), offset, 'payload');
    yield { offset, payload };
    offset += recordBytes;
  }
}

function checkCrc(bytes: Uint8Array, stored: number, offset: number, part: string): void {
  const computed = maskedCrc32c(bytes);
  if (stored !== computed) {
    throw new TensorBoardError(
      'CORRUPT_RECORD',
      `event file: the record at byte ${offset} is damaged: the checksum of its ${part} is ` +
        `0x${stored.toString(16)}, its bytes give 0x${computed.toString(16)}; records before it are whole`,
      { offset },
    );
  }
}

function truncated(offset: number, numbers: string): TensorBoardError {
  return new TensorBoardError(
    'TRUNCATED',
    `event file: ends within the record at byte ${offset}: ${numbers}; the writer was probably killed, ` +
      'records before it are whole',
    { offset },
  );
}
