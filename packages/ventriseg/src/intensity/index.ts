export {
  brightTissueLevel,
  conformScan,
  type IntensityScale,
  intensityScales,
  WHITE_MATTER_LEVEL,
} from './conform-scan.ts';
