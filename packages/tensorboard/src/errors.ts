/**
 * The error of everything that encodes, frames, writes or reads TensorBoard events.
 *
 * `code` is stable and meant for programs; `message` says what was wrong, where, with the numbers, and what to
 * do about it, and is meant for people.
 */
export class TensorBoardError extends Error {
  override readonly name = 'TensorBoardError';
  readonly code: TensorBoardErrorCode;
  /** Byte offset in the event file of the record the error is about, when there is one. */
  readonly offset: number | undefined;

  constructor(
    code: TensorBoardErrorCode,
    message: string,
    options: { offset?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.offset = options.offset;
  }
}

/**
 * - CORRUPT_RECORD: a checksum does not match, or a payload is no event.
 * - TRUNCATED: the file ends within a record, as after a killed process.
 * - NON_FINITE: a histogram was asked of values with NaN or infinities.
 * - BAD_GRAPH: a graph with a missing input, a name used twice, or a name TensorBoard cannot show.
 * - BAD_ARGUMENT: any other argument that cannot be written.
 * - CLOSED: the writer was used after `close()`.
 */
export type TensorBoardErrorCode =
  | 'CORRUPT_RECORD'
  | 'TRUNCATED'
  | 'NON_FINITE'
  | 'BAD_GRAPH'
  | 'BAD_ARGUMENT'
  | 'CLOSED';
