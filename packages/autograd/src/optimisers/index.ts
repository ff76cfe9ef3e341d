export {
  buildUpdateGraph,
  momentNames,
  type Optimiser,
  type UpdateGraphOptions,
  updateScalars,
} from './optimiser.ts';
export { learningRateAt, type Schedule } from './schedule.ts';
