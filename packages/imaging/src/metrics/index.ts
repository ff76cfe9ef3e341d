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
export {
  hausdorff95Mm,
  hausdorff95Of,
  meanSurfaceDistanceMm,
  meanSurfaceDistanceOf,
  type SurfaceDistances,
  surfaceDistancesMm,
} from './surface-distance.ts';
export { volumeMl, voxelVolumeMl } from './volume-ml.ts';
