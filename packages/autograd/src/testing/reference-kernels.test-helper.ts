/**
 * Convolution, pooling, resizing and normalisation in float64, straight from their definitions in the ONNX
 * operator specification. One, two and three spatial axes: fewer than three are padded with axes of length 1.
 */
import { forEachIndex, product, stridesOf, type Tensor64, zeros64 } from './tensor64.test-helper.ts';

export interface WindowAttributes {
  readonly kernel: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** All begins, then all ends. */
  readonly pads?: readonly number[];
  readonly group?: number;
  readonly outputPadding?: readonly number[];
}

type Triple = [number, number, number];

function lift(values: readonly number[], fill: number): Triple {
  return [...Array<number>(3 - values.length).fill(fill), ...values] as Triple;
}

function window3(a: WindowAttributes) {
  const rank = a.kernel.length;
  const pads = a.pads ?? Array<number>(2 * rank).fill(0);
  return {
    kernel: lift(a.kernel, 1),
    stride: lift(a.strides ?? a.kernel.map(() => 1), 1),
    dilation: lift(a.dilations ?? a.kernel.map(() => 1), 1),
    begin: lift(pads.slice(0, rank), 0),
    end: lift(pads.slice(rank), 0),
    outputPadding: lift(a.outputPadding ?? a.kernel.map(() => 0), 0),
    group: a.group ?? 1,
  };
}

/** y[n, o, p] = b[o] + sum over i, k of w[o, i, k] x[n, group(o) + i, p stride + k dilation - begin] */
export function referenceConv(
  x: Tensor64,
  w: Tensor64,
  b: Tensor64 | undefined,
  a: WindowAttributes,
): Tensor64 {
  const { kernel, stride, dilation, begin, end, group } = window3(a);
  const [images, channels] = x.shape as [number, number];
  const [filters, perGroup] = w.shape as [number, number];
  const from = lift(x.shape.slice(2), 1);
  const to = from.map((n, i) =>
    Math.floor((n + begin[i]! + end[i]! - dilation[i]! * (kernel[i]! - 1) - 1) / stride[i]! + 1),
  ) as Triple;
  const y = zeros64([images, filters, ...to.slice(5 - x.shape.length)]);
  const filtersPerGroup = filters / group;
  let at = 0;
  for (let n = 0; n < images; n++)
    for (let o = 0; o < filters; o++) {
      const firstChannel = Math.floor(o / filtersPerGroup) * perGroup;
      for (let d = 0; d < to[0]; d++)
        for (let h = 0; h < to[1]; h++)
          for (let v = 0; v < to[2]; v++) {
            let total = b === undefined ? 0 : b.data[o]!;
            for (let i = 0; i < perGroup; i++)
              for (let kd = 0; kd < kernel[0]; kd++) {
                const sd = d * stride[0] + kd * dilation[0] - begin[0];
                if (sd < 0 || sd >= from[0]) continue;
                for (let kh = 0; kh < kernel[1]; kh++) {
                  const sh = h * stride[1] + kh * dilation[1] - begin[1];
                  if (sh < 0 || sh >= from[1]) continue;
                  for (let kw = 0; kw < kernel[2]; kw++) {
                    const sw = v * stride[2] + kw * dilation[2] - begin[2];
                    if (sw < 0 || sw >= from[2]) continue;
                    const source =
                      (((n * channels + firstChannel + i) * from[0] + sd) * from[1] + sh) * from[2] + sw;
                    const tap = (((o * perGroup + i) * kernel[0] + kd) * kernel[1] + kh) * kernel[2] + kw;
                    total += x.data[source]! * w.data[tap]!;
                  }
                }
              }
            y.data[at++] = total;
          }
    }
  return y;
}

/** Every x[n, i, p] adds w[i, o, k] x to y[n, group(i) + o, p stride + k dilation - begin]. */
export function referenceConvTranspose(
  x: Tensor64,
  w: Tensor64,
  b: Tensor64 | undefined,
  a: WindowAttributes,
): Tensor64 {
  const { kernel, stride, dilation, begin, end, outputPadding, group } = window3(a);
  const [images, channels] = x.shape as [number, number];
  const perGroup = w.shape[1]!;
  const filters = perGroup * group;
  const from = lift(x.shape.slice(2), 1);
  const to = from.map(
    (n, i) =>
      stride[i]! * (n - 1) + outputPadding[i]! + dilation[i]! * (kernel[i]! - 1) + 1 - begin[i]! - end[i]!,
  ) as Triple;
  const y = zeros64([images, filters, ...to.slice(5 - x.shape.length)]);
  const positions = product(to);
  if (b !== undefined) {
    for (let at = 0; at < y.data.length; at++) y.data[at] = b.data[Math.floor(at / positions) % filters]!;
  }
  const channelsPerGroup = channels / group;
  forEachIndex([images, channels, ...from], ([n, i, d, h, v], at) => {
    const firstFilter = Math.floor(i! / channelsPerGroup) * perGroup;
    forEachIndex([perGroup, ...kernel], ([o, kd, kh, kw], tap) => {
      const td = d! * stride[0] + kd! * dilation[0] - begin[0];
      const th = h! * stride[1] + kh! * dilation[1] - begin[1];
      const tw = v! * stride[2] + kw! * dilation[2] - begin[2];
      if (td < 0 || td >= to[0] || th < 0 || th >= to[1] || tw < 0 || tw >= to[2]) return;
      const target = (((n! * filters + firstFilter + o!) * to[0] + td) * to[1] + th) * to[2] + tw;
      y.data[target]! += x.data[at]! * w.data[i! * perGroup * product(kernel) + tap]!;
    });
  });
  return y;
}

