/** The mean of trained models, file to file; see `averageModels` of onnx-autograd. */
import { readFile, stat } from 'node:fs/promises';
import { AutogradError, averageModels } from 'onnx-autograd';
import { VentrisegError } from '../errors.ts';
import { writeWhole } from '../files/index.ts';
import { readMetadata } from './model-metadata.ts';
import { resolveModel } from './shipped-models.ts';

/**
 * Writes the mean of the weights of models that were trained on from the same start.
 *
 * @param models two or more: files, run folders, or names of shipped models (of a pair, the segment network); what the
 * file tells of itself, as recipe and steps, is told by the first
 * @returns the paths of the files that were averaged
 * @throws VentrisegError OUTPUT_EXISTS, NO_SUCH_MODEL, BAD_MODEL; MODEL_MISMATCH when they are not of one network
 */
export async function averageModelFiles(models: readonly string[], output: string): Promise<string[]> {
  if ((await stat(output).catch(() => undefined)) !== undefined) {
    throw new VentrisegError('OUTPUT_EXISTS', `${output}: exists already; choose another name`, {
      path: output,
    });
  }
  const paths: string[] = [];
  const files: Uint8Array[] = [];
  for (const model of models) {
    const path = await resolveModel(model);
    const bytes = await readFile(path);
    readMetadata(bytes, path);
    paths.push(path);
    files.push(bytes);
  }
  try {
    await writeWhole(output, averageModels(files));
  } catch (cause) {
    if (!(cause instanceof AutogradError)) throw cause;
    throw new VentrisegError('MODEL_MISMATCH', `${paths.join(', ')}: ${cause.message}`, { cause });
  }
  return paths;
}
