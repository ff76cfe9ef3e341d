/**
 * The error of preparing, training, segmenting and reporting.
 *
 * Built like ImagingError: `code` is stable and meant for programs; `message` says what was wrong, where, with
 * the numbers, and what to do about it, and is meant for people.
 */
export class VentrisegError extends Error {
  override readonly name = 'VentrisegError';
  readonly code: VentrisegErrorCode;
  /** File or folder the error is about, when there is one. */
  readonly path: string | undefined;

  constructor(code: VentrisegErrorCode, message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.path = options.path;
  }
}

export type VentrisegErrorCode =
  | 'BAD_ARGUMENT'
  | 'BAD_DATASET'
  | 'BAD_LABELS'
  | 'BAD_MODEL'
  | 'BAD_PLAN'
  | 'BAD_RECIPE'
  | 'BAD_SPLIT'
  | 'BAD_TABLE'
  | 'BAD_ZIP'
  | 'DICOM_CONVERSION_FAILED'
  | 'GRID_MISMATCH'
  | 'INCOMPLETE_SERIES'
  | 'MODEL_FAILED'
  | 'MODEL_MISMATCH'
  | 'NOT_A_SCAN'
  | 'NO_DICOM_IMAGES'
  | 'NO_IMAGE'
  | 'NO_LABELS'
  | 'NO_SUBJECTS'
  | 'NO_SUCH_FILE'
  | 'NO_SUCH_MODEL'
  | 'NO_SUCH_RECIPE'
  | 'NPY_INVALID'
  | 'OUTPUT_EXISTS'
  | 'RUN_MISMATCH'
  | 'SCHEME_CONTRADICTED'
  | 'SCHEME_UNKNOWN'
  | 'SERIES_AMBIGUOUS'
  | 'SERIES_NOT_FOUND'
  | 'UNREADABLE_FILE';
