export type { LocateEvidence } from './assess-quality.ts';
export { editedRecord, type LabelEdit } from './edited-record.ts';
export { encodeLabels } from './encode-labels.ts';
export { findHead, type Head, leastHeadMl } from './find-head.ts';
export type { Intracranial, ShownScan } from './found.ts';
export { type LoadedSliceModel, loadSliceModel, type SessionOptions } from './load-model.ts';
export { type LoadModelOptions, loadModelFiles, type ModelFile } from './load-model-files.ts';
export type { LabelVolume, VentricleVolumes, VolumePair } from './measure-labels.ts';
export { findMidSagittalPlane, type MidSagittalPlane, rightOf } from './mid-sagittal-plane.ts';
export {
  plausibleLateralMl,
  type QualityCode,
  type QualityFinding,
  type QualityRule,
  qualityCodes,
  qualityLimits,
  qualityRules,
} from './quality.ts';
export { type IslandRule, islandRules, type RemovedIslands } from './remove-islands.ts';
export { resultJsonSchema } from './result-json-schema.ts';
export {
  drawPanels,
  type PanelOptions,
  placeOf,
  type ResultPanel,
  type ResultPanels,
  type ShownSegmentation,
} from './result-panels.ts';
export { drawResult } from './result-picture.ts';
export { type ResultRecord, resultRecord, resultRecordSchema, resultSchemaUrl } from './result-record.ts';
export { type ResultsTableRow, resultsTable } from './results-table.ts';
export {
  isPair,
  type OptionsInForce,
  type Segmentation,
  type SegmentModel,
  type SegmentVolumeOptions,
  segmentVolume,
  type UsedModel,
} from './segment-volume.ts';
export type { SegmentProgress, SegmentStage } from './stages.ts';
export { pairNetworks, type VolumeNetwork, type VolumeNetworks } from './volume-networks.ts';
