/** The folder of a training run: made, or checked to belong to the same training, and its checkpoint read. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Checkpoint, decodeCheckpoint } from 'onnx-autograd';
import { VentrisegError } from '../errors.ts';
import { requireNewFolder, writeWhole } from '../files/index.ts';
import { softwareVersion } from '../software-version.ts';

export const RUN_FILE = 'run.json';
export const CHECKPOINT_FILE = 'checkpoint.bin';
export const MODEL_FILE = 'model.onnx';
export const EVALUATION_FILE = 'evaluation.json';

/** What a run was trained on, and how; of slices or of volumes. */
interface RunData {
  readonly directory: string;
  readonly manifest: object;
}
type RunRecipe = { readonly name: string; readonly epochs: number };

/** Makes the run's folder. @throws VentrisegError OUTPUT_EXISTS */
export async function createRun(output: string, recipe: RunRecipe, dataset: RunData): Promise<void> {
  await requireNewFolder(output);
  await mkdir(output, { recursive: true });
  await writeWhole(join(output, RUN_FILE), `${JSON.stringify(runRecord(recipe, dataset), null, 2)}\n`);
}

/**
 * The checkpoint of the run that is there.
 *
 * @param parse reads the recipe that the run was begun with
 * @throws VentrisegError NO_SUCH_FILE when the folder is no run, or has no checkpoint; RUN_MISMATCH when it was begun
 * with other data, or with a recipe that differs in more than `epochs`
 */
export async function reopenRun<R extends RunRecipe>(
  output: string,
  recipe: R,
  dataset: RunData,
  parse: (recipe: unknown, path: string) => R,
): Promise<Checkpoint> {
  const path = join(output, RUN_FILE);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new VentrisegError('NO_SUCH_FILE', `${output}: is not a run, ${RUN_FILE} cannot be read`, {
      path,
      cause,
    });
  });
  const before = JSON.parse(text);
  const same = (r: R) => JSON.stringify({ ...r, epochs: 0 });
  if (same(parse(before.recipe, path)) !== same(recipe)) {
    throw new VentrisegError('RUN_MISMATCH', `${output}: was begun with another recipe`, { path });
  }
  if (before.dataset.manifestSha256 !== runRecord(recipe, dataset).dataset.manifestSha256) {
    throw new VentrisegError('RUN_MISMATCH', `${output}: was begun on another dataset`, { path });
  }
  return readCheckpoint(output);
}

/** @throws VentrisegError NO_SUCH_FILE when the run has no checkpoint; AutogradError BAD_CHECKPOINT when it is broken */
async function readCheckpoint(run: string): Promise<Checkpoint> {
  const path = join(run, CHECKPOINT_FILE);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new VentrisegError('NO_SUCH_FILE', `${run}: has no checkpoint to go on from`, { path, cause });
  });
  return decodeCheckpoint(bytes);
}

function runRecord(recipe: RunRecipe, dataset: RunData) {
  const manifestHash = createHash('sha256').update(JSON.stringify(dataset.manifest)).digest('hex');
  return {
    software: softwareVersion,
    recipe,
    dataset: { path: dataset.directory, manifestSha256: manifestHash },
  };
}
