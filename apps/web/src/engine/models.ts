/** The networks of the page: those that ventriseg ships, served with it, and one that was trained in it. */
import type { Backend } from 'onnx-autograd';
import { loadModelFiles, type ModelFile, type SegmentModel, VentrisegError } from 'ventriseg';
import type { ComputeChoice, ModelChoice } from './protocol.ts';
import { openPageBackend, pageFolder } from './runtime.ts';

export interface ReadyModel {
  readonly model: SegmentModel;
  readonly backend: Backend;
}

let loaded: { readonly key: string; readonly ready: Promise<ReadyModel> } | undefined;

/**
 * The model on what computes, ready to run. It is kept for the next scan, and freed when another is wanted.
 *
 * @throws VentrisegError NO_SUCH_MODEL when it cannot be fetched, BAD_MODEL; AutogradError RUNTIME_UNAVAILABLE
 */
export async function readyModel(choice: ModelChoice, compute: ComputeChoice): Promise<ReadyModel> {
  const key = `${choice.name} ${compute}`;
  if (loaded?.key !== key) {
    const before = loaded;
    loaded = { key, ready: load(choice, compute) };
    await before?.ready.then(
      ({ model }) => model.release(),
      // It was never loaded; its own call has said why.
      () => undefined,
    );
  }
  const { ready } = loaded;
  try {
    return await ready;
  } catch (error) {
    if (loaded?.ready === ready) loaded = undefined;
    throw error;
  }
}

async function load(choice: ModelChoice, compute: ComputeChoice): Promise<ReadyModel> {
  const [backend, files] = await Promise.all([openPageBackend(compute), filesOf(choice)]);
  const model = await loadModelFiles(files, backend.runtime, { session: backend.session });
  return { model, backend };
}

async function filesOf(choice: ModelChoice): Promise<ModelFile[]> {
  if ('bytes' in choice) return [{ bytes: choice.bytes, path: choice.name }];
  return Promise.all(choice.files.map(fetched));
}

async function fetched(file: string): Promise<ModelFile> {
  const response = await fetch(new URL(file, pageFolder)).catch((cause: unknown) => {
    throw noModel(file, String(cause), cause);
  });
  if (!response.ok) throw noModel(file, `the server answered ${response.status} ${response.statusText}`);
  return { bytes: new Uint8Array(await response.arrayBuffer()), path: file };
}

function noModel(file: string, why: string, cause?: unknown): VentrisegError {
  return new VentrisegError(
    'NO_SUCH_MODEL',
    `${file} could not be loaded (${why}); load the page again, with its server running`,
    { path: file, cause },
  );
}
