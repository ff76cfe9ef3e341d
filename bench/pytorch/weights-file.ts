/**
 * Weights that both engines read: a JSON index (name, shape, place) beside the raw little-endian float32 values.
 * `load_weights` of encoder_decoder.py is the other reader.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ParameterSlot, Trainer } from 'onnx-autograd';

interface WeightsIndex {
  /** Name of the file with the values, in the same folder. */
  readonly file: string;
  readonly parameters: readonly ParameterSlot[];
}

/**
 * Writes the trainer's present weights.
 *
 * @param path of the index, ending in `.json`; the values go into the same name with `.f32`
 */
export async function writeWeights(path: string, trainer: Trainer): Promise<void> {
  const values = path.replace(/\.json$/, '.f32');
  const { weights, layout } = trainer;
  const index: WeightsIndex = {
    file: basename(values),
    parameters: [...layout.trainable, ...layout.state],
  };
  await writeFile(values, new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength));
  await writeFile(path, `${JSON.stringify(index, null, 1)}\n`);
}

/** The weights by parameter name. */
export async function readWeights(path: string): Promise<Map<string, Float32Array>> {
  const index = JSON.parse(await readFile(path, 'utf8')) as WeightsIndex;
  const bytes = await readFile(join(dirname(path), index.file));
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return new Map(
    index.parameters.map(({ name, offset, count }) => [name, values.slice(offset, offset + count)]),
  );
}
