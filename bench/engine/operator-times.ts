/**
 * Where the time of a network goes, operator by operator, and how near each comes to what the machine can do: the
 * runtime's own notes of one thread, which is what a lane of training has.
 */
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildInferenceGraph, ForwardPass, type Runtime, Trainer } from 'onnx-autograd';
import type { InferenceSession } from 'onnxruntime-node';
import * as onnxruntime from 'onnxruntime-node';
import { type BenchmarkNetwork, imageSize } from './networks.ts';
import { type PictureFiles, readNumbers } from './pictures.ts';
import type { Task } from './worker-protocol.ts';

export interface OperatorTime {
  /** As the runtime names it. */
  readonly operator: string;
  /** Of the time of all operators, 0 to 1. */
  readonly share: number;
  /**
   * Arithmetic of convolutions and matrix products, the fillers of incomplete blocks counted too; null for the
   * others, which only move memory.
   */
  readonly gflopsPerSecond: number | null;
  /** What goes in and comes out, be it to memory or to a cache. */
  readonly gigabytesPerSecond: number;
}

type Shape = readonly number[];
type Shapes = readonly Readonly<Record<string, Shape>>[];

/** An event of the runtime's notes, as far as it is read here. */
interface NotedEvent {
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args: {
    readonly op_name?: string;
    readonly input_type_shape?: Shapes;
    readonly output_type_shape?: Shapes;
  };
}

const LEARNING_RATE = 1e-4;
const BYTES_OF_FLOAT = 4;
/** Operators of a smaller share are left out. */
const LEAST_SHARE = 0.01;

/** Does a task on whole batches for a while; operators by falling share. */
export async function operatorTimes(
  benchmark: BenchmarkNetwork,
  task: Task,
  pictures: PictureFiles,
  seconds: number,
): Promise<OperatorTime[]> {
  const { network, loss, chunk, forwardChunk, batch: size } = benchmark;
  const numbers = size * imageSize(benchmark);
  const images = await readNumbers(pictures.images, numbers);
  const targets = await readNumbers(pictures.targets, numbers);
  const notes = await mkdtemp(join(dirname(pictures.images), 'notes-'));
  const { runtime, finish } = notingRuntime(notes);
  const quiet = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const noted = { ...quiet, enableProfiling: true };
  const trainer = await Trainer.create({
    ...{ network, loss, runtime, chunkSize: chunk },
    optimiser: { kind: 'adam' },
    session: task === 'train' ? noted : quiet,
  });
  const pass =
    task === 'forward'
      ? await ForwardPass.create(runtime, buildInferenceGraph(network, forwardChunk), noted)
      : undefined;
  const step = () =>
    pass === undefined
      ? trainer.train({ images, targets, size }, LEARNING_RATE)
      : pass.run({ image: images }, size, trainer.namedWeights());
  const end = performance.now() + 1000 * seconds;
  do await step();
  while (performance.now() < end);
  finish();
  await Promise.all([trainer.release(), pass?.release()]);
  const files = await readdir(notes);
  const events = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(notes, file), 'utf8')) as NotedEvent[]),
  );
  return sumUp(events.flat());
}

/** The runtime, whose sessions each write notes of their own when they are asked for with `enableProfiling`. */
function notingRuntime(directory: string): { runtime: Runtime; finish: () => void } {
  const noting: InferenceSession[] = [];
  const create = async (model: Uint8Array, options: InferenceSession.SessionOptions = {}) => {
    if (!options.enableProfiling) return onnxruntime.InferenceSession.create(model, options);
    const profileFilePrefix = join(directory, `${noting.length}`);
    const session = await onnxruntime.InferenceSession.create(model, { ...options, profileFilePrefix });
    noting.push(session);
    return session;
  };
  return {
    runtime: { ...onnxruntime, InferenceSession: { create } },
    finish: () => {
      for (const session of noting) session.endProfiling();
    },
  };
}

function sumUp(events: readonly NotedEvent[]): OperatorTime[] {
  const sums = new Map<string, { microseconds: number; flops: number | null; bytes: number }>();
  let total = 0;
  for (const { name, dur, args } of events) {
    if (args.op_name === undefined || !name.endsWith('_kernel_time')) continue;
    const inputs = shapesOf(args.input_type_shape);
    const outputs = shapesOf(args.output_type_shape);
    const flops = flopsOf(args.op_name, inputs, outputs);
    const sum = sums.get(args.op_name) ?? { microseconds: 0, flops: flops === null ? null : 0, bytes: 0 };
    sum.microseconds += dur;
    if (sum.flops !== null) sum.flops += flops ?? 0;
    sum.bytes += BYTES_OF_FLOAT * [...inputs, ...outputs].reduce((all, shape) => all + sizeOf(shape), 0);
    sums.set(args.op_name, sum);
    total += dur;
  }
  return [...sums]
    .map(([operator, { microseconds, flops, bytes }]) => ({
      operator,
      share: microseconds / total,
      gflopsPerSecond: flops === null ? null : flops / (1000 * microseconds),
      gigabytesPerSecond: bytes / (1000 * microseconds),
    }))
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort((a, b) => b.share - a.share);
}

/** As in the engine's own `countFlops`; null for operators that are bound by memory. */
function flopsOf(operator: string, inputs: readonly Shape[], outputs: readonly Shape[]): number | null {
  const [first, second] = inputs;
  const [output] = outputs;
  switch (operator) {
    case 'Conv':
      return 2 * sizeOf(output!) * sizeOf(second!.slice(1));
    case 'ConvTranspose':
      return 2 * sizeOf(first!) * sizeOf(second!.slice(1));
    case 'MatMul':
    case 'FusedMatMul':
      // Which of a matrix's sides is summed over is not noted; the other is a row of the product.
      return (2 * sizeOf(output!) * sizeOf(first!.slice(-2))) / output!.at(-2)!;
    default:
      return null;
  }
}

function shapesOf(noted: Shapes = []): Shape[] {
  return noted.flatMap((one) => Object.values(one));
}

function sizeOf(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}
