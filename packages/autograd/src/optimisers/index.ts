export {
  buildUpdateGraph,
  momentNames,
  type Optimiser,
  type UpdateGraphOptions,
  updateScalars,
  WEIGHT_AVERAGE,
} from './optimiser.ts';
export { learningRateAt, type Schedule } from './schedule.ts';
