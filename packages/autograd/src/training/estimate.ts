/**
 * What a training takes, before it runs: memory and arithmetic, from the graphs alone.
 *
 * Activations that the backward half needs fill most of the memory. They are those of one chunk, not of the batch:
 * a batch of any size fits where its chunks do.
 */
import { AutogradError, formatShape } from '../errors.ts';
import { countFlops, type FlopCount } from '../graph/flops.ts';
import { peakBytes } from '../graph/memory.ts';
import type { Loss } from '../losses/losses.ts';
import { buildUpdateGraph, momentNames, type Optimiser } from '../optimisers/optimiser.ts';
import { buildGradientGraph, buildInferenceGraph, type Network, type SideLosses } from './network.ts';
import { parameterLayout } from './parameter-layout.ts';

export interface EstimateOptions {
  readonly network: Network;
  readonly loss: Loss;
  readonly sideLosses?: SideLosses;
  readonly optimiser: Optimiser;
  /** As the trainer's. */
  readonly chunkSize?: number;
  readonly averageDecay?: number;
  /** Lanes that work at the same time, each on a chunk of its own; default 1. */
  readonly laneCount?: number;
  /** Bytes; an estimate above is an error that says what would fit. */
  readonly memoryLimit?: number;
}

export interface TrainingEstimate {
  /** Trainable parameters and running statistics. */
  readonly parameterCount: number;
  /** Bytes of tensors; `total` is what the process grows by. */
  readonly memory: {
    readonly parameters: number;
    /** The optimiser's, and the moving average of the weights. */
    readonly moments: number;
    /** Of all lanes: tensors alive at the same time in a chunk, with weights and gradients of each lane. */
    readonly lanes: number;
    /** The optimiser's graph, which runs when the lanes rest. */
    readonly update: number;
    /** At the worst moment, with what ONNX Runtime takes for itself. */
    readonly total: number;
  };
  /** Floating-point operations an image. */
  readonly flops: { readonly forward: number; readonly training: number };
}

/**
 * Beside 25 MB a runtime, processes grew by 1.1 to 1.6 times the bytes of tensors in three networks of 160 to 230 MB,
 * measured on ONNX Runtime 1.30: its allocator cannot use every gap, and kernels have scratch memory.
 */
const ALLOCATOR_FACTOR = 1.4;
const BYTES_A_RUNTIME = 25e6;
/** What the runtime, and the encoding of the model before it, take for a node; gradients of volumes have thousands. */
const BYTES_A_NODE = 15e3;

/**
 * @throws AutogradError TOO_LARGE when the total is above `memoryLimit`, naming the chunk size or image size that
 * would fit; SHAPE_MISMATCH, BAD_ARGUMENT as the trainer
 * @example
 * const { memory } = estimateTraining({ network, loss: softDiceLoss(), optimiser: { kind: 'adam' }, chunkSize: 2 });
 */
export function estimateTraining(options: EstimateOptions): TrainingEstimate {
  const estimate = estimateOf(options);
  const limit = options.memoryLimit;
  if (limit === undefined || estimate.memory.total <= limit) return estimate;
  const { name, inputShape } = options.network;
  throw new AutogradError(
    'TOO_LARGE',
    `${name}: training on images of ${formatShape(inputShape)}, ${chunkSizeOf(options)} at a time, takes about ${inWords(estimate.memory.total)}, over the limit of ${inWords(limit)}; ${whatFits(options, limit)}`,
  );
}

const chunkSizeOf = (options: EstimateOptions) => options.chunkSize ?? 5;

function estimateOf(options: EstimateOptions): TrainingEstimate {
  const { network, loss, sideLosses, optimiser, averageDecay, laneCount = 1 } = options;
  const chunkSize = chunkSizeOf(options);
  const gradient = buildGradientGraph(network, loss, chunkSize, sideLosses);
  const { totalCount, trainableCount } = parameterLayout(gradient);
  const parameters = 4 * totalCount;
  const moments = 4 * trainableCount * momentNames(optimiser, averageDecay).length;
  // A lane's graph holds weights and the gradient of a chunk; beside them lies the sum over its chunks.
  const lanes = laneCount * (peakBytes(gradient) + 4 * trainableCount);
  const update = peakBytes(
    buildUpdateGraph(trainableCount, optimiser, averageDecay === undefined ? {} : { averageDecay }),
  );
  const sumOfLanes = 4 * trainableCount;
  return {
    parameterCount: totalCount,
    memory: {
      parameters,
      moments,
      lanes,
      update,
      total:
        ALLOCATOR_FACTOR * (parameters + moments + sumOfLanes + Math.max(lanes, update)) +
        (BYTES_A_RUNTIME + BYTES_A_NODE * gradient.nodes.length) * laneCount,
    },
    flops: {
      forward: allFlops(countFlops(buildInferenceGraph(network, 1))),
      training: allFlops(countFlops(gradient)) / chunkSize,
    },
  };
}

function allFlops({ convolutions, products, constantProducts }: FlopCount): number {
  return convolutions + products + constantProducts;
}

/** The largest chunk that fits, else the largest image of the same proportions. */
function whatFits(options: EstimateOptions, limit: number): string {
  const fits = (changed: Partial<EstimateOptions>) =>
    estimateOf({ ...options, ...changed }).memory.total <= limit;
  let [largest, tooLarge] = [0, chunkSizeOf(options)];
  while (tooLarge - largest > 1) {
    const middle = (largest + tooLarge) >> 1;
    if (fits({ chunkSize: middle })) largest = middle;
    else tooLarge = middle;
  }
  if (largest > 0) return `a chunkSize of ${largest} fits`;
  const { network } = options;
  for (const inputShape of smallerShapes(options)) {
    if (fits({ chunkSize: 1, network: { ...network, inputShape } })) {
      return `with a chunkSize of 1, images of ${formatShape(inputShape)} fit`;
    }
  }
  return 'no smaller image fits either: make the network narrower';
}

/** Image shapes in sixteenths of the network's own, from large to small, that the network can be built for. */
function smallerShapes(options: EstimateOptions): (readonly number[])[] {
  const { network } = options;
  const [channels, ...space] = network.inputShape as [number, ...number[]];
  const builds = (inputShape: readonly number[]) => {
    try {
      buildGradientGraph({ ...network, inputShape }, options.loss, 1, options.sideLosses);
      return true;
    } catch (error) {
      if (error instanceof AutogradError && error.code === 'SHAPE_MISMATCH') return false;
      throw error;
    }
  };
  const shapes: number[][] = [];
  for (let sixteenths = 15; sixteenths >= 1; sixteenths--) {
    // Pooling wants multiples of a power of two that only the network knows.
    const rounded = [1, 2, 4, 8, 16, 32, 64].map((unit) => [
      channels,
      ...space.map((n) => Math.floor((n * sixteenths) / 16 / unit) * unit),
    ]);
    const shape = rounded.find((candidate) => candidate.every((n) => n > 0) && builds(candidate));
    if (shape !== undefined && String(shape) !== String(shapes.at(-1))) shapes.push(shape);
  }
  return shapes;
}

function inWords(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(0)} MB`;
}
