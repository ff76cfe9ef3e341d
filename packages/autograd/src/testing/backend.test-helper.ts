/**
 * The backend that operators, gradients and training are tested on: one of Node's, or one of a browser's. The suite
 * is run once for each (see test/backend-projects.ts).
 */
import { inject } from 'vitest';
import { type Backend, type BackendName, chooseBackend } from '../runtime/backend.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly backend: BackendName;
    /** Of WebAssembly in a browser; one in Node. */
    readonly threads: number;
  }
}

async function open(): Promise<Backend> {
  const [name, threads] = [inject('backend'), inject('threads')];
  if (!('document' in globalThis)) {
    const { openBackend } = await import('../node/open-backend.ts');
    return openBackend(name, { threads });
  }
  return chooseBackend(name, [
    { name, session: { executionProviders: [name] }, load: () => loadInBrowser(name, threads) },
  ]);
}

async function loadInBrowser(name: BackendName, threads: number) {
  const web =
    name === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  web.env.wasm.numThreads = threads;
  return web;
}

const backend = await open();

export const backendName = backend.name;
export const ort = backend.runtime;

/** Options of a session; one thread in Node, so that results do not depend on the machine. */
export const oneThread = backend.session;
