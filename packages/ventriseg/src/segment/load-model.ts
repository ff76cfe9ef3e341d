/**
 * A trained slice network, ready to run. The caller hands in the runtime it has (`onnxruntime-node` or
 * `onnxruntime-web`), so that this file works in Node and in browsers alike.
 */
import type { Runtime } from 'onnx-autograd';
import { VentrisegError } from '../errors.ts';
import { readSliceModel, type SliceModelMetadata } from '../model/index.ts';
import { outputClasses } from '../recipes/index.ts';
import { sha256 } from '../scan-input/sha256.ts';

export interface LoadedSliceModel {
  readonly metadata: SliceModelMetadata;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  /** Where it was loaded from, for messages. */
  readonly path: string;
  /**
   * Runs the network on `count` pictures.
   *
   * @param batch [count, 1, rows, columns], intensities divided by the plan's divisor
   * @returns probabilities [count, K, rows, columns]: K = 1 for one class, else background first
   * @throws VentrisegError MODEL_FAILED with the runtime's own words
   */
  run(batch: Float32Array, count: number): Promise<Float32Array>;
  /** Frees the runtime's memory; the model cannot be run after it. */
  release(): Promise<void>;
}

/** Session options of ONNX Runtime that matter here: `executionProviders`, `intraOpNumThreads` and others. */
export type SessionOptions = NonNullable<Parameters<Runtime['InferenceSession']['create']>[1]>;

/**
 * Loads an `.onnx` file that `exportModel` made.
 *
 * @param path for messages
 * @throws VentrisegError BAD_MODEL when it is another file, or the runtime refuses it
 * @example
 * import * as runtime from 'onnxruntime-node';
 * const model = await loadSliceModel(await readFile('model.onnx'), 'model.onnx', runtime);
 */
export async function loadSliceModel(
  bytes: Uint8Array,
  path: string,
  runtime: Runtime,
  sessionOptions: SessionOptions = {},
): Promise<LoadedSliceModel> {
  const metadata = readSliceModel(bytes, path);
  const hash = await sha256(bytes);
  const session = await runtime.InferenceSession.create(bytes, {
    logSeverityLevel: 3,
    ...sessionOptions,
  }).catch((cause: unknown) => {
    throw new VentrisegError('BAD_MODEL', `${path}: ONNX Runtime cannot load it: ${wordsOf(cause)}`, {
      path,
      cause,
    });
  });
  const { rows, columns } = metadata.plan.crop;
  const classes = outputClasses(metadata.plan.classes.length);
  return {
    metadata,
    sha256: hash,
    path,
    async run(batch, count) {
      const failed = (what: string, cause?: unknown) =>
        new VentrisegError('MODEL_FAILED', `${path}: ${what}`, { path, cause });
      const image = new runtime.Tensor('float32', batch, [count, 1, rows, columns]);
      const outputs = await session.run({ image }).catch((cause: unknown) => {
        throw failed(`the network failed on ${count} pictures: ${wordsOf(cause)}`, cause);
      });
      const probability = outputs.probability;
      const data = (await probability?.getData()) as Float32Array | undefined;
      const wanted = [count, classes, rows, columns];
      if (probability === undefined || data?.length !== wanted.reduce((a, b) => a * b)) {
        throw failed(`the network gives [${probability?.dims}], its metadata promise [${wanted}]`);
      }
      return data;
    },
    release: () => session.release(),
  };
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
