export { confidenceReach, detectableDifference, smallestDetectableChange } from './confidence.ts';
export {
  type ErrorBar,
  type ErrorBarOptions,
  type ErrorBars,
  estimateErrorBars,
  leastVariations,
  usualVariations,
} from './error-bars.ts';
export { moveScan } from './move-scan.ts';
export { type FoundInScan, type ScanNumber, scanNumbers } from './scan-numbers.ts';
