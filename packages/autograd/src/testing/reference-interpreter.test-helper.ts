/**
 * Runs the ONNX nodes of a graph in float64, one naive kernel a node: the reference for what the runtime computes
 * in float32, and exact enough for finite differences.
 *
 * A value is computed when it is asked for, so that asking for the loss runs the forward half only. A node that
 * has no reference is an error.
 */
import type { AttributeValue, Graph, GraphNode } from '../graph/graph.ts';
import {
  broadcast,
  concat64,
  gather64,
  logSoftmax64,
  map,
  matMul64,
  pad64,
  type Reduction,
  reduce,
  slice64,
  transpose64,
} from './elementwise-reference.test-helper.ts';
import {
  referenceBatchNormInference,
  referenceConv,
  referenceConvTranspose,
  referenceInstanceNorm,
  referencePool,
  referenceUpsampleLinear,
  referenceUpsampleNearest,
  type WindowAttributes,
} from './reference-kernels.test-helper.ts';
import { product, type Tensor64 } from './tensor64.test-helper.ts';

/** Inputs and parameters by name. */
export type Feeds64 = ReadonlyMap<string, Tensor64>;

/** Computes the named values of the graph. */
export function interpret(graph: Graph, feeds: Feeds64, wanted: readonly string[]): Map<string, Tensor64> {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const known = new Map<string, Tensor64>(feeds);
  for (const c of graph.constants)
    known.set(c.name, { shape: c.shape, data: Float64Array.from(c.data, Number) });
  const compute = (name: string): Tensor64 => {
    const ready = known.get(name);
    if (ready !== undefined) return ready;
    const node = producers.get(name);
    if (node === undefined) throw new Error(`nothing makes ${name}; feed it`);
    const value = run(
      node,
      node.inputs.map((input) => (input === '' ? undefined : compute(input))),
    );
    const declared = graph.valueOf(name).shape;
    if (declared.join('x') !== value.shape.join('x')) {
      throw new Error(`${node.op} ${name} is ${value.shape.join('x')}, the graph says ${declared.join('x')}`);
    }
    known.set(name, value);
    return value;
  };
  return new Map(wanted.map((name) => [name, compute(name)]));
}

const UNARY: Record<string, (x: number) => number> = {
  Identity: (x) => x,
  Neg: (x) => -x,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Abs: Math.abs,
  Sign: Math.sign,
  Reciprocal: (x) => 1 / x,
  Relu: (x) => Math.max(x, 0),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  Cast: (x) => x,
};

const BROADCASTING: Record<string, (...values: number[]) => number> = {
  Add: (a, b) => a! + b!,
  Sub: (a, b) => a! - b!,
  Mul: (a, b) => a! * b!,
  Div: (a, b) => a! / b!,
  Pow: (a, b) => a! ** b!,
  Equal: (a, b) => Number(a === b),
  Greater: (a, b) => Number(a! > b!),
  Less: (a, b) => Number(a! < b!),
  Where: (condition, a, b) => (condition! ? a! : b!),
  Sum: (...values) => values.reduce((s, v) => s + v, 0),
  Max: Math.max,
  Min: Math.min,
};

const REDUCTIONS: Record<string, Reduction> = {
  ReduceSum: 'sum',
  ReduceMean: 'mean',
  ReduceMax: 'max',
  ReduceMin: 'min',
  ReduceL2: 'l2',
};

