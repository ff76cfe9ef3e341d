/**
 * Trains a network on a prepared dataset by a recipe, into a run folder (Node):
 *
 *   run.json          recipe, dataset and its hash, software; written first
 *   checkpoint.bin    everything the next step depends on; at the start, after each epoch, when stopped
 *   model.onnx        the network as it is, with its recipe and slicing in its metadata; after each epoch
 *   scalars.csv       one row an epoch
 *   events.out...     the same for TensorBoard, with histograms, graph and pictures
 *   evaluation.json   scores of the last epoch, person by person
 */
import { join } from 'node:path';
import { type BackendChoice, buildActivationGraph, ForwardPass } from 'onnx-autograd';
import { openBackend } from 'onnx-autograd/node';
import { openDataset } from '../dataset/index.ts';
import { writeWhole } from '../files/index.ts';
import { parseRecipe, type Recipe } from '../recipes/index.ts';
import type { ClassEvaluation } from './evaluate-slices.ts';
import { CHECKPOINT_FILE, createRun, EVALUATION_FILE, MODEL_FILE, reopenRun } from './run-folder.ts';
import { RunLog } from './run-log.ts';
import { batchOf } from './sampler.ts';
import { type EpochResult, Training, type TrainProgress, trainingSlices } from './training.ts';

export interface TrainOptions {
  /** Folder that `prepareDataset` made. */
  readonly dataset: string;
  readonly recipe: Recipe;
  /** Folder to make; it must not exist unless `resume`. */
  readonly output: string;
  /** Goes on from the run's checkpoint; dataset and recipe must be those it began with, but for `epochs`. */
  readonly resume?: boolean;
  /** Instead of the recipe's number of epochs. */
  readonly epochs?: number;
  readonly threads?: number;
  /** What computes; default `auto`. */
  readonly backend?: BackendChoice;
  /** Stops after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
}

export interface TrainResult {
  readonly output: string;
  readonly step: number;
  /** False when it was stopped early and can be resumed. */
  readonly finished: boolean;
  readonly classes: readonly ClassEvaluation[];
}

/** Images of which activations are taken for histograms. */
const ACTIVATION_IMAGES = 10;

/**
 * @throws VentrisegError OUTPUT_EXISTS, BAD_DATASET, RUN_MISMATCH (resuming with other data or recipe);
 * AutogradError RUNTIME_UNAVAILABLE; NON_FINITE when the training diverges, its last checkpoint intact
 */
export async function trainNetwork(options: TrainOptions): Promise<TrainResult> {
  const { output, signal, onProgress } = options;
  const dataset = await openDataset(options.dataset);
  const recipe =
    options.epochs === undefined ? options.recipe : { ...options.recipe, epochs: options.epochs };
  const checkpoint = options.resume ? await reopenRun(output, recipe, dataset, parseRecipe) : undefined;
  if (checkpoint === undefined) await createRun(output, recipe, dataset);
  const backend = await openBackend(options.backend, options);
  const training = await Training.create(dataset, recipe, backend, checkpoint);
  const { trainer } = training;
  const saveCheckpoint = () => writeWhole(join(output, CHECKPOINT_FILE), training.checkpoint());
  // A run that is stopped or killed in its first epoch can be resumed too.
  if (checkpoint === undefined) await saveCheckpoint();
  const log = await RunLog.open(output, checkpoint?.step);
  if (checkpoint === undefined) {
    const lossName = recipe.loss.map(([, term]) => term.kind).join(' + ');
    log.beginning(recipe, lossName, training.graph);
  }
  const activations = await ForwardPass.create(
    backend.runtime,
    buildActivationGraph(training.network, ACTIVATION_IMAGES),
    backend.session,
  );

  const keepEpoch = async ({ epoch, step, scalars, testLoss, classes, tiles }: EpochResult) => {
    await log.scalars(epoch, step, scalars);
    for (const [name, values] of trainer.namedWeights()) log.histogram(`weights/${name}`, values, step);
    if (tiles.length > 0) log.slices('test', tiles, dataset, step);
    const shown = trainingSlices(dataset).slice(0, ACTIVATION_IMAGES);
    const { images } = batchOf(dataset, shown);
    const found = await activations.run({ image: images }, shown.length, trainer.namedWeights());
    for (const [name, values] of Object.entries(found)) log.histogram(name, values, step);
    await writeWhole(join(output, MODEL_FILE), training.model());
    await writeWhole(
      join(output, EVALUATION_FILE),
      `${JSON.stringify({ step, testLoss, classes }, null, 2)}\n`,
    );
  };

  let classesNow: readonly ClassEvaluation[] = [];
  let status: 'success' | 'failure' = 'failure';
  try {
    await training.run({
      signal,
      onProgress,
      onEpoch: async (result) => {
        classesNow = result.classes;
        await keepEpoch(result);
      },
      onCheckpoint: saveCheckpoint,
    });
    status = 'success';
  } finally {
    await log.close(status);
    await Promise.all([training.release(), activations.release()]);
  }
  return { output, step: trainer.step, finished: training.isFinished, classes: classesNow };
}
