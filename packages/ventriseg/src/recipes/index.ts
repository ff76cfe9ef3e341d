export { builtInRecipe, builtInRecipes } from './built-in.ts';
export {
  type Augmentation,
  buildLoss,
  buildNetwork,
  buildSideLosses,
  outputClasses,
  parseRecipe,
  type Recipe,
  type RecipeInput,
  recipeSchema,
} from './recipe.ts';
