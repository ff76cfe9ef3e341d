/** Broadcasting, reductions, softmax and data movement in float64, as the ONNX operator specification has them. */
import { forEachIndex, product, stridesOf, type Tensor64, zeros64 } from './tensor64.test-helper.ts';

/** Where the element at `index` of the broadcast result lies in a tensor of `shape`. */
function broadcastOffset(
  shape: readonly number[],
  strides: readonly number[],
  index: readonly number[],
): number {
  let at = 0;
  const extra = index.length - shape.length;
  for (let i = 0; i < shape.length; i++) if (shape[i] !== 1) at += index[i + extra]! * strides[i]!;
  return at;
}

export function broadcast(parts: readonly Tensor64[], f: (...values: number[]) => number): Tensor64 {
  const rank = Math.max(...parts.map((p) => p.shape.length));
  const shape = Array.from({ length: rank }, (_, i) =>
    parts.reduce((n, p) => Math.max(n, p.shape[i - rank + p.shape.length] ?? 1), 1),
  );
  const y = zeros64(shape);
  const same = parts.every((p) => p.data.length === y.data.length);
  const strides = parts.map((p) => stridesOf(p.shape));
  const values = parts.map(() => 0);
  forEachIndex(shape, (index, at) => {
    for (let i = 0; i < parts.length; i++) {
      values[i] = parts[i]!.data[same ? at : broadcastOffset(parts[i]!.shape, strides[i]!, index)]!;
    }
    y.data[at] = f(...values);
  });
  return y;
}

export function map(x: Tensor64, f: (value: number) => number): Tensor64 {
  return { shape: x.shape, data: x.data.map(f) };
}

export type Reduction = 'sum' | 'mean' | 'max' | 'min' | 'l2';

/** Empty `axes` means all of them, as in ONNX. */
export function reduce(kind: Reduction, x: Tensor64, axes: readonly number[], keepAxes: boolean): Tensor64 {
  const rank = x.shape.length;
  const over =
    axes.length === 0 ? x.shape.map((_, i) => i) : axes.map((axis) => (axis < 0 ? axis + rank : axis));
  const kept = x.shape.map((n, i) => (over.includes(i) ? 1 : n));
  const strides = stridesOf(kept);
  const start = kind === 'max' ? -Infinity : kind === 'min' ? Infinity : 0;
  const y = zeros64(kept);
  y.data.fill(start);
  forEachIndex(x.shape, (index, at) => {
    const to = broadcastOffset(kept, strides, index);
    const value = x.data[at]!;
    if (kind === 'max') y.data[to] = Math.max(y.data[to]!, value);
    else if (kind === 'min') y.data[to] = Math.min(y.data[to]!, value);
    else y.data[to]! += kind === 'l2' ? value * value : value;
  });
  if (kind === 'mean') for (let i = 0; i < y.data.length; i++) y.data[i]! /= x.data.length / y.data.length;
  if (kind === 'l2') for (let i = 0; i < y.data.length; i++) y.data[i] = Math.sqrt(y.data[i]!);
  return keepAxes ? y : { shape: x.shape.filter((_, i) => !over.includes(i)), data: y.data };
}

/** x - log(sum(exp(x))) along one axis. */
export function logSoftmax64(x: Tensor64, axis: number): Tensor64 {
  const at = axis < 0 ? axis + x.shape.length : axis;
  const top = reduce('max', x, [at], true);
  const shifted = broadcast([x, top], (a, b) => a - b);
  const total = reduce('sum', map(shifted, Math.exp), [at], true);
  return broadcast([shifted, total], (a, b) => a - Math.log(b));
}

export function transpose64(x: Tensor64, permutation: readonly number[]): Tensor64 {
  const strides = stridesOf(x.shape);
  const y = zeros64(permutation.map((axis) => x.shape[axis]!));
  forEachIndex(y.shape, (index, at) => {
    let from = 0;
    permutation.forEach((axis, i) => {
      from += index[i]! * strides[axis]!;
    });
    y.data[at] = x.data[from]!;
  });
  return y;
}

export function concat64(parts: readonly Tensor64[], axis: number): Tensor64 {
  const first = parts[0]!;
  const at = axis < 0 ? axis + first.shape.length : axis;
  const total = parts.reduce((n, p) => n + p.shape[at]!, 0);
  const y = zeros64(first.shape.map((n, i) => (i === at ? total : n)));
  const strides = stridesOf(y.shape);
  let start = 0;
  for (const part of parts) {
    forEachIndex(part.shape, (index, from) => {
      let to = start * strides[at]!;
      index.forEach((i, k) => {
        to += i * strides[k]!;
      });
      y.data[to] = part.data[from]!;
    });
    start += part.shape[at]!;
  }
  return y;
}

