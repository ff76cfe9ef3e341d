/** The trainer that a recipe asks for, on a dataset. */
import { type Loss, type Network, Trainer } from 'onnx-autograd';
import { workerLanes } from 'onnx-autograd/node';
import * as onnxruntime from 'onnxruntime-node';
import type { Dataset } from '../dataset/index.ts';
import { buildLoss, buildNetwork, outputClasses, type Recipe } from '../recipes/index.ts';

export interface RecipeTrainer {
  readonly network: Network;
  readonly loss: Loss;
  readonly trainer: Trainer;
}

/** @param threads lanes that compute gradients at the same time */
export async function createRecipeTrainer(
  recipe: Recipe,
  dataset: Dataset,
  threads: number,
): Promise<RecipeTrainer> {
  const foreground = dataset.manifest.plan.classes.length;
  const network = buildNetwork(recipe, dataset.rows, dataset.columns, foreground);
  const loss = buildLoss(recipe, outputClasses(foreground));
  const trainer = await Trainer.create({
    network,
    loss,
    optimiser: recipe.optimiser,
    runtime: onnxruntime,
    seed: recipe.seed,
    chunkSize: chunkSizeFor(recipe.batchSize),
    lanes: workerLanes(threads),
    session: { intraOpNumThreads: threads, interOpNumThreads: 1 },
    ...(recipe.clipNorm === undefined ? {} : { clipNorm: recipe.clipNorm }),
  });
  return { network, loss, trainer };
}

/** Chunks of about this many images are fastest: their tensors fit a core's cache. */
const CHUNK = 5;

/** The largest chunk of at most 5 that divides the batch evenly. */
export function chunkSizeFor(batchSize: number): number {
  for (let size = Math.min(CHUNK, batchSize); size > CHUNK / 2; size--)
    if (batchSize % size === 0) return size;
  return Math.min(CHUNK, batchSize);
}
