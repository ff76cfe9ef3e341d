/** The parts of segmenting that need files on disk. */
export {
  type OpenModelOptions,
  type OutputPaths,
  openModel,
  type SegmentFileOptions,
  type SegmentFileProgress,
  type SegmentResult,
  segmentFile,
} from './segment-file.ts';
export {
  type SegmentedFiles,
  type SegmentFailure,
  type SegmentFilesOptions,
  type SegmentFilesProgress,
  segmentFiles,
} from './segment-files.ts';
