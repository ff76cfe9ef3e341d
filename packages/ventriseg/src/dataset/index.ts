export {
  type DatasetManifest,
  datasetManifestSchema,
  type Issue,
  type SplitName,
  type SplitRequest,
  type SubjectRecord,
  type SynthesiseInput,
  type SynthesiseRequest,
  splitNames,
} from './manifest.ts';
export { openDataset } from './open-dataset.ts';
export {
  type DatasetPlan,
  type DatasetPresetName,
  datasetPlanSchema,
  datasetPresets,
  type LabelClass,
  type PlanOverrides,
  resolveDatasetPlan,
} from './plan.ts';
export {
  type PreparedDataset,
  type PrepareOptions,
  type PrepareProgress,
  prepareDataset,
} from './prepare-dataset.ts';
export {
  type Dataset,
  type DatasetFile,
  type DatasetFiles,
  datasetInFiles,
  readDataset,
} from './read-dataset.ts';
export { defaultImageNames, defaultLabelNames } from './sources.ts';
