/**
 * The entry `ventriseg/node`: everything of `ventriseg`, and what needs files on disk or the native runtime.
 *
 * @example
 * const { record } = await segmentFile('sub-01_T1w.nii.gz', { output: 'results' });
 */
export type { BackendChoice } from 'onnx-autograd';
export { type FoundScans, findScans } from './bids/index.ts';
export * from './compare/node.ts';
export * from './dataset/index.ts';
export * from './evaluate/node.ts';
export * from './index.ts';
export { averageModelFiles } from './model/average-model-files.ts';
export * from './model/shipped-models.ts';
export * from './scan-input/node-converter.ts';
export * from './scan-input/open-scan.ts';
export * from './segment/node.ts';
export * from './training/node.ts';
export * from './volume-training/node.ts';
