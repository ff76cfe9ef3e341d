/**
 * Summary: the tagged values that an event carries.
 *
 * Scalars, histograms and images are written in their first, compact form (`simple_value`, `histo`, `image`),
 * which TensorBoard converts as it loads them (`data_compat.py`); text and hparams exist only as tensors with
 * plugin metadata. Field numbers from `summary.proto` of TensorBoard's compat protos.
 */
import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { WireType } from '@bufbuild/protobuf/wire';
import { type Histogram, readHistogram, writeHistogram } from './histogram.ts';
import { readTensor, type Tensor, writeTensor } from './tensor.ts';
import { readMessage, writeInt32, writeMessage, writeString } from './wire.ts';

/** Which plugin shows a value. */
export interface SummaryMetadata {
  readonly pluginName: string;
  /** The plugin's own message, as bytes; empty for plugins that need none. */
  readonly content: Uint8Array;
  /** TensorBoard's DataClass: 0 unknown, 1 scalar, 2 tensor, 3 blob sequence. */
  readonly dataClass: number;
}

/** An encoded picture. */
export interface SummaryImage {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly channels: number;
  /** The PNG file. */
  readonly encoded: Uint8Array;
}

/** One tagged value. */
export interface SummaryValue {
  readonly tag: string;
  readonly metadata?: SummaryMetadata | undefined;
  readonly value: SummaryContent;
}

/** What a tagged value holds; `other` stands for kinds that are read but never written (audio). */
export type SummaryContent =
  | { readonly kind: 'scalar'; readonly scalar: number }
  | { readonly kind: 'histogram'; readonly histogram: Histogram }
  | { readonly kind: 'image'; readonly image: SummaryImage }
  | { readonly kind: 'tensor'; readonly tensor: Tensor }
  | { readonly kind: 'other' };

/** Writes the fields of a Summary. */
export function writeSummary(writer: BinaryWriter, values: readonly SummaryValue[]): void {
  for (const value of values) {
    writeMessage(writer, 1, (nested) => writeValue(nested, value));
  }
}

function writeValue(writer: BinaryWriter, { tag, metadata, value }: SummaryValue): void {
  writeString(writer, 1, tag);
  if (value.kind === 'scalar') {
    // float32 on the wire; what is beyond it becomes infinite here, since the wire writer refuses it.
    writer.tag(2, WireType.Bit32).float(Math.fround(value.scalar));
  } else if (value.kind === 'image') {
    writeMessage(writer, 4, (image) => {
      writeInt32(image, 1, value.image.height);
      writeInt32(image, 2, value.image.width);
      writeInt32(image, 3, value.image.channels);
      image.tag(4, WireType.LengthDelimited).bytes(value.image.encoded);
    });
  } else if (value.kind === 'histogram') {
    writeMessage(writer, 5, (histogram) => writeHistogram(histogram, value.histogram));
  } else if (value.kind === 'tensor') {
    writeMessage(writer, 8, (tensor) => writeTensor(tensor, value.tensor));
  }
  if (metadata !== undefined) {
    writeMessage(writer, 9, (nested) => {
      writeMessage(nested, 1, (plugin) => {
        writeString(plugin, 1, metadata.pluginName);
        if (metadata.content.length > 0) plugin.tag(2, WireType.LengthDelimited).bytes(metadata.content);
      });
      writeInt32(nested, 4, metadata.dataClass);
    });
  }
}

/** Reads a Summary. */
export function readSummary(bytes: Uint8Array): SummaryValue[] {
  const values: SummaryValue[] = [];
  readMessage(bytes, (field, reader) => {
    if (field !== 1) return false;
    values.push(readValue(reader.bytes()));
    return true;
  });
  return values;
}

function readValue(bytes: Uint8Array): SummaryValue {
  let tag = '';
  let metadata: SummaryMetadata | undefined;
  let value: SummaryContent = { kind: 'other' };
  readMessage(bytes, (field, reader) => {
    if (field === 1) tag = reader.string();
    else if (field === 2) value = { kind: 'scalar', scalar: reader.float() };
    else if (field === 4) value = { kind: 'image', image: readImage(reader.bytes()) };
    else if (field === 5) value = { kind: 'histogram', histogram: readHistogram(reader.bytes()) };
    else if (field === 8) value = { kind: 'tensor', tensor: readTensor(reader.bytes()) };
    else if (field === 9) metadata = readMetadata(reader.bytes());
    else return false;
    return true;
  });
  return { tag, metadata, value };
}

function readImage(bytes: Uint8Array): SummaryImage {
  const sizes = [0, 0, 0, 0];
  let encoded = new Uint8Array(0);
  readMessage(bytes, (field, reader) => {
    if (field >= 1 && field <= 3) sizes[field] = reader.int32();
    else if (field === 4) encoded = reader.bytes() as Uint8Array<ArrayBuffer>;
    else return false;
    return true;
  });
  return { height: sizes[1]!, width: sizes[2]!, channels: sizes[3]!, encoded };
}

function readMetadata(bytes: Uint8Array): SummaryMetadata {
  let pluginName = '';
  let content: Uint8Array = new Uint8Array(0);
  let dataClass = 0;
  readMessage(bytes, (field, reader) => {
    if (field === 4) dataClass = reader.int32();
    else if (field === 1) {
      readMessage(reader.bytes(), (pluginField, plugin) => {
        if (pluginField === 1) pluginName = plugin.string();
        else if (pluginField === 2) content = plugin.bytes();
        else return false;
        return true;
      });
    } else return false;
    return true;
  });
  return { pluginName, content, dataClass };
}
