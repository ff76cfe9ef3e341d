export {
  brightTissueLevel,
  conformScan,
  intensityScales,
  type ScanFrame,
  scanCentres,
  WHITE_MATTER_LEVEL,
} from './conform-scan.ts';
