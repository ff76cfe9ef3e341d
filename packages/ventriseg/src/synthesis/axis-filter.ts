/**
 * Blurs and resamples along one axis at a time: every such step is a banded matrix, applied to all lines of the
 * volume along that axis.
 */

/** Volume in the making: x-fastest, any shape. */
export interface Block {
  readonly data: Float32Array<ArrayBuffer>;
  readonly shape: readonly [number, number, number];
}

/** A banded matrix: output `o` is the sum of `weights[o * width + t]` times input `first[o] + t`. */
export interface AxisFilter {
  readonly inputs: number;
  readonly outputs: number;
  readonly width: number;
  readonly first: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Gaussian blur and sampling at `outputs` even places over the same extent. Beyond the ends the outermost value
 * holds.
 *
 * @param sigma Standard deviation in input voxels; 0 takes the value between the two nearest linearly.
 */
export function axisFilter(inputs: number, outputs: number, sigma: number): AxisFilter {
  const step = inputs / outputs;
  const radius = sigma > 0 ? Math.max(1, Math.ceil(2.5 * sigma)) : 1;
  const width = Math.min(2 * radius + 1, inputs);
  const first = new Int32Array(outputs);
  const weights = new Float32Array(outputs * width);
  for (let o = 0; o < outputs; o++) {
    const position = (o + 0.5) * step - 0.5;
    const nearest = Math.round(position);
    const start = Math.min(Math.max(nearest - radius, 0), inputs - width);
    first[o] = start;
    let sum = 0;
    for (let t = -radius; t <= radius; t++) {
      const distance = nearest + t - position;
      const weight =
        sigma > 0 ? Math.exp(-(distance ** 2) / (2 * sigma ** 2)) : Math.max(0, 1 - Math.abs(distance));
      const clamped = Math.min(Math.max(nearest + t, 0), inputs - 1);
      weights[o * width + clamped - start]! += weight;
      sum += weight;
    }
    for (let t = 0; t < width; t++) weights[o * width + t]! /= sum;
  }
  return { inputs, outputs, width, first, weights };
}

/** Applies the filter along an axis. */
export function filterAxis(block: Block, axis: 0 | 1 | 2, filter: AxisFilter): Block {
  const shape: [number, number, number] = [...block.shape];
  shape[axis] = filter.outputs;
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  if (axis === 0) alongRows(block.data, data, filter);
  else {
    const inner = axis === 1 ? block.shape[0] : block.shape[0] * block.shape[1];
    acrossRows(block.data, data, filter, inner);
  }
  return { data, shape };
}

function alongRows(source: Float32Array, target: Float32Array, filter: AxisFilter): void {
  const { inputs, outputs, width, first, weights } = filter;
  const lines = source.length / inputs;
  for (let line = 0; line < lines; line++) {
    const from = line * inputs;
    const to = line * outputs;
    for (let o = 0; o < outputs; o++) {
      const at = from + first[o]!;
      const w = o * width;
      let sum = 0;
      for (let t = 0; t < width; t++) sum += weights[w + t]! * source[at + t]!;
      target[to + o] = sum;
    }
  }
}

/** Whole rows of `inner` values at a time, in pieces that stay in the cache. */
function acrossRows(source: Float32Array, target: Float32Array, filter: AxisFilter, inner: number): void {
  const { inputs, outputs, width, first, weights } = filter;
  const piece = Math.min(inner, 2048);
  const outer = source.length / (inputs * inner);
  for (let o = 0; o < outer; o++) {
    for (let start = 0; start < inner; start += piece) {
      const end = Math.min(start + piece, inner);
      for (let p = 0; p < outputs; p++) {
        const to = (o * outputs + p) * inner;
        for (let t = 0; t < width; t++) {
          const weight = weights[p * width + t]!;
          if (weight === 0) continue;
          const from = (o * inputs + first[p]! + t) * inner;
          for (let i = start; i < end; i++) target[to + i]! += weight * source[from + i]!;
        }
      }
    }
  }
}
