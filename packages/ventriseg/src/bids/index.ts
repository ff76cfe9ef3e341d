export { derivativeFiles, requireDerivativeDataset } from './derivative-dataset.ts';
export { type DerivativePaths, derivativePaths } from './derivative-paths.ts';
export { type FoundScans, findScans } from './find-scans.ts';
export { participantOf } from './participant.ts';
