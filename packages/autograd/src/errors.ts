/** The error of graph building, differentiation and training; `code` is stable, `message` is for people. */
export class AutogradError extends Error {
  override readonly name = 'AutogradError';
  readonly code: AutogradErrorCode;

  constructor(code: AutogradErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}

export type AutogradErrorCode =
  | 'SHAPE_MISMATCH'
  | 'BAD_ARGUMENT'
  | 'DUPLICATE_NAME'
  | 'NOT_DIFFERENTIABLE'
  | 'RUNTIME_UNAVAILABLE'
  | 'RUNTIME_FAILED'
  | 'NON_FINITE'
  | 'TOO_LARGE'
  | 'BAD_CHECKPOINT';

/** `4x1x96x96`, as shapes are written in every message. */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.join('x');
}