export function slice64(
  x: Tensor64,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps: readonly number[],
): Tensor64 {
  const begin = x.shape.map(() => 0);
  const step = x.shape.map(() => 1);
  const shape = [...x.shape];
  axes.forEach((axis, i) => {
    if (steps[i]! < 1) throw new Error('the reference slices forwards only');
    const clamp = (n: number) => Math.min(Math.max(n < 0 ? n + x.shape[axis]! : n, 0), x.shape[axis]!);
    begin[axis] = clamp(starts[i]!);
    step[axis] = steps[i]!;
    shape[axis] = Math.ceil((clamp(ends[i]!) - begin[axis]!) / steps[i]!);
  });
  const strides = stridesOf(x.shape);
  const y = zeros64(shape);
  forEachIndex(shape, (index, at) => {
    let from = 0;
    for (let i = 0; i < shape.length; i++) from += (begin[i]! + index[i]! * step[i]!) * strides[i]!;
    y.data[at] = x.data[from]!;
  });
  return y;
}

/** `pads`: all begins, then all ends; negative ones crop. */
export function pad64(x: Tensor64, pads: readonly number[], value: number): Tensor64 {
  const rank = x.shape.length;
  const shape = x.shape.map((n, i) => n + pads[i]! + pads[i + rank]!);
  const strides = stridesOf(x.shape);
  const y = zeros64(shape);
  forEachIndex(shape, (index, at) => {
    let from = 0;
    let inside = true;
    for (let i = 0; i < rank; i++) {
      const position = index[i]! - pads[i]!;
      if (position < 0 || position >= x.shape[i]!) inside = false;
      from += position * strides[i]!;
    }
    y.data[at] = inside ? x.data[from]! : value;
  });
  return y;
}

/** Elements `indices` of one axis. */
export function gather64(x: Tensor64, indices: Tensor64, axis: number): Tensor64 {
  const at = axis < 0 ? axis + x.shape.length : axis;
  const before = product(x.shape.slice(0, at));
  const behind = product(x.shape.slice(at + 1));
  const y = zeros64([...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)]);
  for (let i = 0; i < before; i++)
    for (let k = 0; k < indices.data.length; k++)
      for (let j = 0; j < behind; j++) {
        const from = (i * x.shape[at]! + indices.data[k]!) * behind + j;
        y.data[(i * indices.data.length + k) * behind + j] = x.data[from]!;
      }
  return y;
}

/** Batched matrix product with broadcast batch axes; `transA` and `transB` swap the last two axes first. */
export function matMul64(a: Tensor64, b: Tensor64, transA: boolean, transB: boolean): Tensor64 {
  const swapped = (t: Tensor64) =>
    transpose64(
      t,
      t.shape.map((_, i) => (i < t.shape.length - 2 ? i : 2 * t.shape.length - 3 - i)),
    );
  const left = transA ? swapped(a) : a;
  const right = transB ? swapped(b) : b;
  const [rows, inner] = left.shape.slice(-2) as [number, number];
  const columns = right.shape.at(-1)!;
  if (right.shape.at(-2) !== inner) {
    throw new Error(`matrix product of ${left.shape.join('x')} and ${right.shape.join('x')}`);
  }
  const rank = Math.max(left.shape.length, right.shape.length) - 2;
  const batch = Array.from({ length: rank }, (_, i) =>
    Math.max(
      left.shape[i - rank + left.shape.length - 2] ?? 1,
      right.shape[i - rank + right.shape.length - 2] ?? 1,
    ),
  );
  const leftBatch = left.shape.slice(0, -2);
  const rightBatch = right.shape.slice(0, -2);
  const y = zeros64([...batch, rows, columns]);
  forEachIndex(batch, (index, at) => {
    const l = broadcastOffset(leftBatch, stridesOf(leftBatch), index) * rows * inner;
    const r = broadcastOffset(rightBatch, stridesOf(rightBatch), index) * inner * columns;
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        let total = 0;
        for (let k = 0; k < inner; k++)
          total += left.data[l + i * inner + k]! * right.data[r + k * columns + j]!;
        y.data[(at * rows + i) * columns + j] = total;
      }
  });
  return y;
}
