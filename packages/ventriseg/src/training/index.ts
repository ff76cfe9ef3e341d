export {
  type ClassEvaluation,
  evaluateSlices,
  type OverlapScores,
  type SubjectScores,
} from './evaluate-slices.ts';
export { type TrainOptions, type TrainProgress, type TrainResult, trainNetwork } from './train-network.ts';
