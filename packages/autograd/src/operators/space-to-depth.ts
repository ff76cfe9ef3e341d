/**
 * Blocks of neighbouring elements as channels, and back: a network that works on blocks of 2 x 2 x 2 sees every
 * element at an eighth of the positions (Shi et al. 2016 for the way back, "sub-pixel convolution").
 */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { reshape, transpose } from './shape.ts';

/**
 * @param x [N, C, ...spatial], every spatial size a multiple of `size`
 * @returns [N, size ^ axes * C, ...spatial / size]; channels of one element of the blocks stay together
 * @throws AutogradError SHAPE_MISMATCH
 */
export function spaceToDepth(x: Value, size: number): Value {
  const [n, channels, ...spatial] = x.shape as [number, number, ...number[]];
  if (!Number.isInteger(size) || size < 1 || spatial.some((length) => length % size !== 0)) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `spaceToDepth(): blocks of ${size} do not divide ${formatShape(x.shape)} evenly`,
    );
  }
  if (size === 1) return x;
  const small = spatial.map((length) => length / size);
  const parted = reshape(x, [n, channels, ...small.flatMap((length) => [length, size])]);
  // N, then the element within the block, then the channel, then the block.
  const within = small.map((_, i) => 3 + 2 * i);
  const blocks = small.map((_, i) => 2 + 2 * i);
  return reshape(transpose(parted, [0, ...within, 1, ...blocks]), [
    n,
    size ** small.length * channels,
    ...small,
  ]);
}

/**
 * The reverse.
 *
 * @param x [N, size ^ axes * C, ...spatial]
 * @returns [N, C, ...spatial * size]
 * @throws AutogradError SHAPE_MISMATCH
 */
export function depthToSpace(x: Value, size: number): Value {
  const [n, deep, ...spatial] = x.shape as [number, number, ...number[]];
  const elements = size ** spatial.length;
  if (!Number.isInteger(size) || size < 1 || deep % elements !== 0) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `depthToSpace(): ${deep} channels of ${formatShape(x.shape)} are no blocks of ${elements} elements`,
    );
  }
  if (size === 1) return x;
  const channels = deep / elements;
  const axes = spatial.length;
  const parted = reshape(x, [n, ...spatial.map(() => size), channels, ...spatial]);
  const order = spatial.flatMap((_, i) => [2 + axes + i, 1 + i]);
  return reshape(transpose(parted, [0, 1 + axes, ...order]), [
    n,
    channels,
    ...spatial.map((length) => length * size),
  ]);
}
