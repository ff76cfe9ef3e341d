/** Reads back the parameters of a model that `encodeModel` wrote, whatever they are stored as. */
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, TensorProto_DataType } from 'onnx-buf';
import { AutogradError } from '../errors.ts';
import { floatValues, rawBytes } from './tensor-values.ts';

/**
 * All float tensors of the file by name; one stored as float16 or int8 under the name of the parameter that is made
 * of it.
 *
 * @throws whatever the protobuf reader throws when the bytes are no ONNX model; AutogradError BAD_ARGUMENT for a
 * tensor that keeps its values in another way than `encodeModel`
 */
export function readModelWeights(bytes: Uint8Array): Map<string, Float32Array> {
  const tensors = new Map(
    (fromBinary(ModelProtoSchema, bytes).graph?.initializer ?? []).map((tensor) => [tensor.name, tensor]),
  );
  const weights = new Map<string, Float32Array>();
  for (const [name, tensor] of tensors) {
    const isScale = name.endsWith('/scale') && tensors.has(name.replace(/scale$/, 'int8'));
    if (isScale) continue;
    const floats = floatValues(tensor);
    if (floats !== undefined) {
      weights.set(name.replace(/\/float16$/, ''), floats);
    } else if (tensor.dataType === TensorProto_DataType.INT8) {
      const parameter = name.replace(/\/int8$/, '');
      const scale = tensors.get(`${parameter}/scale`);
      if (scale === undefined) {
        throw new AutogradError('BAD_ARGUMENT', `readModelWeights(): tensor ${name} has no scale`);
      }
      weights.set(parameter, dequantised(new Int8Array(rawBytes(tensor)), new Float32Array(rawBytes(scale))));
    }
  }
  return weights;
}

/** Each row of the first axis has its scale. */
function dequantised(bytes: Int8Array, scales: Float32Array): Float32Array {
  const each = bytes.length / scales.length;
  return Float32Array.from(bytes, (value, i) => value * scales[Math.floor(i / each)]!);
}
