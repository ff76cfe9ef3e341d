/** Sums and means over axes. */
import type { Value } from '../graph/graph.ts';
import { multiply } from './arithmetic.ts';
import { expand, reshape } from './shape.ts';

/** Sum over `axes` (default: all). The axes disappear unless `keepAxes`. */
export function sum(x: Value, axes?: readonly number[], options: { keepAxes?: boolean } = {}): Value {
  const over = axes ?? x.shape.map((_, i) => i);
  const kept = x.shape.map((n, i) => (over.includes(i) ? 1 : n));
  const shape = options.keepAxes ? kept : x.shape.filter((_, i) => !over.includes(i));
  const g = x.graph;
  const y = g.emit('ReduceSum', [x, g.integers(over)], shape, { keepdims: options.keepAxes ? 1 : 0 });
  return g.record([x], y, (dy) => [expand(options.keepAxes ? dy : reshape(dy, kept), x.shape)]);
}

/** Mean over `axes` (default: all). */
export function mean(x: Value, axes?: readonly number[], options: { keepAxes?: boolean } = {}): Value {
  const over = axes ?? x.shape.map((_, i) => i);
  const count = over.reduce((product, axis) => product * x.shape[axis]!, 1);
  return multiply(sum(x, over, options), 1 / count);
}
