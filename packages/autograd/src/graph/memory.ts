/**
 * How much memory one run of a graph takes: the largest sum of tensors that are alive at the same time.
 *
 * Nodes run in their order; a tensor is freed after its last reader. Views share their operand's memory, and
 * elementwise nodes write over an operand that nobody else reads, as ONNX Runtime does. What a kernel allocates for
 * itself while it runs is not counted.
 */
import { elementCount } from '../operators/shape.ts';
import type { Graph } from './graph.ts';

const VIEWS = new Set(['Reshape', 'Identity', 'Squeeze', 'Unsqueeze']);
const IN_PLACE = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Neg',
  'Exp',
  'Log',
  'Sqrt',
  'Abs',
  'Relu',
  'LeakyRelu',
  'Sigmoid',
  'HardSigmoid',
  'Softmax',
  'Sum',
]);

/** Bytes by element type. */
const BYTES = { float32: 4, int64: 8, bool: 1 } as const;

/** Memory of one or more tensors, and how often it is still read. */
interface Block {
  readonly bytes: number;
  readers: number;
}

/** Largest memory in bytes of one run, inputs, parameters and outputs included. */
export function peakBytes(graph: Graph): number {
  const bytesOf = (name: string) => {
    const { shape, type } = graph.valueOf(name);
    return elementCount(shape) * BYTES[type];
  };
  const readers = new Map<string, number>();
  for (const { inputs } of graph.nodes) {
    for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  // The caller reads outputs in the end, and keeps inputs, parameters and constants.
  for (const { name } of graph.outputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const blocks = new Map<string, Block>();
  let live = 0;
  const allocate = (name: string, kept: number) => {
    const block = { bytes: bytesOf(name), readers: (readers.get(name) ?? 0) + kept };
    blocks.set(name, block);
    live += block.bytes;
  };
  for (const { value } of graph.parameters) allocate(value.name, 1);
  for (const { name } of [...graph.inputs, ...graph.constants]) allocate(name, 1);
  let peak = live;
  for (const { op, inputs, outputs } of graph.nodes) {
    const operands = inputs.flatMap((name) => blocks.get(name) ?? []);
    const name = outputs[0]!;
    const shared = VIEWS.has(op)
      ? operands[0]
      : IN_PLACE.has(op)
        ? operands.find((block) => block.readers === 1 && block.bytes === bytesOf(name))
        : undefined;
    if (shared === undefined) allocate(name, 0);
    else {
      shared.readers += readers.get(name) ?? 0;
      blocks.set(name, shared);
    }
    peak = Math.max(peak, live);
    for (const block of operands) if (--block.readers === 0) live -= block.bytes;
  }
  return peak;
}
