/** The trainer that a recipe asks for, on a dataset. */
import { type Backend, type Loss, type Network, type StartLanes, Trainer } from 'onnx-autograd';
import type { Dataset } from '../dataset/read-dataset.ts';
import { buildLoss, buildNetwork, outputClasses, type Recipe } from '../recipes/index.ts';

/** What computes: a backend, with lanes where it has several. */
export interface TrainingBackend extends Pick<Backend, 'runtime' | 'session'> {
  readonly lanes?: StartLanes | undefined;
}

export interface RecipeTrainer {
  readonly network: Network;
  readonly loss: Loss;
  readonly trainer: Trainer;
}

/** The trainer of `recipe` for pictures of the dataset's size and classes. */
export async function createRecipeTrainer(
  recipe: Recipe,
  dataset: Dataset,
  backend: TrainingBackend,
): Promise<RecipeTrainer> {
  const foreground = dataset.manifest.plan.classes.length;
  const network = buildNetwork(recipe, dataset.rows, dataset.columns, foreground);
  const loss = buildLoss(recipe, outputClasses(foreground));
  const trainer = await Trainer.create({
    network,
    loss,
    optimiser: recipe.optimiser,
    runtime: backend.runtime,
    session: backend.session,
    seed: recipe.seed,
    chunkSize: chunkSizeFor(recipe.batchSize),
    ...(backend.lanes && { lanes: backend.lanes }),
    ...(recipe.clipNorm === undefined ? {} : { clipNorm: recipe.clipNorm }),
    ...(recipe.averageDecay === undefined ? {} : { averageDecay: recipe.averageDecay }),
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
