/**
 * Trains a network step by step on ONNX Runtime.
 *
 * A step is two ONNX models. The gradient model (forward, loss, backward) runs once for each chunk of the batch,
 * small enough that its tensors stay in the processor's cache, in as many lanes as there are cores; loss and
 * gradient add up over the chunks to those of the whole batch. The update model (clipping, optimiser) then runs once on all weights as one vector.
 */
import type { InferenceSession } from 'onnxruntime-common';
import { AutogradError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Loss } from '../losses/losses.ts';
import { probeBlockSize } from '../lowering/probe-block-size.ts';
import {
  buildUpdateGraph,
  momentNames,
  type Optimiser,
  updateScalars,
  WEIGHT_AVERAGE,
} from '../optimisers/optimiser.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import { createSession, type Runtime } from '../runtime/runtime.ts';
import { outputWriter, type RunInto } from '../runtime/write-outputs.ts';
import { type Checkpoint, checkLayout } from './checkpoint.ts';
import { type Batch, checkBatch, chunksOf } from './chunk.ts';
import { estimateTraining } from './estimate.ts';
import {
  type GradientLane,
  type GradientShare,
  gradientProgram,
  type StartLanes,
  startLane,
} from './gradient-lane.ts';
import { GradientSum } from './gradient-sum.ts';
import { buildGradientGraph, type Network, type SideLosses } from './network.ts';
import {
  decayMask,
  initialWeights,
  type ParameterLayout,
  parameterLayout,
  slotOf,
} from './parameter-layout.ts';

export interface TrainerOptions {
  readonly network: Network;
  readonly loss: Loss;
  /** Deep supervision: one weighted loss for each side output of the network, beside `loss`, which weighs 1. */
  readonly sideLosses?: SideLosses;
  readonly optimiser: Optimiser;
  readonly runtime: Runtime;
  /** Seeds start values and dropout. Default 0. */
  readonly seed?: number;
  /** Images a run of the gradient model; default 5. Batch normalisation sees this many at a time. */
  readonly chunkSize?: number;
  /** Gradients longer than this (L2 norm over all weights) are scaled down to it. */
  readonly clipNorm?: number;
  /**
   * Keeps an exponential moving average of the weights, which generalises better than the last ones: what it keeps
   * of itself in a step, e.g. 0.999. Training goes on from the weights; `namedWeights` gives the average.
   */
  readonly averageDecay?: number;
  /** Where gradients are computed; default: one lane on the calling thread. `workerLanes` gives one a core. */
  readonly lanes?: StartLanes;
  /** How many lanes there are; with `memoryLimit`. Default 1. */
  readonly laneCount?: number;
  /** Bytes; a training that is estimated to take more is refused before it starts, and told what would fit. */
  readonly memoryLimit?: number;
  /** Handed to the runtime: threads, execution providers. Lanes of the caller's have their own. */
  readonly session?: InferenceSession.SessionOptions;
  /** Told of every step after it is done; what it throws, the step's caller gets. */
  readonly onStep?: (step: StepReport) => void;
}

export interface StepResult {
  /** Mean over the batch, before the update. */
  readonly loss: number;
  /** L2 norm of the gradient before clipping. */
  readonly gradientNorm: number;
}

export interface StepReport extends StepResult {
  /** Steps done, this one included. */
  readonly step: number;
  readonly learningRate: number;
  /** Images that the step was taken on. */
  readonly images: number;
}

export class Trainer {
  readonly network: Network;
  readonly layout: ParameterLayout;
  readonly gradientGraph: Graph;
  readonly chunkSize: number;
  /** All parameters, in the layout's order: trainable ones, then running statistics. */
  readonly weights: Float32Array;
  private readonly runtime: Runtime;
  private readonly optimiser: Optimiser;
  private readonly lanes: readonly GradientLane[];
  private readonly updateSession: InferenceSession;
  private readonly runInto: RunInto;
  private readonly averageDecay: number | undefined;
  private readonly moments: Record<string, Float32Array>;
  private readonly random: SeededRandom;
  private readonly onStep: ((step: StepReport) => void) | undefined;
  private readonly pending = new GradientSum();
  private completedSteps = 0;

