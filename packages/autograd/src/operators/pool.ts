/**
 * Max and average pooling, two or three dimensions, windows that do not overlap.
 *
 * The gradient of a maximum goes to the largest element; where several are equally large it is divided among
 * them. Giving each tied element the whole gradient would be wrong, and ties are the rule, not the exception:
 * the background of an MRI is exactly constant, and so are the activations above it.
 */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { divide, multiply } from './arithmetic.ts';
import { upsampleNearest } from './resize.ts';

function pool(op: 'MaxPool' | 'AveragePool', x: Value, size: number): Value {
  const spatial = x.shape.slice(2);
  if (!Number.isInteger(size) || size < 1 || spatial.some((n) => n % size !== 0)) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `${op}: windows of ${size} do not divide ${formatShape(x.shape)} evenly; pad or crop the input`,
    );
  }
  const window = spatial.map(() => size);
  return x.graph.emit(op, [x], [...x.shape.slice(0, 2), ...spatial.map((n) => n / size)], {
    kernel_shape: window,
    strides: window,
  });
}

/** Largest element of each window of `size` along every spatial axis; the window is also the stride. */
export function maxPool(x: Value, size = 2): Value {
  const g = x.graph;
  const y = pool('MaxPool', x, size);
  return g.record([x], y, (dy) => {
    // 1 - step(max - x): exactly 1 where x is the maximum, 0 elsewhere, in one pass after the difference.
    const below = g.emit('Sub', [upsampleNearest(y, size), x], x.shape);
    const isMaximum = g.emit('HardSigmoid', [below], x.shape, {
      alpha: { float: -1e30 },
      beta: { float: 1 },
    });
    const ties = multiply(pool('AveragePool', isMaximum, size), size ** (x.shape.length - 2));
    return [multiply(isMaximum, upsampleNearest(divide(dy, ties), size))];
  });
}

/** Mean of each window of `size` along every spatial axis; the window is also the stride. */
export function averagePool(x: Value, size = 2): Value {
  const y = pool('AveragePool', x, size);
  return x.graph.record([x], y, (dy) => [
    upsampleNearest(multiply(dy, 1 / size ** (x.shape.length - 2)), size),
  ]);
}
