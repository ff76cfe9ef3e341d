/** A trainer and its batches exactly as `ventriseg train` makes them for a recipe, without run folder and log. */
import type { Trainer } from 'onnx-autograd';
import { openBackend } from 'onnx-autograd/node';
import { type Dataset, openDataset } from '../../packages/ventriseg/src/dataset/index.ts';
import { builtInRecipe, type Recipe } from '../../packages/ventriseg/src/recipes/index.ts';
import { createRecipeTrainer } from '../../packages/ventriseg/src/training/recipe-trainer.ts';
import { SliceSampler } from '../../packages/ventriseg/src/training/sampler.ts';

export interface RecipeTrainer {
  readonly recipe: Recipe;
  readonly trainer: Trainer;
  readonly sampler: SliceSampler;
  /** Positions in the dataset of all slices drawn so far, in order. */
  readonly drawn: readonly number[];
}

/** @param seed instead of the recipe's: of the start values and of the order of the slices */
export async function recipeTrainer(options: {
  dataset: string;
  recipe: string;
  seed: number;
  threads: number;
}): Promise<RecipeTrainer> {
  const recipe = { ...builtInRecipe(options.recipe), seed: options.seed };
  const dataset = await openDataset(options.dataset);
  const { trainer } = await createRecipeTrainer(recipe, dataset, await openBackend('cpu', options));
  const drawn: number[] = [];
  const watched: Dataset = {
    ...dataset,
    image(position) {
      drawn.push(position);
      return dataset.image(position);
    },
  };
  const positions = [...dataset.slicesOf('train')];
  const sampler = new SliceSampler(watched, positions, recipe.augmentation, recipe.seed + 2);
  return { recipe, trainer, sampler, drawn };
}
