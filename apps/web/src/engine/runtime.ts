/**
 * What computes in the page: WebGPU where a graphics card is there and computes a small network right, else
 * WebAssembly. Both builds of ONNX Runtime are served with the page, and only the one that is used is loaded.
 */
import { type Backend, type BackendCandidate, chooseBackend, type Runtime } from 'onnx-autograd';
import type { ComputeChoice } from './protocol.ts';

/** The page's own folder; the worker lies in `assets/`. */
export const pageFolder = new URL('../', self.location.href);

/** More threads than this gain nothing on networks this small. */
const mostThreads = 8;

/** Threads of WebAssembly: one unless the page is cross-origin isolated. */
export function threadCount(): number {
  return crossOriginIsolated ? Math.min(navigator.hardwareConcurrency || 1, mostThreads) : 1;
}

/** @throws AutogradError RUNTIME_UNAVAILABLE with the reason for each that was tried */
export function openPageBackend(choice: ComputeChoice): Promise<Backend> {
  const webgpu: BackendCandidate = {
    name: 'webgpu',
    session: { executionProviders: ['webgpu'] },
    load: () => loadWebGpu(choice === 'webgpu'),
  };
  return chooseBackend(choice, [
    webgpu,
    { name: 'wasm', session: { executionProviders: ['wasm'] }, load: loadWasm },
  ]);
}

async function loadWasm(): Promise<Runtime> {
  return served(await import('onnxruntime-web/wasm'), 'ort-wasm-simd-threaded');
}

/** @param emulated whether a graphics card that the processor emulates will do; it is slower than WebAssembly */
async function loadWebGpu(emulated: boolean): Promise<Runtime> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error('this browser offers no graphics card for computing');
  const { isFallbackAdapter, architecture } = adapter.info;
  if (!emulated && (isFallbackAdapter || architecture === 'swiftshader')) {
    throw new Error('the graphics card is emulated by the processor');
  }
  return served(await import('onnxruntime-web/webgpu'), 'ort-wasm-simd-threaded.asyncify');
}

/** Tells a build of the runtime where its WebAssembly lies. */
function served<T extends typeof import('onnxruntime-web')>(runtime: T, name: string): T {
  const { wasm } = runtime.env;
  wasm.numThreads = threadCount();
  wasm.wasmPaths = {
    mjs: new URL(`ort/${name}.mjs`, pageFolder).href,
    wasm: new URL(`ort/${name}.wasm`, pageFolder).href,
  };
  return runtime;
}
