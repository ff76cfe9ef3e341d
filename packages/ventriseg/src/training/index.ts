export {
  type ClassEvaluation,
  evaluateSlices,
  type OverlapScores,
  type SubjectScores,
} from './evaluate-slices.ts';
export type { TrainingBackend } from './recipe-trainer.ts';
export { type SliceTile, tileSheet } from './slice-tiles.ts';
export {
  type EpochResult,
  Training,
  type TrainingEvents,
  type TrainProgress,
} from './training.ts';
