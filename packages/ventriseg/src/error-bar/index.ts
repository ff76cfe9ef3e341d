export {
  type ErrorBar,
  type ErrorBarOptions,
  type ErrorBars,
  estimateErrorBars,
  leastVariations,
  smallestDetectableChange,
  usualVariations,
} from './error-bars.ts';
export { moveScan } from './move-scan.ts';
export { type FoundInScan, type ScanNumber, scanNumbers } from './scan-numbers.ts';
