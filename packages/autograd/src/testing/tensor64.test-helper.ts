/** Float64 tensors for the reference computations, row-major like ONNX. Plain and slow on purpose. */
import { SeededRandom } from '../random/seeded-random.ts';

export interface Tensor64 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function tensor64(shape: readonly number[], data: ArrayLike<number>): Tensor64 {
  const count = product(shape);
  if (data.length !== count)
    throw new Error(`a tensor of ${shape.join('x')} needs ${count}, got ${data.length}`);
  return { shape, data: Float64Array.from(data) };
}

export function zeros64(shape: readonly number[]): Tensor64 {
  return { shape, data: new Float64Array(product(shape)) };
}

export function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** How far apart in memory neighbours along each axis are. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}

/** Calls `visit` with the multi-index of every element, in memory order. The array is reused. */
export function forEachIndex(
  shape: readonly number[],
  visit: (index: readonly number[], at: number) => void,
): void {
  const count = product(shape);
  const index = shape.map(() => 0);
  for (let at = 0; at < count; at++) {
    visit(index, at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** Normal noise, rounded to float32 so that the runtime sees the very same numbers. */
export function noise(shape: readonly number[], seed: number, scale = 1): Tensor64 {
  const random = new SeededRandom(seed);
  return {
    shape,
    data: Float64Array.from({ length: product(shape) }, () => Math.fround(scale * random.normal())),
  };
}

/** Uniform in [low, high), rounded to float32. */
export function uniform(shape: readonly number[], seed: number, low: number, high: number): Tensor64 {
  const random = new SeededRandom(seed);
  return {
    shape,
    data: Float64Array.from({ length: product(shape) }, () => Math.fround(random.uniform(low, high))),
  };
}

/**
 * Noise in the middle of each image, exact zeros around it, as in a head scan: the outer third of each side and
 * every second image's last channel are flat.
 */
export function noiseOnBackground(shape: readonly number[], seed: number, background = 0): Tensor64 {
  const x = noise(shape, seed);
  forEachIndex(shape, (index, at) => {
    const outside = index.slice(2).some((i, axis) => {
      const size = shape[axis + 2]!;
      return i < Math.floor(size / 3) || i >= Math.ceil((2 * size) / 3);
    });
    const flatChannel = index[0]! % 2 === 1 && index[1] === shape[1]! - 1;
    if (outside || flatChannel) x.data[at] = background;
  });
  return x;
}

/** The largest difference, divided by the root mean square of `expected`. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) {
    throw new Error(`${actual.length} values where ${expected.length} are expected`);
  }
  let largest = 0;
  let squares = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    // Not Math.max alone: it must not lose a NaN.
    if (!(difference <= largest)) largest = difference;
    squares += expected[i]! ** 2;
  }
  const rms = Math.sqrt(squares / Math.max(1, expected.length));
  return largest === 0 ? 0 : largest / rms;
}

/**
 * Length of the difference over the length of `expected`. For whole networks: a single ReLU that rounding puts on
 * the other side of 0 moves a few numbers visibly, whatever computes in float32.
 */
export function relativeDistance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) {
    throw new Error(`${actual.length} values where ${expected.length} are expected`);
  }
  let difference = 0;
  let length = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    length += expected[i]! ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / length);
}
