/**
 * The few protobuf idioms that the message files share, over the wire reader and writer of @bufbuild/protobuf.
 *
 * Messages are described by hand, a function each way: the dozen that TensorBoard needs use few of their fields,
 * and generated code would be several times longer. As proto3 prescribes, callers leave out fields with their
 * default value, except members of a `oneof`, which are written whenever they are set.
 */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Writes field `field` as a nested message; `write` fills it. */
export function writeMessage(
  writer: BinaryWriter,
  field: number,
  write: (writer: BinaryWriter) => void,
): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

/** Writes a string field, leaving the default, empty, out. */
export function writeString(writer: BinaryWriter, field: number, value: string | undefined): void {
  if (value !== undefined && value !== '') {
    writer.tag(field, WireType.LengthDelimited).string(value);
  }
}

/** Writes a double field, leaving the default, zero, out. */
export function writeDouble(writer: BinaryWriter, field: number, value: number | undefined): void {
  if (value !== undefined && !Object.is(value, 0)) {
    writer.tag(field, WireType.Bit64).double(value);
  }
}

/** Writes an int32 or enum field, leaving the default, zero, out. */
export function writeInt32(writer: BinaryWriter, field: number, value: number): void {
  if (value !== 0) {
    writer.tag(field, WireType.Varint).int32(value);
  }
}

/** Writes a packed repeated field; `write` appends one element. */
export function writePacked<T>(
  writer: BinaryWriter,
  field: number,
  values: Iterable<T>,
  write: (writer: BinaryWriter, value: T) => void,
): void {
  writeMessage(writer, field, (packed) => {
    for (const value of values) {
      write(packed, value);
    }
  });
}

/** Bytes of a message that `write` fills. */
export function encodeMessage(write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

/**
 * Walks the fields of a message. `read` handles the fields it knows and returns true for them; the others are
 * skipped, as protobuf readers do with what newer writers added.
 */
export function readMessage(
  bytes: Uint8Array,
  read: (field: number, reader: BinaryReader, wireType: WireType) => boolean,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (!read(field, reader, wireType)) {
      reader.skip(wireType, field);
    }
  }
}

/** Reads a repeated double in either form, packed or one by one, onto `values`. */
export function readDoubles(reader: BinaryReader, wireType: WireType, values: number[]): void {
  if (wireType === WireType.Bit64) {
    values.push(reader.double());
    return;
  }
  const packed = new BinaryReader(reader.bytes());
  while (packed.pos < packed.len) {
    values.push(packed.double());
  }
}
