/**
 * A lane computes loss and gradient of a share of a batch, chunk by chunk, and adds them up.
 *
 * Several lanes work on one batch at the same time, each with one thread: small operators, of which narrow
 * networks have many, keep every core busy, and no core waits for another after each operator. A lane needs only
 * plain data, so that it can live in a worker.
 */
import type { InferenceSession } from 'onnxruntime-common';
import type { Graph } from '../graph/graph.ts';
import { encodeSplit, type SplitModel, SplitSession } from '../lowering/split-session.ts';
import type { Feeds, Runtime } from '../runtime/runtime.ts';
import { outputWriter, type RunInto } from '../runtime/write-outputs.ts';
import { gradientName, stateUpdateName } from './network.ts';
import { type ParameterLayout, slotOf } from './parameter-layout.ts';

/** Everything a lane has to know of a network; plain data. */
export interface GradientProgram {
  /** The gradient graph. */
  readonly model: SplitModel;
  /** Its inputs apart from the parameters, with their shapes for one chunk. */
  readonly inputShapes: Readonly<Record<string, readonly number[]>>;
  readonly layout: ParameterLayout;
}

/** A lane's share of a batch; plain data. */
export interface GradientWork {
  /** All parameters in the layout's order. */
  readonly weights: Float32Array;
  /** For each chunk, the values of every input. At least one. */
  readonly chunks: readonly Readonly<Record<string, Float32Array>>[];
}

export interface GradientShare {
  readonly loss: number;
  /** [layout.trainableCount], summed over the chunks. */
  readonly gradient: Float32Array;
  /** Running statistics after the last chunk. */
  readonly state: Float32Array;
}

export interface GradientLane {
  accumulate(work: GradientWork): Promise<GradientShare>;
  release(): Promise<void>;
}

/** Starts the lanes of a trainer; the trainer releases them. */
export type StartLanes = (program: GradientProgram) => Promise<GradientLane[]>;

export function gradientProgram(
  graph: Graph,
  layout: ParameterLayout,
  block: number | undefined,
): GradientProgram {
  return {
    model: encodeSplit(graph, block),
    inputShapes: Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, shape])),
    layout,
  };
}

/** A lane on the calling thread. */
export async function startLane(
  runtime: Runtime,
  program: GradientProgram,
  options: InferenceSession.SessionOptions = {},
): Promise<GradientLane> {
  const session = await SplitSession.create(runtime, program.model, options);
  const runInto = await outputWriter(runtime);
  return {
    accumulate: (work) => accumulate(runtime, session, runInto, program, work),
    release: () => session.release(),
  };
}

async function accumulate(
  { Tensor }: Runtime,
  session: SplitSession,
  runInto: RunInto,
  { inputShapes, layout }: GradientProgram,
  { weights, chunks }: GradientWork,
): Promise<GradientShare> {
  const gradient = new Float32Array(layout.trainableCount);
  const part = new Float32Array(layout.trainableCount);
  // Running statistics keep their place in the whole vector; what lies before them stays zero and unused.
  let state = weights.slice();
  const tensors = (
    vector: Float32Array,
    slots: ParameterLayout['trainable'],
    rename = (name: string) => name,
  ) =>
    Object.fromEntries(
      slots.map((slot) => [rename(slot.name), new Tensor('float32', slotOf(vector, slot), slot.shape)]),
    );
  await session.useWeights(tensors(weights, layout.trainable));
  let loss = 0;
  for (const [index, inputs] of chunks.entries()) {
    const feeds: Feeds = tensors(state, layout.state);
    for (const [name, shape] of Object.entries(inputShapes)) {
      feeds[name] = new Tensor('float32', inputs[name]!, shape);
    }
    // The first chunk writes into the sum itself. Statistics get a new vector: a tensor that is both input and
    // output of a run is silently wrong.
    const target = index === 0 ? gradient : part;
    const nextState = layout.state.length === 0 ? state : state.slice();
    const targets = {
      ...tensors(target, layout.trainable, gradientName),
      ...tensors(nextState, layout.state, stateUpdateName),
    };
    const outputs = await runInto((...operands) => session.run(...operands), feeds, targets, ['loss']);
    loss += (outputs.loss!.data as Float32Array)[0]!;
    if (index > 0) for (let i = 0; i < part.length; i++) gradient[i]! += part[i]!;
    state = nextState;
  }
  return { loss, gradient, state: state.slice(layout.trainableCount) };
}