  private constructor(
    options: TrainerOptions,
    gradientGraph: Graph,
    layout: ParameterLayout,
    lanes: readonly GradientLane[],
    updateSession: InferenceSession,
    runInto: RunInto,
  ) {
    this.network = options.network;
    this.runtime = options.runtime;
    this.optimiser = options.optimiser;
    this.gradientGraph = gradientGraph;
    this.layout = layout;
    this.lanes = lanes;
    this.updateSession = updateSession;
    this.runInto = runInto;
    this.chunkSize = gradientGraph.inputs[0]!.shape[0]!;
    this.weights = initialWeights(gradientGraph, layout, options.seed ?? 0);
    this.averageDecay = options.averageDecay;
    this.onStep = options.onStep;
    this.moments = Object.fromEntries(
      momentNames(options.optimiser, options.averageDecay).map((name) => [
        name,
        name === WEIGHT_AVERAGE
          ? this.weights.slice(0, layout.trainableCount)
          : new Float32Array(layout.trainableCount),
      ]),
    );
    this.random = new SeededRandom((options.seed ?? 0) + 1);
  }

  /** Builds both models and compiles them. @throws AutogradError on shapes that do not fit, or from the runtime */
  static async create(options: TrainerOptions): Promise<Trainer> {
    const { network, loss, sideLosses, chunkSize = 5 } = options;
    if (options.memoryLimit !== undefined) estimateTraining(options);
    const gradientGraph = buildGradientGraph(network, loss, chunkSize, sideLosses);
    const layout = parameterLayout(gradientGraph);
    const updateGraph = buildUpdateGraph(layout.trainableCount, options.optimiser, {
      decayMask: decayMask(gradientGraph, layout),
      ...(options.clipNorm === undefined ? {} : { clipNorm: options.clipNorm }),
      ...(options.averageDecay === undefined ? {} : { averageDecay: options.averageDecay }),
    });
    const session = options.session ?? {};
    const program = gradientProgram(gradientGraph, layout, await probeBlockSize(options.runtime, session));
    const lanes = options.lanes
      ? await options.lanes(program)
      : [await startLane(options.runtime, program, session)];
    const updateSession = await createSession(options.runtime, updateGraph, session);
    const runInto = await outputWriter(options.runtime);
    return new Trainer(options, gradientGraph, layout, lanes, updateSession, runInto);
  }

  /** Steps done so far. */
  get step(): number {
    return this.completedSteps;
  }

  /**
   * One optimiser step on one batch.
   *
   * @throws AutogradError SHAPE_MISMATCH when the arrays do not hold `size` images; NON_FINITE when loss or
   * gradient is, in which case the weights are left as they were
   */
  async train(batch: Batch, learningRate: number): Promise<StepResult> {
    await this.accumulate(batch);
    return this.apply(learningRate);
  }

  /**
   * Adds a batch to those that the next `apply` steps on: a step on more images than fit into memory, or than come
   * at once. Each image weighs the same.
   *
   * @throws AutogradError SHAPE_MISMATCH when the arrays do not hold `size` images
   */
  async accumulate(batch: Batch): Promise<void> {
    this.pending.add(await this.batchGradient(batch), batch.size);
  }

  /**
   * One optimiser step on all that was accumulated since the last.
   *
   * @throws AutogradError BAD_ARGUMENT when nothing was; NON_FINITE when loss or gradient is, in which case the
   * weights are left as they were and what was accumulated is dropped
   */
  async apply(learningRate: number): Promise<StepResult> {
    const images = this.pending.size;
    const mean = this.pending.take();
    if (mean === undefined) {
      throw new AutogradError('BAD_ARGUMENT', 'apply() needs at least one accumulate() since the last step');
    }
    const gradientNorm = await this.update(mean.gradient, learningRate, mean.loss);
    this.weights.set(mean.state, this.layout.trainableCount);
    this.completedSteps++;
    const result: StepResult = { loss: mean.loss, gradientNorm };
    this.onStep?.({ ...result, step: this.completedSteps, learningRate, images });
    return result;
  }

