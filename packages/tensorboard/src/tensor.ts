/**
 * The part of TensorProto that plugin data needs: string tensors and float tensors of any shape.
 *
 * Field numbers from `tensor.proto`, `tensor_shape.proto` and `types.proto` of TensorBoard's compat protos.
 */
import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { WireType } from '@bufbuild/protobuf/wire';
import { readMessage, writeInt32, writeMessage, writePacked } from './wire.ts';

/** A tensor of strings (as bytes) or of float32 numbers, row-major; an empty shape is a single value. */
export type Tensor =
  | { readonly dtype: 'string'; readonly shape: readonly number[]; readonly values: readonly Uint8Array[] }
  | { readonly dtype: 'float'; readonly shape: readonly number[]; readonly values: readonly number[] }
  | { readonly dtype: 'other'; readonly typeNumber: number; readonly shape: readonly number[] };

const DT_FLOAT = 1;
const DT_STRING = 7;

/** A tensor that holds one UTF-8 string and has no dimensions. */
export function stringTensor(text: string): Tensor {
  return { dtype: 'string', shape: [], values: [new TextEncoder().encode(text)] };
}

/** Writes the fields of a TensorProto. */
export function writeTensor(writer: BinaryWriter, tensor: Tensor): void {
  if (tensor.dtype === 'other') {
    throw new Error(`internal: tensors of data type ${tensor.typeNumber} are read, never written`);
  }
  writeInt32(writer, 1, tensor.dtype === 'float' ? DT_FLOAT : DT_STRING);
  writeMessage(writer, 2, (shape) => writeShape(shape, tensor.shape));
  if (tensor.dtype === 'float') {
    writePacked(writer, 5, tensor.values, (packed, value) => packed.float(value));
  } else {
    for (const value of tensor.values) {
      writer.tag(8, WireType.LengthDelimited).bytes(value);
    }
  }
}

/** Writes the fields of a TensorShapeProto; -1 is a dimension of unknown size. */
export function writeShape(writer: BinaryWriter, shape: readonly number[]): void {
  for (const size of shape) {
    writeMessage(writer, 2, (dim) => {
      if (size !== 0) dim.tag(1, WireType.Varint).int64(size);
    });
  }
}

/** Reads a TensorProto; tensors of other data types keep their shape only. */
export function readTensor(bytes: Uint8Array): Tensor {
  let typeNumber = 0;
  const shape: number[] = [];
  const floats: number[] = [];
  const strings: Uint8Array[] = [];
  readMessage(bytes, (field, reader, wireType) => {
    if (field === 1) typeNumber = reader.int32();
    else if (field === 2) shape.push(...readShape(reader.bytes()));
    else if (field === 5 && wireType === WireType.Bit32) floats.push(reader.float());
    else if (field === 5) {
      const packed = reader.bytes();
      const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
      for (let at = 0; at < packed.length; at += 4) floats.push(view.getFloat32(at, true));
    } else if (field === 8) strings.push(reader.bytes());
    else return false;
    return true;
  });
  if (typeNumber === DT_FLOAT) return { dtype: 'float', shape, values: floats };
  if (typeNumber === DT_STRING) return { dtype: 'string', shape, values: strings };
  return { dtype: 'other', typeNumber, shape };
}

function readShape(bytes: Uint8Array): number[] {
  const shape: number[] = [];
  readMessage(bytes, (field, reader) => {
    if (field !== 2) return false;
    let size = 0;
    readMessage(reader.bytes(), (dimField, dim) => {
      if (dimField !== 1) return false;
      size = Number(dim.int64());
      return true;
    });
    shape.push(size);
    return true;
  });
  return shape;
}
