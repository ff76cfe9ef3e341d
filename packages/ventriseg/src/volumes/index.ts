export {
  locateClasses,
  segmentClasses,
  spacingOfRole,
  type VolumeClass,
  type VolumeRole,
} from './classes.ts';
export { airLevel, normaliseLocateImage, normaliseSegmentImage } from './intensity.ts';
export {
  cutBox,
  gridOfBox,
  locateBlock,
  locateImage,
  toWorkingGrid,
  type WorkingBox,
  type WorkingVolume,
  workingAxes,
  workingGrid,
} from './working-grid.ts';
