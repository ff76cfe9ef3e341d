export {
  type Conformed,
  type ConformGridOptions,
  type ConformOptions,
  conform,
  conformGrid,
} from './conform.ts';
export { antiAliasSigma, type InterpolationMethod } from './interpolation-weights.ts';
export { type ResampleOptions, resample } from './resample.ts';
export { type IntensityScale, robustIntensityScale } from './robust-intensity-scale.ts';
export { voxelMeans } from './voxel-means.ts';
