/** Recipes of both kinds, for callers that take whichever they are given. */
import { builtInRecipe, builtInRecipes, parseRecipe, type Recipe } from '../recipes/index.ts';
import { builtInVolumeRecipes } from './built-in-volume-recipes.ts';
import { parseVolumeRecipe, type VolumeRecipe } from './volume-recipe.ts';

export type AnyRecipe = Recipe | VolumeRecipe;

/** All that come with ventriseg, of slices first. */
export const allBuiltInRecipes: ReadonlyMap<string, AnyRecipe> = new Map<string, AnyRecipe>([
  ...builtInRecipes,
  ...builtInVolumeRecipes,
]);

/** Recipes of volume networks have a role. */
export function isVolumeRecipe(recipe: AnyRecipe): recipe is VolumeRecipe {
  return 'role' in recipe;
}

/** A recipe by name. @throws VentrisegError NO_SUCH_RECIPE naming those there are */
export function anyBuiltInRecipe(name: string): AnyRecipe {
  return builtInVolumeRecipes.get(name) ?? builtInRecipe(name);
}

/** Checks a recipe that came from a file. @throws VentrisegError BAD_RECIPE naming the fields that are wrong */
export function parseAnyRecipe(value: unknown, path?: string): AnyRecipe {
  const ofVolumes = typeof value === 'object' && value !== null && 'role' in value;
  return ofVolumes ? parseVolumeRecipe(value, path) : parseRecipe(value, path);
}
