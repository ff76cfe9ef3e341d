/** The backends of Node, and the lanes that train on them. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Backend,
  type BackendCandidate,
  type BackendChoice,
  chooseBackend,
} from '../runtime/backend.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { StartLanes } from '../training/gradient-lane.ts';
import { workerLanes } from './worker-lanes.ts';

export interface NodeBackend extends Backend {
  /** One lane a thread on a processor; undefined where one session has the whole device. */
  readonly lanes: StartLanes | undefined;
}

export interface OpenBackendOptions {
  /** Of the processor; default: as many as there are cores. */
  readonly threads?: number;
}

/**
 * `auto` takes CUDA where its part of onnxruntime-node is installed, else the processor, else WebAssembly (where
 * onnxruntime-node is missing: its installation may fail, and nothing else needs it).
 *
 * @throws AutogradError RUNTIME_UNAVAILABLE with the reason for each backend that was tried
 * @example
 * const { runtime, session, lanes } = await openBackend();
 * const trainer = await Trainer.create({ network, loss, optimiser, runtime, session, ...(lanes && { lanes }) });
 */
export async function openBackend(
  choice: BackendChoice = 'auto',
  options: OpenBackendOptions = {},
): Promise<NodeBackend> {
  const threads = options.threads ?? availableParallelism();
  const onThreads = { intraOpNumThreads: threads, interOpNumThreads: 1 };
  const native = () => import('onnxruntime-node') as Promise<Runtime>;
  const cuda: BackendCandidate = {
    name: 'cuda',
    session: { ...onThreads, executionProviders: ['cuda'] },
    load: native,
  };
  const candidates: BackendCandidate[] = [
    ...(choice !== 'auto' || hasCuda() ? [cuda] : []),
    { name: 'cpu', session: { ...onThreads, executionProviders: ['cpu'] }, load: native },
    { name: 'wasm', session: { executionProviders: ['wasm'] }, load: () => loadWeb(threads) },
  ];
  if (choice === 'webgpu') {
    candidates.push({ name: 'webgpu', session: { executionProviders: ['webgpu'] }, load: native });
  }
  const backend = await chooseBackend(choice, candidates);
  return { ...backend, lanes: lanesOn(backend, threads) };
}

function lanesOn({ name }: Backend, threads: number): StartLanes | undefined {
  if (name === 'cpu') return workerLanes(threads, 'onnxruntime-node');
  if (name === 'wasm') return workerLanes(threads, 'onnxruntime-web');
  return undefined;
}

/** Its threads are those of the process: the first session sets their number. */
async function loadWeb(threads: number): Promise<Runtime> {
  const web = await import('onnxruntime-web');
  web.env.wasm.numThreads = threads;
  return web;
}

/** Whether the part of onnxruntime-node that is downloaded apart is there; without, trying would print errors. */
function hasCuda(): boolean {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
    const platform = join(folder, 'bin', 'napi-v6', process.platform, process.arch);
    return existsSync(join(platform, 'libonnxruntime_providers_cuda.so'));
  } catch {
    // No onnxruntime-node at all; that the processor's backend cannot be had will be said there.
    return false;
  }
}
