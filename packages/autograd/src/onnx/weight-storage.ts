/**
 * Parameters in fewer bytes than float32, for small downloads. The network still computes in float32: a node before
 * it makes each parameter, under its own name, from what is stored.
 *
 * - `float16`: halves and a Cast; about 2 bytes a weight, relative error at most 2^-11.
 * - `int8`: whole numbers from -127 to 127, one float32 scale for each index of the first axis (which of a
 *   convolution's kernel is the output channel), a Cast and a Mul; about 1 byte a weight, error at most half a scale.
 *
 * ONNX Runtime computes such nodes once, when it loads the model. A DequantizeLinear it would keep, and run the
 * convolution behind it outside its blocked layout: 1.7 times slower, measured on a U-Net.
 *
 * Kernels are stored so. Biases, scales and running statistics (tensors of one axis) are few and stay float32.
 */
import { AutogradError } from '../errors.ts';
import type { GraphNode, Value } from '../graph/graph.ts';
import { encodeHalves, LARGEST_HALF } from './half-float.ts';

export type WeightStorage = 'float32' | 'float16' | 'int8';

/** A tensor of the file. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** float16 as its bits, in a Uint16Array. */
  readonly data: Float32Array | Uint16Array | Int8Array;
}

export interface StoredParameter {
  readonly tensors: readonly StoredTensor[];
  /** What makes the parameter of the tensors; none where a tensor is the parameter. */
  readonly nodes: readonly GraphNode[];
}

/** ONNX's number of float32 as a Cast's target. */
const TO_FLOAT32 = 1;
const LARGEST_INT8 = 127;

/**
 * @param data the parameter's values, as many as its shape has
 * @throws AutogradError BAD_ARGUMENT where a value is not finite, or too large for float16
 */
export function storeParameter(
  { name, shape }: Value,
  data: Float32Array,
  storage: WeightStorage,
): StoredParameter {
  if (storage === 'float32' || shape.length < 2) return { tensors: [{ name, shape, data }], nodes: [] };
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const limit = storage === 'float16' ? LARGEST_HALF : Number.MAX_VALUE;
  // Not `>`: NaN must not pass.
  if (!(largest <= limit)) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `encodeModel(): parameter ${name} reaches ${largest}, which ${storage} cannot hold; store it as float32`,
    );
  }
  return storage === 'float16' ? asHalves(name, shape, data) : asBytes(name, shape, data);
}

function asHalves(name: string, shape: readonly number[], data: Float32Array): StoredParameter {
  const stored = `${name}/float16`;
  return {
    tensors: [{ name: stored, shape, data: encodeHalves(data) }],
    nodes: [maker('Cast', name, [stored], { to: TO_FLOAT32 })],
  };
}

function asBytes(name: string, shape: readonly number[], data: Float32Array): StoredParameter {
  const [stored, scale] = [`${name}/int8`, `${name}/scale`];
  const channels = shape[0]!;
  const each = data.length / channels;
  const bytes = new Int8Array(data.length);
  const scales = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    const row = data.subarray(c * each, (c + 1) * each);
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // A channel of zeros has any scale.
    scales[c] = largest === 0 ? 1 : largest / LARGEST_INT8;
    for (let i = 0; i < each; i++) bytes[c * each + i] = Math.round(row[i]! / scales[c]!);
  }
  return {
    tensors: [
      { name: stored, shape, data: bytes },
      { name: scale, shape: [channels, ...shape.slice(1).map(() => 1)], data: scales },
    ],
    nodes: [
      maker('Cast', `${name}/steps`, [stored], { to: TO_FLOAT32 }),
      maker('Mul', name, [`${name}/steps`, scale]),
    ],
  };
}

function maker(
  op: string,
  output: string,
  inputs: readonly string[],
  attributes: GraphNode['attributes'] = {},
): GraphNode {
  return { name: `${output}/${op}`, op, domain: '', inputs, outputs: [output], attributes };
}
