/**
 * Trains a network step by step on ONNX Runtime.
 *
 * A step is two ONNX models. The gradient model (forward, loss, backward) runs once for each chunk of the batch,
 * small enough that its tensors stay in the processor's cache; loss and gradient add up over the chunks to those
 * of the whole batch. The update model (clipping, optimiser) then runs once on all weights as one vector.
 */
import type { InferenceSession } from 'onnxruntime-common';
import { AutogradError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Loss } from '../losses/losses.ts';
import { elementCount } from '../operators/shape.ts';
import { buildUpdateGraph, momentNames, type Optimiser, updateScalars } from '../optimisers/optimiser.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import { createSession, type Feeds, type Runtime } from '../runtime/runtime.ts';
import { type Checkpoint, checkLayout } from './checkpoint.ts';
import { chunkOf } from './chunk.ts';
import { buildGradientGraph, gradientName, type Network, stateUpdateName } from './network.ts';
import {
  decayMask,
  initialWeights,
  type ParameterLayout,
  type ParameterSlot,
  parameterLayout,
  slotOf,
} from './parameter-layout.ts';

export interface TrainerOptions {
  readonly network: Network;
  readonly loss: Loss;
  readonly optimiser: Optimiser;
  readonly runtime: Runtime;
  /** Seeds start values and dropout. Default 0. */
  readonly seed?: number;
  /** Images a run of the gradient model; default 10. Batch normalisation sees this many at a time. */
  readonly chunkSize?: number;
  /** Gradients longer than this (L2 norm over all weights) are scaled down to it. */
  readonly clipNorm?: number;
  /** Handed to the runtime: threads, execution providers. */
  readonly session?: InferenceSession.SessionOptions;
}

export interface Batch {
  /** `size` images, [size, ...network.inputShape]. */
  readonly images: Float32Array;
  /** `size` targets, [size, K, ...spatial]. */
  readonly targets: Float32Array;
  readonly size: number;
}

export interface StepResult {
  /** Mean over the batch, before the update. */
  readonly loss: number;
  /** L2 norm of the gradient before clipping. */
  readonly gradientNorm: number;
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
  private readonly gradientSession: InferenceSession;
  private readonly updateSession: InferenceSession;
  private readonly moments: Record<string, Float32Array>;
  private readonly random: SeededRandom;
  private completedSteps = 0;

  private constructor(
    options: TrainerOptions,
    gradientGraph: Graph,
    layout: ParameterLayout,
    sessions: { gradient: InferenceSession; update: InferenceSession },
  ) {
    this.network = options.network;
    this.runtime = options.runtime;
    this.optimiser = options.optimiser;
    this.gradientGraph = gradientGraph;
    this.layout = layout;
    this.gradientSession = sessions.gradient;
    this.updateSession = sessions.update;
    this.chunkSize = gradientGraph.inputs[0]!.shape[0]!;
    this.weights = initialWeights(gradientGraph, layout, options.seed ?? 0);
    this.moments = Object.fromEntries(
      momentNames(options.optimiser).map((name) => [name, new Float32Array(layout.trainableCount)]),
    );
    this.random = new SeededRandom((options.seed ?? 0) + 1);
  }

  /** Builds both models and compiles them. @throws AutogradError on shapes that do not fit, or from the runtime */
  static async create(options: TrainerOptions): Promise<Trainer> {
    const gradientGraph = buildGradientGraph(options.network, options.loss, options.chunkSize ?? 10);
    const layout = parameterLayout(gradientGraph);
    const updateGraph = buildUpdateGraph(layout.trainableCount, options.optimiser, {
      decayMask: decayMask(gradientGraph, layout),
      ...(options.clipNorm === undefined ? {} : { clipNorm: options.clipNorm }),
    });
    const session = options.session ?? {};
    const gradient = await createSession(options.runtime, gradientGraph, session);
    const update = await createSession(options.runtime, updateGraph, session);
    return new Trainer(options, gradientGraph, layout, { gradient, update });
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
    this.checkBatch(batch);
    const { loss, gradient, state } = await this.batchGradient(batch);
    const norm = await this.update(gradient, learningRate, loss);
    this.weights.set(state, this.layout.trainableCount);
    this.completedSteps++;
    return { loss, gradientNorm: norm };
  }

  /** Loss and gradient of a batch, without a step: what `train` would follow. */
  async batchGradient(batch: Batch): Promise<{ loss: number; gradient: Float32Array; state: Float32Array }> {
    const { layout, chunkSize } = this;
    const gradient = new Float32Array(layout.trainableCount);
    const part = new Float32Array(layout.trainableCount);
    const state = this.weights.slice(layout.trainableCount);
    let loss = 0;
    for (let start = 0; start < batch.size; start += chunkSize) {
      // The first chunk writes into the sum itself.
      const target = start === 0 ? gradient : part;
      const fetches = {
        ...this.slotTensors(target, layout.trainable, gradientName),
        ...this.stateTensors(state),
        loss: null,
      };
      const outputs = await this.gradientSession.run(this.chunkFeeds(batch, start, state), fetches);
      loss += (outputs.loss!.data as Float32Array)[0]!;
      if (start > 0) for (let i = 0; i < part.length; i++) gradient[i]! += part[i]!;
    }
    return { loss, gradient, state };
  }