function run(node: GraphNode, inputs: readonly (Tensor64 | undefined)[]): Tensor64 {
  const { op, attributes } = node;
  const present = inputs.filter((t) => t !== undefined);
  const x = present[0]!;
  if (UNARY[op]) return map(x, UNARY[op]);
  if (BROADCASTING[op]) return broadcast(present, BROADCASTING[op]);
  if (REDUCTIONS[op]) {
    const axes = inputs[1] ? [...inputs[1].data] : integers(attributes.axes, []);
    return reduce(REDUCTIONS[op], x, axes, integer(attributes.keepdims, 1) === 1);
  }
  const operand = (i: number) => [...inputs[i]!.data];
  switch (op) {
    case 'LeakyRelu': {
      const slope = float(attributes.alpha, 0.01);
      return map(x, (v) => (v < 0 ? slope * v : v));
    }
    case 'HardSigmoid': {
      const alpha = float(attributes.alpha, 0.2);
      const beta = float(attributes.beta, 0.5);
      return map(x, (v) => Math.max(0, Math.min(1, alpha * v + beta)));
    }
    case 'Softmax':
      return map(logSoftmax64(x, integer(attributes.axis, -1)), Math.exp);
    case 'LogSoftmax':
      return logSoftmax64(x, integer(attributes.axis, -1));
    case 'Conv':
      return referenceConv(x, inputs[1]!, inputs[2], windowOf(node));
    case 'ConvTranspose':
      return referenceConvTranspose(x, inputs[1]!, inputs[2], windowOf(node));
    case 'MaxPool':
      return referencePool('max', x, windowOf(node));
    case 'AveragePool':
      return referencePool('mean', x, windowOf(node));
    case 'Resize':
      return resize(node, x, inputs[2]!);
    case 'MatMul':
      return matMul64(x, inputs[1]!, false, false);
    case 'FusedMatMul': {
      const scale = float(attributes.alpha, 1);
      const [transA, transB] = [integer(attributes.transA, 0) === 1, integer(attributes.transB, 0) === 1];
      return map(matMul64(x, inputs[1]!, transA, transB), (v) => scale * v);
    }
    case 'Reshape':
      return reshape(x, operand(1));
    case 'Unsqueeze':
    case 'Squeeze':
      return { shape: squeezed(op, x, operand(1)), data: x.data };
    case 'Transpose':
      return transpose64(x, integers(attributes.perm, []));
    case 'Concat':
      return concat64(present, integer(attributes.axis, 0));
    case 'Slice':
      return slice64(x, operand(1), operand(2), operand(3), inputs[4] ? operand(4) : operand(1).map(() => 1));
    case 'Pad':
      return pad64(x, operand(1), inputs[2]?.data[0] ?? 0);
    case 'Expand':
      return broadcast([x, { shape: operand(1), data: new Float64Array(product(operand(1))) }], (v) => v!);
    case 'Gather':
      return gather64(x, inputs[1]!, integer(attributes.axis, 0));
    case 'InstanceNormalization':
      return referenceInstanceNorm(x, inputs[1]!, inputs[2]!, float(attributes.epsilon, 1e-5));
    case 'BatchNormalization': {
      const [, scale, shift, mean, variance] = inputs as Tensor64[];
      return referenceBatchNormInference(
        x,
        scale!,
        shift!,
        mean!,
        variance!,
        float(attributes.epsilon, 1e-5),
      );
    }
    default:
      throw new Error(`the reference interpreter has no ${node.domain}.${op} (${node.name})`);
  }
}

function windowOf(node: GraphNode): WindowAttributes {
  const a = node.attributes;
  if (integer(a.ceil_mode, 0) !== 0 || integer(a.count_include_pad, 0) !== 0 || a.auto_pad !== undefined) {
    throw new Error(`the reference of ${node.op} knows no ceil_mode, count_include_pad or auto_pad`);
  }
  return {
    kernel: integers(a.kernel_shape, []),
    ...(a.strides === undefined ? {} : { strides: integers(a.strides, []) }),
    ...(a.dilations === undefined ? {} : { dilations: integers(a.dilations, []) }),
    ...(a.pads === undefined ? {} : { pads: integers(a.pads, []) }),
    ...(a.output_padding === undefined ? {} : { outputPadding: integers(a.output_padding, []) }),
    group: integer(a.group, 1),
  };
}

function resize(node: GraphNode, x: Tensor64, scales: Tensor64): Tensor64 {
  const { mode, coordinate_transformation_mode: coordinates, nearest_mode: rounding } = node.attributes;
  if (mode === 'nearest' && coordinates === 'asymmetric' && rounding === 'floor') {
    return referenceUpsampleNearest(x, [...scales.data]);
  }
  if (mode === 'linear' && (coordinates === undefined || coordinates === 'half_pixel')) {
    return referenceUpsampleLinear(x, [...scales.data]);
  }
  throw new Error(`the reference has no Resize of mode ${mode}, ${coordinates}, ${rounding}`);
}

function reshape(x: Tensor64, wanted: readonly number[]): Tensor64 {
  const copied = wanted.map((n, i) => (n === 0 ? x.shape[i]! : n));
  const known = copied.reduce((a, n) => (n === -1 ? a : a * n), 1);
  return { shape: copied.map((n) => (n === -1 ? x.data.length / known : n)), data: x.data };
}

function squeezed(op: string, x: Tensor64, axes: readonly number[]): number[] {
  if (op === 'Squeeze') return x.shape.filter((_, i) => !axes.includes(i));
  const shape = [...x.shape];
  for (const axis of [...axes].sort((a, b) => a - b)) shape.splice(axis, 0, 1);
  return shape;
}

function integer(value: AttributeValue | undefined, missing: number): number {
  if (value === undefined) return missing;
  if (typeof value !== 'number')
    throw new Error(`expected an integer attribute, got ${JSON.stringify(value)}`);
  return value;
}

function float(value: AttributeValue | undefined, missing: number): number {
  if (value === undefined) return missing;
  if (typeof value !== 'object' || !('float' in value)) {
    throw new Error(`expected a float attribute, got ${JSON.stringify(value)}`);
  }
  return value.float;
}

function integers(value: AttributeValue | undefined, missing: readonly number[]): readonly number[] {
  if (value === undefined) return missing;
  if (!Array.isArray(value))
    throw new Error(`expected an integer list attribute, got ${JSON.stringify(value)}`);
  return value;
}
