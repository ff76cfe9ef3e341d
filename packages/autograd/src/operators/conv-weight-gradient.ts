/**
 * Gradient of a convolution's kernel, in the form that is fastest for the shape at hand.
 *
 * dW[o, i, a, b] = sum over n, h, w of dY[n, o, h, w] X[n, i, h + a - p, w + b - p]
 *
 * - 1x1: one matrix product over all positions.
 * - k x k at stride 1 in 2-D: the k column shifts are put on dY, stacked as channels, and each of the k row shifts on
 *   X; k matrix products [k O, positions] x [positions, I] hold all k^2 taps. A narrow network becomes products of
 *   useful size, and 2k shifted copies are written, not the k^2 of im2col. Only an X of few channels is unfolded to
 *   all its k^2 shifts.
 * - k x h x w at stride 1 in 3-D: the same for each slab and its k neighbours in depth, one slab after the other, so
 *   that copies of one slab, not of the volume, are in memory, and mostly in the cache. Small volumes are multiplied
 *   at once, the neighbours beside each other as channels.
 * - anything else (stride, dilation, groups): a convolution with batch and channel axes swapped.
 */
import type { Value } from '../graph/graph.ts';
import type { ConvGeometry } from './conv.ts';
import { concat, elementCount, expand, pad, reshape, slice, transpose } from './shape.ts';

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
  if (plain && same && c.kernel.length === 3) {
    const product = dy.shape[4]! < CHANNELS_LAST_BELOW ? wholeVolumeProduct : slabBySlabProduct;
    return product(x, dy, weightShape, c.padding);
  }
  return swappedConvolution(x, dy, weightShape, c);
}

/** sum over n and positions of a[n, p, .] b[n, q, .]: [P, Q], from a [N, P, ...] and b [N, Q, ...]. */
function productOverPositions(a: Value, b: Value): Value {
  return sumOfImages(productPerImage(a, b));
}

/** The same for each n: [N, P, Q]. */
function productPerImage(a: Value, b: Value): Value {
  const [n, p] = a.shape as [number, number];
  const q = b.shape[1]!;
  return a.graph.emit(
    'FusedMatMul',
    [flat(a), flat(b)],
    [n, p, q],
    { transB: 1 },
    { domain: 'com.microsoft' },
  );
}

/** [N, C, ...space] as [N, C, positions]. */
function flat(x: Value): Value {
  if (x.shape.length === 3) return x;
  const [n, channels, ...space] = x.shape as [number, number, ...number[]];
  return reshape(x, [n, channels, elementCount(space)]);
}

/** The image as it is flat, `rows` rows further down: one run of numbers moves, which is faster than many rows. */
function shiftRows(x: Value, rows: number): Value {
  return shift(flat(x), 2, rows * x.shape[3]!);
}

function sumOfImages(perImage: Value): Value {
  const [n, ...shape] = perImage.shape as [number, ...number[]];
  if (n === 1) return reshape(perImage, shape);
  const g = perImage.graph;
  return g.emit('ReduceSum', [perImage, g.integers([0])], shape, { keepdims: 0 });
}

function shiftedProduct(
  x: Value,
  dy: Value,
  weightShape: readonly number[],
  padding: readonly number[],
): Value {
  const [filters, channels, kh, kw] = weightShape as [number, number, number, number];
  if (kh * channels <= filters) return unfoldedProduct(x, dy, weightShape, padding);
  const [ph, pw] = padding as [number, number];
  let products: Value;
  if (dy.shape[3]! < CHANNELS_LAST_BELOW) {
    const channelsLast = [0, 2, 3, 1];
    const columns = atShifts(transpose(dy, channelsLast), 2, offsets(pw), 3);
    const xLast = transpose(x, channelsLast);
    products = concat(
      offsetsBack(ph).map((by) => productOverRows(columns, shift(xLast, 1, by))),
      0,
    );
  } else {
    const columns = flat(atShifts(dy, 3, offsets(pw), 1));
    products = sumOfImages(
      concat(
        offsetsBack(ph).map((by) => productPerImage(columns, shiftRows(x, by))),
        1,
      ),
    );
  }
  const taps = reshape(products, [kh * kw, filters * channels]);
  return reshape(transpose(taps, [1, 0]), weightShape);
}

/** All shifts on X, none on dY: fewest copies where X has few channels. */
function unfoldedProduct(
  x: Value,
  dy: Value,
  weightShape: readonly number[],
  padding: readonly number[],
): Value {
  const [filters, channels, kh, kw] = weightShape as [number, number, number, number];
  const [ph, pw] = padding as [number, number];
  const columns = atShifts(x, 3, offsetsBack(pw), 1);
  const unfolded = concat(offsetsBack(ph).map((by) => shiftRows(columns, by)));
  const product = reshape(productOverPositions(dy, unfolded), [filters, kh * kw, channels]);
  return reshape(transpose(product, [0, 2, 1]), weightShape);
}

