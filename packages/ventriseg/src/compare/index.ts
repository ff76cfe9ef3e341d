export { changesBetween, type NumberChange } from './change.ts';
export { drawChange } from './change-panels.ts';
export { drawChangeSheet } from './change-sheet.ts';
export {
  type ComparedScan,
  type CompareProgress,
  type CompareScansOptions,
  type Comparison,
  compareScans,
  type ScanChange,
  type ScanToCompare,
} from './compare-scans.ts';
export { type ComparisonOutputs, comparisonOutputs } from './comparison-outputs.ts';
export {
  type ComparisonFinding,
  type ComparisonQualityCode,
  comparisonQualityCodes,
} from './comparison-quality.ts';
export {
  type ComparisonRecord,
  comparisonJsonSchema,
  comparisonRecord,
  comparisonRecordSchema,
  comparisonSchemaUrl,
} from './comparison-record.ts';
export { type YearsOptions, yearsOfScans } from './scan-years.ts';
