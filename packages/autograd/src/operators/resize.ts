/**
 * Growing images by a whole factor: nearest neighbour and (bi- or tri-) linear.
 *
 * Linear resizing is a small matrix along each axis, so it is done as matrix products, which every runtime does
 * fast; its gradient is the same with the transposed matrices. Sampling points are at pixel centres
 * ("half-pixel", as PyTorch's align_corners=False), values beyond the outermost centres are held.
 */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { multiply } from './arithmetic.ts';

function checkFactor(operator: string, factor: number): void {
  if (!Number.isInteger(factor) || factor < 1) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `${operator}(): the factor must be a positive integer, got ${factor}`,
    );
  }
}

/** Repeats each element `factor` times along every spatial axis. */
export function upsampleNearest(x: Value, factor = 2): Value {
  checkFactor('upsampleNearest', factor);
  const g = x.graph;
  const spatial = x.shape.slice(2);
  const scales = g.constant([1, 1, ...spatial.map(() => factor)], [x.shape.length]);
  const shape = [...x.shape.slice(0, 2), ...spatial.map((n) => n * factor)];
  const y = g.emit('Resize', [x, undefined, scales], shape, {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
  return g.record([x], y, (dy) => {
    const window = spatial.map(() => factor);
    const means = g.emit('AveragePool', [dy], x.shape, { kernel_shape: window, strides: window });
    return [multiply(means, factor ** spatial.length)];
  });
}

/** Linear interpolation by `factor` along every spatial axis (two or three of them). */
export function upsampleLinear(x: Value, factor = 2): Value {
  checkFactor('upsampleLinear', factor);
  if (x.shape.length !== 4 && x.shape.length !== 5) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `upsampleLinear() needs 2 or 3 spatial axes, got ${formatShape(x.shape)}`,
    );
  }
  const matrices = x.shape.slice(2).map((n) => linearMatrix(n, factor));
  const y = alongAxes(x, matrices, false);
  return x.graph.record([x], y, (dy) => [alongAxes(dy, matrices, true)]);
}

interface ResizeMatrix {
  readonly from: number;
  readonly to: number;
  /** [to, from], row-major. */
  readonly weights: Float32Array;
}

function linearMatrix(from: number, factor: number): ResizeMatrix {
  const to = from * factor;
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const position = Math.min(Math.max((i + 0.5) / factor - 0.5, 0), from - 1);
    const low = Math.floor(position);
    const high = Math.min(low + 1, from - 1);
    weights[i * from + low]! += 1 - (position - low);
    weights[i * from + high]! += position - low;
  }
  return { from, to, weights };
}

/** Applies one matrix to each spatial axis; reversed, the transposed ones. */
function alongAxes(x: Value, matrices: readonly ResizeMatrix[], transposed: boolean): Value {
  const rank = x.shape.length;
  let y = x;
  // The last axis multiplies from the right as one large product; the one before from the left, per image.
  matrices.forEach((_, i) => {
    const axis = rank - 1 - i;
    y = alongAxis(y, axis, matrices[matrices.length - 1 - i]!, transposed);
  });
  return y;
}

function alongAxis(x: Value, axis: number, m: ResizeMatrix, transposed: boolean): Value {
  const g = x.graph;
  const rank = x.shape.length;
  const [rows, columns] = transposed ? [m.from, m.to] : [m.to, m.from];
  const left = transposed ? transposeMatrix(m.weights, m.to, m.from) : m.weights;
  const shape = x.shape.map((n, i) => (i === axis ? rows : n));
  if (axis === rank - 1) {
    const right = transposeMatrix(left, rows, columns);
    return g.emit('MatMul', [x, g.constant(right, [columns, rows])], shape);
  }
  const matrix = g.constant(left, [rows, columns]);
  if (axis === rank - 2) return g.emit('MatMul', [matrix, x], shape);
  // An axis further out: join the axes behind it into one, multiply, part them again.
  const [n, c] = x.shape as [number, number];
  const behind = x.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const flat = g.emit('Reshape', [x, g.integers([0, c, columns, behind])], [n, c, columns, behind]);
  const product = g.emit('MatMul', [matrix, flat], [n, c, rows, behind]);
  return g.emit('Reshape', [product, g.integers([0, ...shape.slice(1)])], shape);
}

function transposeMatrix(m: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(m.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = m[i * columns + j]!;
  return result;
}
