/**
 * Dropout of whole channels (Tompson et al. 2015), the form that works for convolutions, whose neighbouring
 * pixels are nearly copies of each other.
 *
 * The mask is an input of the graph, drawn by the trainer from its seeded generator: the runtime's own random
 * operators cannot be resumed exactly.
 */
import { AutogradError } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { multiply } from './arithmetic.ts';

/** Sets each channel to zero with probability `rate` and scales the others by 1 / (1 - rate); training only. */
export function dropout(x: Value, rate: number): Value {
  if (!(rate >= 0 && rate < 1)) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `dropout(): the rate must be at least 0 and below 1, got ${rate}`,
    );
  }
  const g = x.graph;
  if (g.mode === 'inference' || rate === 0) return x;
  const name = g.scopedName('dropout_mask');
  const mask = g.input(
    name,
    x.shape.map((n, i) => (i < 2 ? n : 1)),
  );
  g.dropoutInputs.set(name, 1 - rate);
  return multiply(x, mask);
}
