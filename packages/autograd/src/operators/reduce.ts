/** Sums and means over axes. */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { multiply } from './arithmetic.ts';
import { expand, reshape } from './shape.ts';

/** `axes`, or all of them. @throws AutogradError BAD_ARGUMENT for one that `x` does not have */
function axesOf(operator: string, x: Value, axes: readonly number[] = x.shape.map((_, i) => i)) {
  for (const axis of axes) {
    if (x.shape[axis] === undefined) {
      throw new AutogradError(
        'BAD_ARGUMENT',
        `${operator}(): ${formatShape(x.shape)} has no axis ${axis}; axes count from 0`,
      );
    }
  }
  return axes;
}

/** Sum over `axes` (default: all). The axes disappear unless `keepAxes`. */
export function sum(x: Value, axes?: readonly number[], options: { keepAxes?: boolean } = {}): Value {
  const over = axesOf('sum', x, axes);
  // ONNX reads an empty list as all axes.
  if (over.length === 0) return x;
  const kept = x.shape.map((n, i) => (over.includes(i) ? 1 : n));
  const shape = options.keepAxes ? kept : x.shape.filter((_, i) => !over.includes(i));
  const g = x.graph;
  const y = g.emit('ReduceSum', [x, g.integers(over)], shape, { keepdims: options.keepAxes ? 1 : 0 });
  return g.record([x], y, (dy) => [expand(options.keepAxes ? dy : reshape(dy, kept), x.shape)]);
}

/** Mean over `axes` (default: all). */
export function mean(x: Value, axes?: readonly number[], options: { keepAxes?: boolean } = {}): Value {
  const over = axesOf('mean', x, axes);
  const count = over.reduce((product, axis) => product * x.shape[axis]!, 1);
  return multiply(sum(x, over, options), 1 / count);
}
