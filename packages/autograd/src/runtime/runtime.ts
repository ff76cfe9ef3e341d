/**
 * The part of ONNX Runtime that this package uses, so that the caller hands in the runtime it has:
 * `import * as ort from 'onnxruntime-node'` or `'onnxruntime-web'`.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { AutogradError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { encodeModel } from '../onnx/encode-model.ts';

export interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: typeof Tensor;
}

export type Feeds = Record<string, Tensor>;

/** Compiles a graph for the runtime. @throws AutogradError RUNTIME_FAILED with the runtime's own words */
export function createSession(
  runtime: Runtime,
  graph: Graph,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  return compileModel(runtime, encodeModel(graph), options);
}

/** The same for a graph that is encoded already. */
export async function compileModel(
  runtime: Runtime,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(model, {
      // The graph is already lowered; the runtime's optimiser would only cost start-up time.
      graphOptimizationLevel: 'disabled',
      // Planning all memory as one block would leave what the first run has taken unused beside it: twice as much
      // (measured), and no faster.
      enableMemPattern: false,
      logSeverityLevel: 3,
      ...options,
    });
  } catch (cause) {
    throw new AutogradError('RUNTIME_FAILED', `ONNX Runtime refused the graph: ${messageOf(cause)}`, {
      cause,
    });
  }
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
