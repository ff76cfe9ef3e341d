/**
 * Gradient of a convolution's kernel, in the form that is fastest for the shape at hand.
 *
 * dW[o, i, a, b] = sum over n, h, w of dY[n, o, h, w] X[n, i, h + a - p, w + b - p]
 *
 * - 1x1: one matrix product over all positions.
 * - k x k at stride 1 in 2-D: the k row shifts are put on dY and the k column shifts on X, stacked as channels;
 *   one matrix product [k O, positions] x [positions, k I] then holds all k^2 taps. A narrow network becomes a
 *   product of useful size, and only 2k shifted copies are written, not the k^2 of im2col.
 * - k x h x w at stride 1 in 3-D: the k neighbours in depth are put beside each other as channels, which leaves an
 *   h x w convolution of slabs, as above.
 * - anything else (stride, dilation, groups): a convolution with batch and channel axes swapped.
 */
import type { Value } from '../graph/graph.ts';
import type { ConvGeometry } from './conv.ts';
import { concat, elementCount, pad, reshape, slice, transpose } from './shape.ts';

/** Images narrower than this are multiplied channels-last: shifting whole pixels beats shifting short rows. */
const CHANNELS_LAST_BELOW = 18;

export function convWeightGradient(
  x: Value,
  dy: Value,
  weightShape: readonly number[],
  c: ConvGeometry,
): Value {
  const plain = c.stride === 1 && c.dilation === 1 && c.groups === 1;
  if (plain && elementCount(c.kernel) === 1 && c.padding.every((p) => p === 0)) {
    return reshape(productOverPositions(dy, x), weightShape);
  }
  const same = c.kernel.every((k, i) => k % 2 === 1 && c.padding[i] === (k - 1) / 2);
  if (plain && same && c.kernel.length === 2) return shiftedProduct(x, dy, weightShape, c.padding);
  if (plain && same && c.kernel.length === 3) return slabProduct(x, dy, weightShape, c.padding);
  return swappedConvolution(x, dy, weightShape, c);
}

/** sum over n and positions of a[n, p, .] b[n, q, .]: [P, Q], from a [N, P, ...] and b [N, Q, ...]. */
function productOverPositions(a: Value, b: Value): Value {
  const g = a.graph;
  const [n, p] = a.shape as [number, number];
  const q = b.shape[1]!;
  const positions = elementCount(a.shape.slice(2));
  const perImage = g.emit(
    'FusedMatMul',
    [reshape(a, [n, p, positions]), reshape(b, [n, q, positions])],
    [n, p, q],
    { transB: 1 },
    { domain: 'com.microsoft' },
  );
  return n === 1
    ? reshape(perImage, [p, q])
    : g.emit('ReduceSum', [perImage, g.integers([0])], [p, q], { keepdims: 0 });
}

function shiftedProduct(
  x: Value,
  dy: Value,
  weightShape: readonly number[],
  padding: readonly number[],
): Value {
  const [filters, channels, kh, kw] = weightShape as [number, number, number, number];
  const [ph, pw] = padding as [number, number];
  const [n, , height, width] = dy.shape as [number, number, number, number];
  const rowShifts = Array.from({ length: kh }, (_, a) => a - ph);
  const columnShifts = Array.from({ length: kw }, (_, b) => pw - b);
  let product: Value;
  if (width < CHANNELS_LAST_BELOW) {
    const channelsLast = [0, 2, 3, 1];
    const dyLast = transpose(dy, channelsLast);
    const xLast = transpose(x, channelsLast);
    const g = x.graph;
    const rows = n * height * width;
    const left = concat(
      rowShifts.map((s) => shift(dyLast, 1, s)),
      3,
    );
    const right = concat(
      columnShifts.map((s) => shift(xLast, 2, s)),
      3,
    );
    product = g.emit(
      'FusedMatMul',
      [reshape(left, [rows, kh * filters]), reshape(right, [rows, kw * channels])],
      [kh * filters, kw * channels],
      { transA: 1 },
      { domain: 'com.microsoft' },
    );
  } else {
    product = productOverPositions(
      concat(rowShifts.map((s) => shift(dy, 2, s))),
      concat(columnShifts.map((s) => shift(x, 3, s))),
    );
  }
  return transpose(reshape(product, [kh, filters, kw, channels]), [1, 3, 0, 2]);
}