/** Maximum or mean of each window; padding takes no part in either. */
export function referencePool(kind: 'max' | 'mean', x: Tensor64, a: WindowAttributes): Tensor64 {
  const { kernel, stride, dilation, begin, end } = window3(a);
  const [images, channels] = x.shape as [number, number];
  const from = lift(x.shape.slice(2), 1);
  const to = from.map((n, i) =>
    Math.floor((n + begin[i]! + end[i]! - dilation[i]! * (kernel[i]! - 1) - 1) / stride[i]! + 1),
  );
  const y = zeros64([images, channels, ...to.slice(5 - x.shape.length)]);
  forEachIndex([images, channels, ...to], ([n, c, d, h, w], at) => {
    const values: number[] = [];
    forEachIndex(kernel, ([kd, kh, kw]) => {
      const sd = d! * stride[0] + kd! * dilation[0] - begin[0];
      const sh = h! * stride[1] + kh! * dilation[1] - begin[1];
      const sw = w! * stride[2] + kw! * dilation[2] - begin[2];
      if (sd < 0 || sd >= from[0] || sh < 0 || sh >= from[1] || sw < 0 || sw >= from[2]) return;
      values.push(x.data[(((n! * channels + c!) * from[0] + sd) * from[1] + sh) * from[2] + sw]!);
    });
    y.data[at] = kind === 'max' ? Math.max(...values) : values.reduce((s, v) => s + v, 0) / values.length;
  });
  return y;
}

/** Each output pixel from the input pixel it lies in: index floor(i / factor). */
export function referenceUpsampleNearest(x: Tensor64, factors: readonly number[]): Tensor64 {
  const y = zeros64(x.shape.map((n, i) => n * factors[i]!));
  const strides = stridesOf(x.shape);
  forEachIndex(y.shape, (index, at) => {
    let source = 0;
    index.forEach((i, axis) => {
      source += Math.floor(i / factors[axis]!) * strides[axis]!;
    });
    y.data[at] = x.data[source]!;
  });
  return y;
}

/** Multilinear interpolation at (i + 0.5) / factor - 0.5, clamped to the outermost centres. */
export function referenceUpsampleLinear(x: Tensor64, factors: readonly number[]): Tensor64 {
  const y = zeros64(x.shape.map((n, i) => n * factors[i]!));
  const strides = stridesOf(x.shape);
  forEachIndex(y.shape, (index, at) => {
    let corners: { source: number; weight: number }[] = [{ source: 0, weight: 1 }];
    index.forEach((i, axis) => {
      const last = x.shape[axis]! - 1;
      const position = Math.min(Math.max((i + 0.5) / factors[axis]! - 0.5, 0), last);
      const low = Math.floor(position);
      const share = position - low;
      corners = corners.flatMap(({ source, weight }) => [
        { source: source + low * strides[axis]!, weight: weight * (1 - share) },
        { source: source + Math.min(low + 1, last) * strides[axis]!, weight: weight * share },
      ]);
    });
    y.data[at] = corners.reduce((total, { source, weight }) => total + weight * x.data[source]!, 0);
  });
  return y;
}

/** (x - mean) / sqrt(variance + epsilon) scale + shift, with the statistics that `statistics` gives a channel. */
function normalise(
  x: Tensor64,
  scale: Tensor64,
  shift: Tensor64,
  epsilon: number,
  statistics: (image: number, channel: number) => { mean: number; variance: number },
): Tensor64 {
  const y = zeros64(x.shape);
  const [images, channels] = x.shape as [number, number];
  const positions = product(x.shape.slice(2));
  for (let n = 0; n < images; n++)
    for (let c = 0; c < channels; c++) {
      const { mean, variance } = statistics(n, c);
      const start = (n * channels + c) * positions;
      for (let p = start; p < start + positions; p++) {
        y.data[p] = ((x.data[p]! - mean) / Math.sqrt(variance + epsilon)) * scale.data[c]! + shift.data[c]!;
      }
    }
  return y;
}

/** Mean and biased variance of one channel over the given images. */
export function channelStatistics(x: Tensor64, images: readonly number[], channel: number) {
  const channels = x.shape[1]!;
  const positions = product(x.shape.slice(2));
  const values = images.flatMap((n) => [
    ...x.data.subarray((n * channels + channel) * positions, (n * channels + channel + 1) * positions),
  ]);
  const mean = values.reduce((s, v) => s + v, 0) / values.length;
  return { mean, variance: values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length };
}

export function referenceInstanceNorm(
  x: Tensor64,
  scale: Tensor64,
  shift: Tensor64,
  epsilon: number,
): Tensor64 {
  return normalise(x, scale, shift, epsilon, (n, c) => channelStatistics(x, [n], c));
}

/** With the batch's own statistics, as while training. */
export function referenceBatchNorm(x: Tensor64, scale: Tensor64, shift: Tensor64, epsilon: number): Tensor64 {
  const images = Array.from({ length: x.shape[0]! }, (_, n) => n);
  return normalise(x, scale, shift, epsilon, (_, c) => channelStatistics(x, images, c));
}

/** With running statistics, as at inference. */
export function referenceBatchNormInference(
  x: Tensor64,
  scale: Tensor64,
  shift: Tensor64,
  mean: Tensor64,
  variance: Tensor64,
  epsilon: number,
): Tensor64 {
  return normalise(x, scale, shift, epsilon, (_, c) => ({
    mean: mean.data[c]!,
    variance: variance.data[c]!,
  }));
}