/** sum over all but the last axis of a[..., p] b[..., q]: [P, Q]. */
function productOverRows(a: Value, b: Value): Value {
  const [p, q] = [a.shape.at(-1)!, b.shape.at(-1)!];
  const rows = elementCount(a.shape) / p;
  return a.graph.emit(
    'FusedMatMul',
    [reshape(a, [rows, p]), reshape(b, [rows, q])],
    [p, q],
    { transA: 1 },
    { domain: 'com.microsoft' },
  );
}

/** Volumes whose copies are small: the neighbours in depth go beside whichever of the two has fewer channels. */
function wholeVolumeProduct(
  x: Value,
  dy: Value,
  weightShape: readonly number[],
  padding: readonly number[],
): Value {
  const [filters, channels, kd, ...taps] = weightShape as [number, number, number, number, number];
  const [pd, ...inPlane] = padding as [number, number, number];
  if (channels <= filters) {
    const beside = slabs(x, offsets(pd));
    const product = shiftedProduct(beside, slabs(dy, [0]), [filters, kd * channels, ...taps], inPlane);
    return transpose(reshape(product, [filters, kd, channels, ...taps]), [0, 2, 1, 3, 4]);
  }
  const beside = slabs(dy, offsetsBack(pd));
  const product = shiftedProduct(slabs(x, [0]), beside, [kd * filters, channels, ...taps], inPlane);
  return transpose(reshape(product, [kd, filters, channels, ...taps]), [1, 2, 0, 3, 4]);
}

/** Columns are shifted on dY, rows on X, each slab once; depth is a matter of which slabs are multiplied. */
function slabBySlabProduct(
  x: Value,
  dy: Value,
  weightShape: readonly number[],
  padding: readonly number[],
): Value {
  const [filters, channels, kd, kh, kw] = weightShape as [number, number, number, number, number];
  const [pd, ph, pw] = padding as [number, number, number];
  const g = x.graph;
  const depth = x.shape[2]!;
  const slabOf = (volume: Value) => {
    const depthFirst = transpose(volume, [0, 2, 1, 3, 4]);
    const [n, , ...rest] = depthFirst.shape as [number, ...number[]];
    return (d: number) => reshape(slice(depthFirst, 1, d, d + 1), [n, ...rest]);
  };
  const [xSlab, dySlab] = [slabOf(x), slabOf(dy)];
  const rows: Value[] = [];
  const perSlab = Array.from({ length: depth }, (_, d) => {
    while (rows.length <= Math.min(d + pd, depth - 1)) {
      const slab = xSlab(rows.length);
      rows.push(concat(offsetsBack(ph).map((by) => shiftRows(slab, by))));
    }
    const columns = flat(atShifts(dySlab(d), 3, offsets(pw), 1));
    const products = offsets(pd).map((by) =>
      productPerImage(columns, rows[d + by] ?? expand(g.scalar(0), rows[d]!.shape)),
    );
    return sumOfImages(concat(products, 1));
  });
  const product = perSlab.length === 1 ? perSlab[0]! : g.emit('Sum', perSlab, perSlab[0]!.shape);
  return transpose(reshape(product, [kd, kw, filters, kh, channels]), [2, 4, 0, 3, 1]);
}

/** [N, C, D, H, W] as images [N D, k C, H, W]: the slabs that are `by` further on in depth, beside each other. */
function slabs(x: Value, by: readonly number[]): Value {
  const [n, channels, depth, height, width] = x.shape as [number, number, number, number, number];
  const depthFirst = transpose(x, [0, 2, 1, 3, 4]);
  const beside = atShifts(
    depthFirst,
    1,
    by.map((offset) => -offset),
    2,
  );
  return reshape(beside, [n * depth, by.length * channels, height, width]);
}

/** Places from the middle tap of a kernel with this padding to each of its taps. */
function offsets(padding: number): number[] {
  return Array.from({ length: 2 * padding + 1 }, (_, tap) => tap - padding);
}

/** The same in the other direction. */
function offsetsBack(padding: number): number[] {
  return offsets(padding).map((by) => -by);
}

/** Copies of x, moved along `axis`, beside each other along `beside`. */
function atShifts(x: Value, axis: number, by: readonly number[], beside: number): Value {
  const copies = by.map((places) => shift(x, axis, places));
  return copies.length === 1 ? copies[0]! : concat(copies, beside);
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