  /** The trained parameters by name; views of the trainer's own, so copy what must not change. */
  namedWeights(): Map<string, Float32Array> {
    const { trainable, state } = this.layout;
    return new Map([...trainable, ...state].map((slot) => [slot.name, slotOf(this.weights, slot)]));
  }

  /** Everything that the next step depends on. */
  checkpoint(): Checkpoint {
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
  }

  async release(): Promise<void> {
    await this.gradientSession.release();
    await this.updateSession.release();
  }

  private async update(gradient: Float32Array, learningRate: number, loss: number): Promise<number> {
    const { Tensor } = this.runtime;
    const count = this.layout.trainableCount;
    const scalars = updateScalars(this.optimiser, this.completedSteps + 1, learningRate);
    const vector = (data: Float32Array) => new Tensor('float32', data, [count]);
    const next = Object.fromEntries(
      ['weights', ...Object.keys(this.moments)].map((name) => [name, new Float32Array(count)]),
    );
    const outputs = await this.updateSession.run(
      {
        weights: vector(this.weights.subarray(0, count)),
        gradient: vector(gradient),
        ...Object.fromEntries(Object.entries(this.moments).map(([name, m]) => [name, vector(m)])),
        ...Object.fromEntries(
          Object.entries(scalars).map(([name, n]) => [name, new Tensor('float32', Float32Array.of(n), [])]),
        ),
      },
      {
        gradient_norm: null,
        ...Object.fromEntries(Object.entries(next).map(([name, data]) => [`new_${name}`, vector(data)])),
      },
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

  private chunkFeeds(batch: Batch, start: number, state: Float32Array): Feeds {
    const { Tensor } = this.runtime;
    const { chunkSize } = this;
    const count = Math.min(chunkSize, batch.size - start);
    const feeds: Feeds = {};
    const imageWeight = new Float32Array(chunkSize).fill(1 / batch.size, 0, count);
    for (const { name, shape } of this.gradientGraph.inputs) {
      const size = elementCount(shape.slice(1));
      let data: Float32Array;
      if (name === 'image') data = chunkOf(batch.images, start, count, size, chunkSize);
      else if (name === 'target') data = chunkOf(batch.targets, start, count, size, chunkSize);
      else if (name === 'image_weight') data = imageWeight;
      else data = this.dropoutMask(elementCount(shape), this.gradientGraph.dropoutInputs.get(name)!);
      feeds[name] = new Tensor('float32', data, shape);
    }
    Object.assign(feeds, this.slotTensors(this.weights, this.layout.trainable));
    const stateOffset = this.layout.trainableCount;
    for (const slot of this.layout.state) {
      const view = state.slice(slot.offset - stateOffset, slot.offset - stateOffset + slot.count);
      feeds[slot.name] = new Tensor('float32', view, slot.shape);
    }
    return feeds;
  }

  private dropoutMask(count: number, keep: number): Float32Array {
    return Float32Array.from({ length: count }, () => (this.random.next() < keep ? 1 / keep : 0));
  }

  private slotTensors(
    vector: Float32Array,
    slots: readonly ParameterSlot[],
    rename: (name: string) => string = (name) => name,
  ): Feeds {
    const { Tensor } = this.runtime;
    return Object.fromEntries(
      slots.map((slot) => [rename(slot.name), new Tensor('float32', slotOf(vector, slot), slot.shape)]),
    );
  }

  private stateTensors(state: Float32Array): Feeds {
    const { Tensor } = this.runtime;
    const base = this.layout.trainableCount;
    return Object.fromEntries(
      this.layout.state.map((slot) => [
        stateUpdateName(slot.name),
        new Tensor(
          'float32',
          state.subarray(slot.offset - base, slot.offset - base + slot.count),
          slot.shape,
        ),
      ]),
    );
  }

  private checkBatch(batch: Batch): void {
    for (const [name, data] of [
      ['image', batch.images],
      ['target', batch.targets],
    ] as const) {
      const shape = this.gradientGraph.inputs.find((input) => input.name === name)!.shape.slice(1);
      const wanted = batch.size * elementCount(shape);
      if (data.length !== wanted || batch.size < 1) {
        throw new AutogradError(
          'SHAPE_MISMATCH',
          `train(): ${batch.size} ${name}s of ${shape.join('x')} need ${wanted} values, got ${data.length}`,
        );
      }
    }
    if (this.layout.state.length > 0 && batch.size % this.chunkSize !== 0) {
      throw new AutogradError(
        'BAD_ARGUMENT',
        `train(): batch normalisation needs whole chunks; ${batch.size} images are not a multiple of ${this.chunkSize}`,
      );
    }
  }
}