/** The neighbours in depth go beside whichever of the two has fewer channels. */
function slabProduct(x: Value, dy: Value, weightShape: readonly number[], padding: readonly number[]): Value {
  const [filters, channels, kd, ...taps] = weightShape as [number, number, number, number, number];
  const [pd, ...inPlane] = padding as [number, number, number];
  const offsets = Array.from({ length: kd }, (_, tap) => tap - pd);
  if (channels <= filters) {
    const beside = slabs(x, offsets);
    const product = shiftedProduct(beside, slabs(dy, [0]), [filters, kd * channels, ...taps], inPlane);
    return transpose(reshape(product, [filters, kd, channels, ...taps]), [0, 2, 1, 3, 4]);
  }
  const reversed = offsets.map((by) => -by);
  const beside = slabs(dy, reversed);
  const product = shiftedProduct(slabs(x, [0]), beside, [kd * filters, channels, ...taps], inPlane);
  return transpose(reshape(product, [kd, filters, channels, ...taps]), [1, 2, 0, 3, 4]);
}

/** [N, C, D, H, W] as images [N D, k C, H, W]: the slab `offsets` further on in depth, beside each other. */
function slabs(x: Value, offsets: readonly number[]): Value {
  const [n, channels, depth, height, width] = x.shape as [number, number, number, number, number];
  const depthFirst = transpose(x, [0, 2, 1, 3, 4]);
  const parts = offsets.map((by) => shift(depthFirst, 1, -by));
  const beside = parts.length === 1 ? parts[0]! : concat(parts, 2);
  return reshape(beside, [n * depth, offsets.length * channels, height, width]);
}

/** Moves the content by `by` places towards higher indices of `axis`, zeros coming in. */
function shift(x: Value, axis: number, by: number): Value {
  if (by === 0) return x;
  return pad(
    x,
    x.shape.map((_, i) => (i === axis ? by : 0)),
    x.shape.map((_, i) => (i === axis ? -by : 0)),
  );
}

/** X with channels as batch, convolved with dY with channels as filters; stride and dilation change places. */
function swappedConvolution(x: Value, dy: Value, weightShape: readonly number[], c: ConvGeometry): Value {
  const g = x.graph;
  const swap = x.shape.map((_, i) => (i === 0 ? 1 : i === 1 ? 0 : i));
  const perGroupIn = weightShape[1]!;
  const perGroupOut = weightShape[0]! / c.groups;
  const parts = Array.from({ length: c.groups }, (_, group) => {
    const xs = c.groups === 1 ? x : slice(x, 1, group * perGroupIn, (group + 1) * perGroupIn);
    const dys = c.groups === 1 ? dy : slice(dy, 1, group * perGroupOut, (group + 1) * perGroupOut);
    const reached = c.kernel.map((_, i) => {
      const span = xs.shape[i + 2]! + 2 * c.padding[i]! - c.stride * (dys.shape[i + 2]! - 1) - 1;
      return Math.floor(span / c.dilation) + 1;
    });
    const full = g.emit(
      'Conv',
      [transpose(xs, swap), transpose(dys, swap)],
      [perGroupIn, perGroupOut, ...reached],
      {
        kernel_shape: dys.shape.slice(2),
        strides: c.kernel.map(() => c.dilation),
        dilations: c.kernel.map(() => c.stride),
        pads: [...c.padding, ...c.padding],
      },
    );
    // A stride that does not divide the size leaves taps beyond the kernel; they are cut off.
    const taps = c.kernel.reduce((cut, k, i) => (reached[i] === k ? cut : slice(cut, i + 2, 0, k)), full);
    return transpose(taps, swap);
  });
  return parts.length === 1 ? parts[0]! : concat(parts, 0);
}
