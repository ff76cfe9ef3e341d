/** Operators that move numbers without changing them: reshape, transpose, concatenate, slice, pad, expand. */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';

/** The same numbers under another shape; -1 once stands for whatever is left. */
export function reshape(x: Value, shape: readonly number[]): Value {
  const known = shape.reduce((a, b) => (b === -1 ? a : a * b), 1);
  const count = elementCount(x.shape);
  const full = shape.map((n) => (n === -1 ? count / known : n));
  if (elementCount(full) !== count || !full.every((n) => Number.isInteger(n) && n > 0)) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `reshape(): ${formatShape(x.shape)} (${count} values) does not fit into ${formatShape(shape)}`,
    );
  }
  const g = x.graph;
  // The batch axis is written as 0 ("copy") where it stays, so an exported network runs at any batch size.
  const operand = full.map((n, i) => (i === 0 && x.shape[0] === n ? 0 : n));
  const y = g.emit('Reshape', [x, g.integers(operand)], full);
  return g.record([x], y, (dy) => [reshape(dy, x.shape)]);
}

/** Permutes the axes: axis i of the result is axis `permutation[i]` of `x`. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  if (permutation.length !== x.shape.length || x.shape.some((_, axis) => !permutation.includes(axis))) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `transpose(): [${permutation}] does not permute the axes of ${formatShape(x.shape)}`,
    );
  }
  const g = x.graph;
  const y = g.emit(
    'Transpose',
    [x],
    permutation.map((axis) => x.shape[axis]!),
    { perm: permutation },
  );
  const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
  return g.record([x], y, (dy) => [transpose(dy, inverse)]);
}

/** Joins tensors along one axis (default: channels). */
export function concat(parts: readonly Value[], axis = 1): Value {
  const first = parts[0];
  if (first === undefined) throw new AutogradError('BAD_ARGUMENT', 'concat() needs at least one tensor');
  if (first.shape[axis] === undefined) {
    throw new AutogradError('BAD_ARGUMENT', `concat(): ${formatShape(first.shape)} has no axis ${axis}`);
  }
  for (const part of parts) {
    if (
      part.shape.length !== first.shape.length ||
      part.shape.some((n, i) => i !== axis && n !== first.shape[i])
    ) {
      throw new AutogradError(
        'SHAPE_MISMATCH',
        `concat() along axis ${axis}: ${parts.map((p) => formatShape(p.shape)).join(' and ')} differ elsewhere`,
      );
    }
  }
  const g = first.graph;
  const lengths = parts.map((part) => part.shape[axis]!);
  const shape = first.shape.map((n, i) => (i === axis ? lengths.reduce((a, b) => a + b, 0) : n));
  const y = g.emit('Concat', parts, shape, { axis });
  return g.record(parts, y, (dy, needs) => {
    let start = 0;
    return parts.map((_, i) => {
      const from = start;
      start += lengths[i]!;
      return needs[i] ? slice(dy, axis, from, start) : undefined;
    });
  });
}

/** Elements `start` to `end` (exclusive) of one axis, every `step`-th. */
export function slice(x: Value, axis: number, start: number, end: number, step = 1): Value {
  const length = x.shape[axis];
  if (length === undefined || start < 0 || end > length || start >= end) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `slice(): ${start}:${end} is not within axis ${axis} of ${formatShape(x.shape)}`,
    );
  }
  if (!Number.isInteger(step) || step < 1) {
    throw new AutogradError('BAD_ARGUMENT', `slice(): the step must be a positive integer, got ${step}`);
  }
  const g = x.graph;
  const count = Math.ceil((end - start) / step);
  const shape = x.shape.map((n, i) => (i === axis ? count : n));
  const y = g.emit(
    'Slice',
    [x, g.integers([start]), g.integers([end]), g.integers([axis]), g.integers([step])],
    shape,
  );
  return g.record([x], y, (dy) => {
    if (step !== 1) throw new AutogradError('NOT_DIFFERENTIABLE', 'slice() with a step has no gradient rule');
    const before = x.shape.map((_, i) => (i === axis ? start : 0));
    const after = x.shape.map((_, i) => (i === axis ? length - end : 0));
    return [pad(dy, before, after)];
  });
}

/** Adds zeros (or `value`) before and after each axis; negative counts crop. */
export function pad(x: Value, before: readonly number[], after: readonly number[], value = 0): Value {
  if (before.length !== x.shape.length || after.length !== x.shape.length) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `pad(): ${formatShape(x.shape)} needs ${x.shape.length} counts at either end, got ${before.length} and ${after.length}`,
    );
  }
  if ([...before, ...after].every((n) => n === 0)) return x;
  const g = x.graph;
  const shape = x.shape.map((n, i) => n + before[i]! + after[i]!);
  const operands = [x, g.integers([...before, ...after]), ...(value === 0 ? [] : [g.scalar(value)])];
  const y = g.emit('Pad', operands, shape);
  return g.record([x], y, (dy) => [
    pad(
      dy,
      before.map((n) => -n),
      after.map((n) => -n),
    ),
  ]);
}

/** Repeats axes of length 1 up to `shape`. */
export function expand(x: Value, shape: readonly number[]): Value {
  if (formatShape(broadcastShape('expand', x.shape, shape)) !== formatShape(shape)) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `expand(): ${formatShape(x.shape)} cannot become ${formatShape(shape)}`,
    );
  }
  const g = x.graph;
  const y = g.emit('Expand', [x, g.integers(shape)], shape);
  return g.record([x], y, (dy) => [sumTo(dy, x.shape)]);
}

/** Sums a gradient over the axes along which `shape` was broadcast; the reverse of broadcasting. */
export function sumTo(x: Value, shape: readonly number[]): Value {
  if (formatShape(x.shape) === formatShape(shape)) return x;
  const extra = x.shape.length - shape.length;
  const axes = x.shape.flatMap((n, i) => (i < extra || (shape[i - extra] === 1 && n !== 1) ? [i] : []));
  const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
  const g = x.graph;
  const summed = g.emit('ReduceSum', [x, g.integers(axes)], kept, { keepdims: 1 });
  return extra === 0 ? summed : reshape(summed, shape);
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** The shape that two operands broadcast to. */
export function broadcastShape(operator: string, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new AutogradError(
        'SHAPE_MISMATCH',
        `${operator}(): ${formatShape(a)} and ${formatShape(b)} do not broadcast`,
      );
    }
    return Math.max(m, n);
  });
}
