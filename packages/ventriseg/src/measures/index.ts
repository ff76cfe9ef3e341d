export {
  type Measure,
  type MeasuredLine,
  type MeasureId,
  type MeasurePlane,
  type MeasureReason,
  type MeasureUnit,
  measureDefinitions,
  measureIds,
  measureReasons,
  valueOfMeasure,
} from './measure.ts';
