/** The trainer that a recipe asks for, on a dataset. */
import { type Backend, type Loss, type Network, type StartLanes, Trainer } from 'onnx-autograd';
import type { Dataset } from '../dataset/read-dataset.ts';
import { buildLoss, buildNetwork, buildSideLosses, outputClasses, type Recipe } from '../recipes/index.ts';

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
  const classes = outputClasses(foreground);
  const loss = buildLoss(recipe, classes);
  const trainer = await Trainer.create({
    network,
    loss,
    sideLosses: buildSideLosses(recipe, classes),
    optimiser: recipe.optimiser,
    runtime: backend.runtime,
    session: backend.session,
    seed: recipe.seed,
    chunkSize: chunkSizeFor(recipe),
    ...(backend.lanes && { lanes: backend.lanes }),
    ...(recipe.clipNorm === undefined ? {} : { clipNorm: recipe.clipNorm }),
    ...(recipe.averageDecay === undefined ? {} : { averageDecay: recipe.averageDecay }),
  });
  return { network, loss, trainer };
}

/** Chunks of so few images are fastest: their tensors fit a core's cache. */
const CHUNK = 2;
/** Batch normalisation takes its statistics of a chunk. */
const NORMALISED_CHUNK = 5;

/** The largest chunk up to those that divides the batch evenly, unless it is far smaller. */
function chunkSizeFor({ batchSize, network }: Recipe): number {
  const most = Math.min(network.normalisation === 'batch' ? NORMALISED_CHUNK : CHUNK, batchSize);
  for (let size = most; size > most / 2; size--) if (batchSize % size === 0) return size;
  return most;
}
