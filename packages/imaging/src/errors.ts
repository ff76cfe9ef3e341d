/**
 * The error of everything that reads, writes or transforms volumes.
 *
 * `code` is stable and meant for programs; `message` says what was wrong, where, with the numbers, and what
 * to do about it, and is meant for people.
 */
export class ImagingError extends Error {
  override readonly name = 'ImagingError';
  readonly code: ImagingErrorCode;
  /** File or stream the error is about, when there is one. */
  readonly path: string | undefined;

  constructor(code: ImagingErrorCode, message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.path = options.path;
  }
}

export type ImagingErrorCode =
  | 'EMPTY_FILE'
  | 'WRONG_MAGIC'
  | 'TRUNCATED'
  | 'BAD_HEADER'
  | 'BAD_DIMENSIONS'
  | 'UNSUPPORTED_TYPE'
  | 'NOT_A_VOLUME'
  | 'NON_FINITE'
  | 'BAD_AFFINE'
  | 'BAD_COMPRESSION'
  | 'GRID_MISMATCH'
  | 'NO_OVERLAP'
  | 'NO_STRUCTURE'
  | 'BAD_ARGUMENT';
