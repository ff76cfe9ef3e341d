/** What ventriseg writes into its `.onnx` files besides the network: one JSON value. */
import { readModelMetadata } from 'onnx-autograd';
import { VentrisegError } from '../errors.ts';

/** Key of the metadata in the file, of slice and volume models alike. */
export const METADATA_KEY = 'ventriseg';

/**
 * The metadata of a model as they stand in the file; what they must hold is for the kinds of models to say.
 *
 * @param path for messages
 * @throws VentrisegError BAD_MODEL when the bytes are no ONNX model, or not one that ventriseg made
 */
export function readMetadata(bytes: Uint8Array, path: string): unknown {
  const bad = (what: string, cause?: unknown) =>
    new VentrisegError('BAD_MODEL', `${path}: ${what}`, { path, cause });
  let text: string | undefined;
  try {
    text = readModelMetadata(bytes).get(METADATA_KEY);
  } catch (cause) {
    throw bad('is not an ONNX model, or is cut short', cause);
  }
  if (text === undefined) throw bad('is an ONNX model, but not one that ventriseg train made');
  return JSON.parse(text);
}

/** Whether a model is one of the pair of volume networks. @throws VentrisegError BAD_MODEL as `readMetadata` */
export function isVolumeModel(bytes: Uint8Array, path: string): boolean {
  return (readMetadata(bytes, path) as { kind?: unknown } | null)?.kind === 'volumes-3d';
}