  /** Loss and gradient of a batch, without a step: what `train` would follow. */
  async batchGradient(batch: Batch): Promise<GradientShare> {
    const { lanes, layout } = this;
    checkBatch(this.gradientGraph, batch, layout.state.length > 0);
    const chunks = chunksOf(this.gradientGraph, batch, this.random);
    const weights = this.weightsToCome();
    const from = (lane: number) => Math.round((lane * chunks.length) / lanes.length);
    const shares = await Promise.all(
      lanes.flatMap((lane, i) => {
        const own = chunks.slice(from(i), from(i + 1));
        return own.length === 0 ? [] : [lane.accumulate({ weights, chunks: own })];
      }),
    );
    // Always in the lanes' order, so that the same batch gives the same sum to the last bit.
    const gradient = new Float32Array(layout.trainableCount);
    const state = new Float32Array(layout.totalCount - layout.trainableCount);
    let loss = 0;
    for (const share of shares) {
      loss += share.loss;
      for (let i = 0; i < gradient.length; i++) gradient[i]! += share.gradient[i]!;
      for (let i = 0; i < state.length; i++) state[i]! += share.state[i]! / shares.length;
    }
    return { loss, gradient, state };
  }

  /**
   * The parameters to use, by name: the moving average where one is kept, and running statistics. Views of the
   * trainer's own, so copy what must not change.
   */
  namedWeights(): Map<string, Float32Array> {
    const { trainable, state } = this.layout;
    const trained = this.moments[WEIGHT_AVERAGE] ?? this.weights;
    return new Map([
      ...trainable.map((slot) => [slot.name, slotOf(trained, slot)] as const),
      ...state.map((slot) => [slot.name, slotOf(this.weights, slot)] as const),
    ]);
  }

  /** Everything that the next step depends on. @throws AutogradError BAD_ARGUMENT between accumulate and apply */
  checkpoint(): Checkpoint {
    if (this.pending.size > 0) {
      throw new AutogradError(
        'BAD_ARGUMENT',
        `checkpoint(): ${this.pending.size} images are accumulated and would be lost; call apply() first`,
      );
    }
    return {
      network: this.network.name,
      step: this.completedSteps,
      layout: this.layout,
      random: this.random.state,
      weights: this.weights.slice(),
      moments: Object.fromEntries(Object.entries(this.moments).map(([name, m]) => [name, m.slice()])),
    };
  }

  /** Goes on exactly where the checkpoint was taken. @throws AutogradError BAD_CHECKPOINT where it does not fit */
  restore(checkpoint: Checkpoint): void {
    checkLayout(checkpoint, this.network.name, this.layout, Object.keys(this.moments));
    this.weights.set(checkpoint.weights);
    for (const [name, moment] of Object.entries(this.moments)) moment.set(checkpoint.moments[name]!);
    this.random.state = checkpoint.random;
    this.completedSteps = checkpoint.step;
    this.pending.take();
  }

  async release(): Promise<void> {
    await Promise.all([...this.lanes, this.updateSession].map((part) => part.release()));
  }

  /** The weights with the running statistics that accumulated batches have moved. */
  private weightsToCome(): Float32Array {
    const { state } = this.pending;
    if (state === undefined || state.length === 0) return this.weights;
    const weights = this.weights.slice();
    weights.set(state, this.layout.trainableCount);
    return weights;
  }

  private async update(gradient: Float32Array, learningRate: number, loss: number): Promise<number> {
    const { Tensor } = this.runtime;
    const count = this.layout.trainableCount;
    const scalars = updateScalars(this.optimiser, this.completedSteps + 1, learningRate, this.averageDecay);
    const vector = (data: Float32Array) => new Tensor('float32', data, [count]);
    const next = Object.fromEntries(
      ['weights', ...Object.keys(this.moments)].map((name) => [name, new Float32Array(count)]),
    );
    const outputs = await this.runInto(
      (...operands) => this.updateSession.run(...operands),
      {
        weights: vector(this.weights.subarray(0, count)),
        gradient: vector(gradient),
        ...Object.fromEntries(Object.entries(this.moments).map(([name, m]) => [name, vector(m)])),
        ...Object.fromEntries(
          Object.entries(scalars).map(([name, n]) => [name, new Tensor('float32', Float32Array.of(n), [])]),
        ),
      },
      Object.fromEntries(Object.entries(next).map(([name, data]) => [`new_${name}`, vector(data)])),
      ['gradient_norm'],
    );
    const norm = (outputs.gradient_norm!.data as Float32Array)[0]!;
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      throw new AutogradError(
        'NON_FINITE',
        `step ${this.completedSteps + 1}: loss ${loss}, gradient norm ${norm}; lower the learning rate or clip the gradient`,
      );
    }
    this.weights.set(next.weights!);
    for (const [name, moment] of Object.entries(this.moments)) moment.set(next[name]!);
    return norm;
  }
}
