/** The part of comparing that needs files on disk. */
export {
  type CompareFilesOptions,
  type CompareFilesProgress,
  type ComparisonResult,
  compareFiles,
} from './compare-files.ts';
