export {
  borderNetwork,
  borderNetworkSchema,
  decideBorders,
  fillBorderFeatures,
  findDoubt,
} from './borders.ts';
export {
  locateClasses,
  segmentClasses,
  spacingOfRole,
  type VolumeClass,
  type VolumeRole,
} from './classes.ts';
export { airLevel, normaliseLocateImage, normaliseSegmentImage } from './intensity.ts';
export {
  buildVolumeNetwork,
  type ChoroidPlexus,
  exportVolumeModel,
  type LoadedVolumeModel,
  loadVolumeModel,
  readVolumeModel,
  type VolumeModelMetadata,
  type VolumeModelOptions,
  type VolumeNetworkOptions,
  volumeNetworkSchema,
  withBorders,
} from './volume-model.ts';
export {
  cutBox,
  gridOfBox,
  isOneMm,
  locateBlock,
  locateBlocks,
  locateImage,
  toWorkingGrid,
  type WorkingBox,
  type WorkingVolume,
  workingAxes,
  workingGrid,
} from './working-grid.ts';
