/** The values of a tensor in a file that `encodeModel` wrote. */
import { type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { AutogradError } from '../errors.ts';
import { decodeHalves } from './half-float.ts';

/** The values of a float32 or float16 tensor; undefined for other types. @throws as `rawBytes` */
export function floatValues(tensor: TensorProto): Float32Array | undefined {
  if (tensor.dataType === TensorProto_DataType.FLOAT) return new Float32Array(rawBytes(tensor));
  if (tensor.dataType === TensorProto_DataType.FLOAT16)
    return decodeHalves(new Uint16Array(rawBytes(tensor)));
  return undefined;
}

/**
 * The raw bytes in memory of their own, so that they are aligned.
 *
 * @throws AutogradError BAD_ARGUMENT for a tensor that keeps its values in another way
 */
export function rawBytes({ name, rawData }: TensorProto): ArrayBuffer {
  if (rawData === undefined || rawData.length === 0) {
    throw new AutogradError('BAD_ARGUMENT', `tensor ${name} keeps no raw data`);
  }
  return new Uint8Array(rawData).buffer;
}
