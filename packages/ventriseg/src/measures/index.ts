export { drawMeasures, type MeasuredScan, type MeasurePanel } from './draw-measures.ts';
export type { HeadPose } from './head-pose.ts';
export {
  type Measure,
  type MeasuredLine,
  type MeasureId,
  type MeasureOutcome,
  type MeasurePlane,
  type MeasureReason,
  type MeasureUnit,
  measureDefinitions,
  measureIds,
  measureReasons,
  valueOfMeasure,
} from './measure.ts';
export { formatMeasure } from './measure-text.ts';
export { type MeasureOptions, measureVentricles, type VentricleMeasures } from './measure-ventricles.ts';
export { asymmetryPercent } from './volume-measures.ts';
