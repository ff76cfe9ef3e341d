/** Activations: ReLU, leaky ReLU, sigmoid, softmax over channels. */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { multiply, subtract } from './arithmetic.ts';
import { sum } from './reduce.ts';

/**
 * 1 where `y` > 0, else 0, as floats. HardSigmoid with an enormous slope is a step function that takes one pass,
 * where Greater and Cast take two.
 */
export function positiveMask(y: Value): Value {
  return y.graph.emit('HardSigmoid', [y], y.shape, { alpha: { float: 1e30 }, beta: { float: 0 } });
}

export function relu(x: Value): Value {
  const y = x.graph.emit('Relu', [x], x.shape);
  return x.graph.record([x], y, (dy) => [multiply(dy, positiveMask(y))]);
}

/** x where positive, `slope` * x elsewhere. */
export function leakyRelu(x: Value, slope = 0.01): Value {
  if (!(slope > 0 && slope < 1)) {
    throw new AutogradError('BAD_ARGUMENT', `leakyRelu(): slope must lie between 0 and 1, got ${slope}`);
  }
  const g = x.graph;
  const y = g.emit('LeakyRelu', [x], x.shape, { alpha: { float: slope } });
  return g.record([x], y, (dy) => {
    const mask = positiveMask(y);
    const scaled = g.emit('Mul', [mask, g.scalar(1 - slope)], x.shape);
    return [multiply(dy, g.emit('Add', [scaled, g.scalar(slope)], x.shape))];
  });
}

export function sigmoid(x: Value): Value {
  const y = x.graph.emit('Sigmoid', [x], x.shape);
  return x.graph.record([x], y, (dy) => [multiply(dy, multiply(y, subtract(1, y)))]);
}

/** Softmax over axis 1, the channels. */
export function softmax(x: Value): Value {
  if (x.shape.length < 2) {
    throw new AutogradError('SHAPE_MISMATCH', `softmax() needs a channel axis, got ${formatShape(x.shape)}`);
  }
  const y = x.graph.emit('Softmax', [x], x.shape, { axis: 1 });
  return x.graph.record([x], y, (dy) => [
    multiply(y, subtract(dy, sum(multiply(dy, y), [1], { keepAxes: true }))),
  ]);
}

/** Logarithm of the softmax over axis 1, without the loss of small probabilities. */
export function logSoftmax(x: Value): Value {
  if (x.shape.length < 2) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `logSoftmax() needs a channel axis, got ${formatShape(x.shape)}`,
    );
  }
  const g = x.graph;
  const y = g.emit('LogSoftmax', [x], x.shape, { axis: 1 });
  return g.record([x], y, (dy) => {
    const probability = g.emit('Exp', [y], y.shape);
    return [subtract(dy, multiply(probability, sum(dy, [1], { keepAxes: true })))];
  });
}
