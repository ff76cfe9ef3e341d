/**
 * The entry `ventriseg`: everything that works in browsers as in Node. Files on disk are in `ventriseg/node`.
 *
 * @example
 * import * as ort from 'onnxruntime-web';
 * const model = await loadSliceModel(bytes, 'model.onnx', ort);
 * const { labels, volumes, quality } = await segmentVolume(scan.volume, model);
 */
export * from './compare/index.ts';
export {
  type DatasetPlan,
  type DatasetPresetName,
  datasetPlanSchema,
  datasetPresets,
  type LabelClass,
  type PlanOverrides,
  resolveDatasetPlan,
} from './dataset/plan.ts';
export {
  type Dataset,
  type DatasetFile,
  type DatasetFiles,
  datasetInFiles,
  readDataset,
} from './dataset/read-dataset.ts';
export * from './dicom/index.ts';
export * from './error-bar/index.ts';
export * from './errors.ts';
export * from './evaluate/index.ts';
export * from './intensity/index.ts';
export * from './labels/index.ts';
export * from './measures/index.ts';
export * from './model/index.ts';
export * from './norms/index.ts';
export * from './pictures/index.ts';
export * from './recipes/index.ts';
export * from './report/index.ts';
export * from './scan-input/index.ts';
export * from './segment/index.ts';
export * from './slices/index.ts';
export { softwareVersion } from './software-version.ts';
export * from './surfaces/index.ts';
export * from './training/index.ts';
export * from './volumes/index.ts';
