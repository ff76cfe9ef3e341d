/**
 * Choosing what computes: the processor's native kernels, WebAssembly, WebGPU or CUDA. A backend is taken only
 * when it loads and computes a small network right, and it is said why others were not.
 */
import type { InferenceSession } from 'onnxruntime-common';
import { AutogradError } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import { relu } from '../operators/activation.ts';
import { conv } from '../operators/conv.ts';
import { maxPool } from '../operators/pool.ts';
import { createSession, messageOf, type Runtime } from './runtime.ts';

export const backendNames = ['cpu', 'wasm', 'webgpu', 'cuda'] as const;
export type BackendName = (typeof backendNames)[number];
/** `auto`: the first of those there are that works, the fastest first. */
export type BackendChoice = 'auto' | BackendName;

export interface Backend {
  readonly name: BackendName;
  readonly runtime: Runtime;
  /** For every session on it. */
  readonly session: InferenceSession.SessionOptions;
  /** What `auto` tried before, and why it was not taken. */
  readonly passedOver: readonly PassedOver[];
}

export interface PassedOver {
  readonly name: BackendName;
  readonly reason: string;
}

/** A backend that may be there. */
export interface BackendCandidate {
  readonly name: BackendName;
  readonly session: InferenceSession.SessionOptions;
  /** @throws where it cannot be had; the message is shown to people */
  load(): Promise<Runtime>;
}

/**
 * @param candidates in the order in which `auto` tries them
 * @throws AutogradError RUNTIME_UNAVAILABLE with the reason for each that was tried
 * @example
 * import * as ort from 'onnxruntime-web';
 * const { runtime, session } = await chooseBackend('auto', [
 *   { name: 'webgpu', session: { executionProviders: ['webgpu'] }, load: async () => ort },
 *   { name: 'wasm', session: { executionProviders: ['wasm'] }, load: async () => ort },
 * ]);
 */
export async function chooseBackend(
  choice: BackendChoice,
  candidates: readonly BackendCandidate[],
): Promise<Backend> {
  const wanted = candidates.filter(({ name }) => choice === 'auto' || name === choice);
  if (wanted.length === 0) {
    const there = candidates.map(({ name }) => name).join(', ');
    throw new AutogradError('RUNTIME_UNAVAILABLE', `there is no backend ${choice} here, only ${there}`);
  }
  const passedOver: PassedOver[] = [];
  for (const { name, session, load } of wanted) {
    try {
      const runtime = await load();
      await requireRight(runtime, session);
      return { name, runtime, session, passedOver };
    } catch (cause) {
      passedOver.push({ name, reason: messageOf(cause).trim().split('\n')[0]! });
    }
  }
  const reasons = passedOver.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new AutogradError('RUNTIME_UNAVAILABLE', `no backend works here (${reasons})`);
}

/** Computes a network whose result is known to the last bit. */
async function requireRight(runtime: Runtime, options: InferenceSession.SessionOptions): Promise<void> {
  const size = 6;
  const g = new Graph({ mode: 'inference' });
  const kernel = g.constant([-1, 2, 0, 3, -4, 1, 0, 5, -2], [1, 1, 3, 3]);
  g.output('y', maxPool(relu(conv(g.input('x', [1, 1, size, size]), kernel))));
  const session = await createSession(runtime, g, options);
  try {
    const x = Float32Array.from({ length: size * size }, (_, i) => (i * 7) % 11);
    const { y } = await session.run({ x: new runtime.Tensor('float32', x, [1, 1, size, size]) });
    const got = Array.from((await y!.getData()) as Float32Array);
    if (String(got) !== String(KNOWN_RESULT)) {
      throw new AutogradError('RUNTIME_UNAVAILABLE', `it computes ${got}, where ${KNOWN_RESULT} is right`);
    }
  } finally {
    await session.release();
  }
}

/** Of `requireRight`, by PyTorch; small whole numbers, so that no order of summing changes them. */
const KNOWN_RESULT = [42, 56, 55, 56, 43, 52, 10, 43, 36];
