import { expect, test } from 'vitest';
import { TensorBoardError } from './errors.ts';
import { encodeRecord, readRecords } from './record.ts';

const payloads = [Uint8Array.of(7), new Uint8Array(0), Uint8Array.of(1, 2, 3, 4, 5)];
const file = concatenate(payloads.map(encodeRecord));

test('a record is length, masked checksum, payload, masked checksum', () => {
  const record = encodeRecord(Uint8Array.of(7));
  expect(record.length).toBe(17);
  expect([...record.subarray(0, 8)]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  expect(record[12]).toBe(7);
});

test('records are read back in order, with their offsets', () => {
  expect([...readRecords(file)]).toEqual([
    { offset: 0, payload: payloads[0] },
    { offset: 17, payload: payloads[1] },
    { offset: 33, payload: payloads[2] },
  ]);
});

test('records are read from the middle of a larger buffer', () => {
  const larger = concatenate([new Uint8Array(3), file]);
  expect([...readRecords(larger.subarray(3))].map(({ payload }) => [...payload])).toEqual([
    [7],
    [],
    [1, 2, 3, 4, 5],
  ]);
});

test('every flipped bit is found, in the record that it is in', () => {
  for (let bit = 0; bit < file.length * 8; bit++) {
    const damaged = file.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    const error = errorOf(() => [...readRecords(damaged)]);
    expect(error.code).toBe('CORRUPT_RECORD');
    expect(error.offset).toBe(bit >> 3 < 17 ? 0 : bit >> 3 < 33 ? 17 : 33);
    expect(error.message).toContain(`byte ${error.offset}`);
  }
});

test('a file that ends within a record gives the records before it, then TRUNCATED', () => {
  const starts = [0, 17, 33, file.length];
  for (let length = 0; length <= file.length; length++) {
    const whole = starts.filter((start) => start <= length).length - 1;
    const read: number[] = [];
    const walk = () => {
      for (const { offset } of readRecords(file.subarray(0, length))) read.push(offset);
    };
    if (starts.includes(length)) {
      walk();
    } else {
      expect(errorOf(walk)).toMatchObject({ code: 'TRUNCATED', offset: starts[whole] });
    }
    expect(read).toEqual(starts.slice(0, whole));
  }
});

function errorOf(run: () => unknown): TensorBoardError {
  try {
    run();
  } catch (error) {
    if (error instanceof TensorBoardError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function concatenate(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
