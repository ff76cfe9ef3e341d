export { labelMask } from './label-mask.ts';
export {
  type ConfusionCounts,
  confusionCounts,
  dice,
  diceOf,
  jaccard,
  jaccardOf,
  softDice,
  softJaccard,
} from './overlap.ts';
export { volumeMl, voxelVolumeMl } from './volume-ml.ts';
