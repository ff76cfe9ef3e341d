/** Reads the key and value texts that `encodeModel` put into a model. */
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';

/** @throws whatever the protobuf reader throws when the bytes are no ONNX model */
export function readModelMetadata(bytes: Uint8Array): Map<string, string> {
  const model = fromBinary(ModelProtoSchema, bytes);
  return new Map(model.metadataProps.map(({ key, value }) => [key, value]));
}
