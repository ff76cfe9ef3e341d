/**
 * The networks that are timed. Widths are listed from the first level to the bottleneck; resizing on the way up is
 * bilinear in two dimensions and by repetition in three, and the loss is the soft Jaccard index of 2017.
 */
import { encoderDecoder, type Loss, type Network, softJaccardLoss } from 'onnx-autograd';
import { buildLoss, buildNetwork, builtInRecipe } from '../../packages/ventriseg/src/recipes/index.ts';

/** Rows and columns of a picture; a volume has as many slices. */
export const SIZE = 96;

export interface BenchmarkNetwork {
  readonly name: string;
  readonly filters: readonly number[];
  readonly skips: boolean;
  /** Of one image: [rows, columns], or [slices, rows, columns]. */
  readonly spatial: readonly number[];
  readonly upsampling: 'linear' | 'nearest';
  /** Channels of the last convolution, of which the first is used. */
  readonly outputChannels: number;
  readonly batch: number;
  /** Images in a batch with `--quick`. */
  readonly quickBatch: number;
  /** Images that our engine takes at a time when it trains; batches are multiples of it. */
  readonly chunk: number;
  /** The same in a forward pass. */
  readonly forwardChunk: number;
  /** As its name is for people. */
  readonly title: string;
  readonly network: Network;
  readonly loss: Loss;
}

/** Chunk of `ventriseg train` for a batch of 100. */
const CHUNK = 2;
/** Work for all threads at once; batches are multiples of it. */
const FORWARD_CHUNK = 5;

function ofRecipe(name: string, title: string): BenchmarkNetwork {
  const recipe = builtInRecipe(name);
  return {
    name,
    title,
    filters: recipe.network.filters,
    skips: recipe.network.skips,
    spatial: [SIZE, SIZE],
    upsampling: 'linear',
    outputChannels: 1 + recipe.network.spareOutputs,
    batch: recipe.batchSize,
    quickBatch: 20,
    chunk: CHUNK,
    forwardChunk: FORWARD_CHUNK,
    network: buildNetwork(recipe, SIZE, SIZE, 1),
    loss: buildLoss(recipe, 1),
  };
}

function ofWidths(
  kind: 'unet' | 'encdec' | 'unet-3d',
  widths: readonly number[],
  sizes: { batch: number; quickBatch: number; chunk: number },
): BenchmarkNetwork {
  const name = `${kind}-${widths.join('-')}`;
  const volumes = kind === 'unet-3d';
  const spatial = Array<number>(volumes ? 3 : 2).fill(SIZE);
  const upsampling = volumes ? 'nearest' : 'linear';
  const filters = widths.slice(0, -1);
  const skips = kind !== 'encdec';
  return {
    ...sizes,
    forwardChunk: Math.min(FORWARD_CHUNK, sizes.batch),
    name,
    title: `${volumes ? '3-D ' : ''}${skips ? 'U-Net' : 'Encoder-decoder'} ${widths.join('-')}`,
    filters,
    skips,
    spatial,
    upsampling,
    outputChannels: 1,
    network: encoderDecoder({ name, inputShape: [1, ...spatial], filters, classes: 1, skips, upsampling }),
    loss: softJaccardLoss(),
  };
}

export const benchmarkNetworks: readonly BenchmarkNetwork[] = [
  ofRecipe('ed-cnn-2017', 'ED-CNN of 2017'),
  ofRecipe('unet-2017', 'U-Net of 2017'),
  ofWidths('unet', [8, 16, 32, 64, 128], { batch: 100, quickBatch: 20, chunk: CHUNK }),
  ofWidths('encdec', [32, 64, 128, 256], { batch: 100, quickBatch: 8, chunk: CHUNK }),
  ofWidths('unet', [32, 64, 128, 256], { batch: 100, quickBatch: 8, chunk: CHUNK }),
  ofWidths('unet-3d', [16, 32, 64], { batch: 1, quickBatch: 1, chunk: 1 }),
];

/** Values of one image. */
export function imageSize({ spatial }: Pick<BenchmarkNetwork, 'spatial'>): number {
  return spatial.reduce((product, length) => product * length, 1);
}
