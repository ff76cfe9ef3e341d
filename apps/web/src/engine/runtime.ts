/** The network of the page: the shipped weights on ONNX Runtime's WebAssembly, both served with the page. */
import * as onnxruntime from 'onnxruntime-web/wasm';
import { type LoadedSliceModel, loadSliceModel, VentrisegError } from 'ventriseg';

/** The page's own folder; the worker lies in `assets/`. */
export const pageFolder = new URL('../', self.location.href);

/** More threads than this gain nothing on networks this small. */
const mostThreads = 8;
const modelFile = 'models/ventricles-slices.onnx';

let loading: Promise<LoadedSliceModel> | undefined;

/** Threads that the network runs on: one unless the page is cross-origin isolated. */
export function threadCount(): number {
  return crossOriginIsolated ? Math.min(navigator.hardwareConcurrency || 1, mostThreads) : 1;
}

/**
 * The loaded model; loaded once.
 *
 * @throws VentrisegError NO_SUCH_MODEL when it cannot be fetched, BAD_MODEL
 */
export function loadModel(): Promise<LoadedSliceModel> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<LoadedSliceModel> {
  const { wasm } = onnxruntime.env;
  wasm.numThreads = threadCount();
  wasm.wasmPaths = {
    mjs: new URL('ort/ort-wasm-simd-threaded.mjs', pageFolder).href,
    wasm: new URL('ort/ort-wasm-simd-threaded.wasm', pageFolder).href,
  };
  const response = await fetch(new URL(modelFile, pageFolder)).catch((cause: unknown) => {
    throw noModel(String(cause), cause);
  });
  if (!response.ok) throw noModel(`the server answered ${response.status} ${response.statusText}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return loadSliceModel(bytes, modelFile, onnxruntime, { executionProviders: ['wasm'] });
}

function noModel(why: string, cause?: unknown): VentrisegError {
  return new VentrisegError(
    'NO_SUCH_MODEL',
    `${modelFile} could not be loaded (${why}); load the page again, with its server running`,
    { path: modelFile, cause },
  );
}
