/**
 * One model out of several that were trained on from the same start: the mean of their weights, which often is as good
 * at what each of them learnt (Wortsman et al., "Model soups", ICML 2022).
 */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { type ModelProto, ModelProtoSchema, type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { AutogradError } from '../errors.ts';
import { encodeHalves } from './half-float.ts';
import { floatValues } from './tensor-values.ts';

/**
 * @param models ONNX files of one network, with weights as float32 or float16
 * @returns the first file with the mean of the weights of all
 * @throws AutogradError BAD_ARGUMENT for fewer than two models, or models that differ in more than their weights;
 * whatever the protobuf reader throws when the bytes are no ONNX model
 * @example
 * const better = averageModels([trainedOnYoung, trainedOnOld]);
 */
export function averageModels(models: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = models.map((bytes) => fromBinary(ModelProtoSchema, bytes));
  if (first === undefined || others.length === 0) throw refused('takes two models or more');
  for (const other of others) requireAlike(first, other);
  tensorsOf(first).forEach((tensor, at) => {
    const same = [tensor, ...others.map((other) => tensorsOf(other)[at]!)];
    const floats = same.flatMap((one) => floatValues(one) ?? []);
    if (floats.length > 0) {
      const mean = meanOf(floats);
      tensor.rawData = bytesOf(tensor.dataType === TensorProto_DataType.FLOAT16 ? encodeHalves(mean) : mean);
    } else if (same.some((one) => !isEqual(one.rawData, tensor.rawData))) {
      throw refused(`cannot average tensor ${tensor.name}, which holds neither float32 nor float16`);
    }
  });
  return toBinary(ModelProtoSchema, first);
}

function requireAlike(first: ModelProto, other: ModelProto): void {
  const operators = (model: ModelProto) => (model.graph?.node ?? []).map(({ opType }) => opType).join(' ');
  const tensors = (model: ModelProto) =>
    tensorsOf(model)
      .map(({ name, dims, dataType }) => `${name} ${dataType} ${dims.join('x')}`)
      .join('\n');
  if (operators(first) !== operators(other) || tensors(first) !== tensors(other)) {
    throw refused('needs models of one network, which differ in nothing but their weights');
  }
}

function tensorsOf({ graph }: ModelProto): readonly TensorProto[] {
  return graph?.initializer ?? [];
}

function meanOf(all: readonly Float32Array[]): Float32Array {
  return all[0]!.map((_, i) => all.reduce((sum, one) => sum + one[i]!, 0) / all.length);
}

function bytesOf({ buffer }: Float32Array | Uint16Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer);
}

function isEqual(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a?.length === b?.length && (a ?? new Uint8Array()).every((value, i) => value === b![i]);
}

function refused(what: string): AutogradError {
  return new AutogradError('BAD_ARGUMENT', `averageModels(): ${what}`);
}
