/** Training of the networks that find and draw the ventricles in three dimensions; needs files on disk. */
export {
  type AnyRecipe,
  allBuiltInRecipes,
  anyBuiltInRecipe,
  isVolumeRecipe,
  parseAnyRecipe,
} from './any-recipe.ts';
export { type CaseScores, groupNames, meanScore } from './evaluate-volumes.ts';
export { type PrepareVolumesOptions, prepareVolumes } from './prepare-volumes.ts';
export {
  type TrainVolumesOptions,
  type TrainVolumesProgress,
  type TrainVolumesResult,
  trainVolumes,
} from './train-volumes.ts';
export type { VolumeCaseRecord, VolumeManifest } from './volume-manifest.ts';
export {
  parseVolumeRecipe,
  roleOfRecipe,
  type VolumeRecipe,
  type VolumeRecipeInput,
} from './volume-recipe.ts';
