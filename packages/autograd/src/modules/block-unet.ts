/**
 * A U-Net that works on blocks of neighbouring elements.
 *
 * At full resolution a 3-D U-Net moves memory more than it computes. Here every block of 2 x 2 x 2 elements is one
 * position with eight channels from the first layer to the last, which gives each of the eight its own logits. Skip
 * connections are added, not concatenated, which halves the widest convolutions; pooling takes means and growing
 * repeats, each the other's gradient; kernels are standardised instead of activations.
 *
 *   blocks -> [conv conv] -> pool -> [conv conv] -> ... -> [conv conv] -> conv, grow, + skip -> [conv] -> 1x1 -> elements
 */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { add } from '../operators/arithmetic.ts';
import { averagePool } from '../operators/pool.ts';
import { upsampleNearest } from '../operators/resize.ts';
import { depthToSpace, spaceToDepth } from '../operators/space-to-depth.ts';
import type { Network } from '../training/network.ts';
import { convBlock } from './blocks.ts';

export interface BlockUnetOptions {
  readonly name: string;
  /** [channels, ...spatial] of one image; every spatial size a multiple of `blockUnetDivisor`. */
  readonly inputShape: readonly number[];
  /** Side of the blocks; 1 works on the elements themselves. */
  readonly blockSize: number;
  /** Filters of each level, finest first; the last is the bottom. At least two. */
  readonly filters: readonly number[];
  /** Logits an element. */
  readonly classes: number;
  /** False for kernels that have been standardised once and for all, as exported ones are. Default true. */
  readonly standardised?: boolean;
}

/** What every spatial size must be a multiple of. */
export function blockUnetDivisor({ blockSize, filters }: Pick<BlockUnetOptions, 'blockSize' | 'filters'>) {
  return blockSize * 2 ** (filters.length - 1);
}

/** @throws AutogradError SHAPE_MISMATCH for sizes that do not fit; BAD_ARGUMENT for fewer than two levels */
export function blockUnet(options: BlockUnetOptions): Network {
  const { name, inputShape, blockSize, filters, classes, standardised = true } = options;
  if (filters.length < 2) {
    throw new AutogradError('BAD_ARGUMENT', `${name}: blockUnet() needs at least two levels of filters`);
  }
  const divisor = blockUnetDivisor(options);
  const [, ...spatial] = inputShape;
  if (spatial.length < 2 || spatial.some((n) => n % divisor !== 0)) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `${name}: ${filters.length} levels of blocks of ${blockSize} need sizes divisible by ${divisor}, got ${formatShape(inputShape)}`,
    );
  }
  const bottom = filters.length - 1;
  return {
    name,
    inputShape,
    build(images: Value): Value {
      const g = images.graph;
      const block = (part: string, x: Value, width: number) => convBlock(part, x, width, { standardised });
      const skips: Value[] = [];
      let x = spaceToDepth(images, blockSize);
      filters.forEach((width, level) => {
        if (level > 0) x = averagePool(x);
        x = g.scope(`down${level + 1}`, () => block('conv2', block('conv1', x, width), width));
        skips.push(x);
      });
      for (let level = bottom - 1; level >= 0; level--) {
        const width = filters[level]!;
        x = g.scope(`up${level + 1}`, () => {
          const grown = upsampleNearest(block('conv1', x, width));
          return block('conv2', add(grown, skips[level]!), width);
        });
      }
      const elements = blockSize ** spatial.length;
      const logits = convBlock('output', x, elements * classes, { kernel: 1, activation: 'none' });
      return depthToSpace(logits, blockSize);
    },
  };
}
