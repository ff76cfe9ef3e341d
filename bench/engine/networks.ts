/**
 * The networks that are timed. Widths are listed from the first level to the bottleneck; resizing on the way up is
 * bilinear in all of them, and the loss is the soft Jaccard index of 2017.
 */
import { encoderDecoder, type Loss, type Network, softJaccardLoss } from 'onnx-autograd';
import { buildLoss, buildNetwork, builtInRecipe } from '../../packages/ventriseg/src/recipes/index.ts';

/** Rows and columns of a picture. */
export const SIZE = 96;

export interface BenchmarkNetwork {
  readonly name: string;
  readonly filters: readonly number[];
  readonly skips: boolean;
  /** Channels of the last convolution, of which the first is used. */
  readonly outputChannels: number;
  readonly batch: number;
  /** Images in a batch with `--quick`. */
  readonly quickBatch: number;
  /** Images that our engine takes at a time; batches are multiples of it. */
  readonly chunk: number;
  /** As its name is for people. */
  readonly title: string;
  readonly network: Network;
  readonly loss: Loss;
}

/** Chunk of `ventriseg train` for a batch of 100. */
const CHUNK = 5;

function ofRecipe(name: string, title: string): BenchmarkNetwork {
  const recipe = builtInRecipe(name);
  return {
    name,
    title,
    filters: recipe.network.filters,
    skips: recipe.network.skips,
    outputChannels: 1 + recipe.network.spareOutputs,
    batch: recipe.batchSize,
    quickBatch: 40,
    chunk: CHUNK,
    network: buildNetwork(recipe, SIZE, SIZE, 1),
    loss: buildLoss(recipe, 1),
  };
}

function ofWidths(
  kind: 'unet' | 'encdec',
  widths: readonly number[],
  sizes: { batch: number; quickBatch: number; chunk: number },
): BenchmarkNetwork {
  const name = `${kind}-${widths.join('-')}`;
  const filters = widths.slice(0, -1);
  const skips = kind === 'unet';
  return {
    ...sizes,
    name,
    title: `${skips ? 'U-Net' : 'Encoder-decoder'} ${widths.join('-')}`,
    filters,
    skips,
    outputChannels: 1,
    network: encoderDecoder({ name, inputShape: [1, SIZE, SIZE], filters, classes: 1, skips }),
    loss: softJaccardLoss(),
  };
}

export const benchmarkNetworks: readonly BenchmarkNetwork[] = [
  ofRecipe('ed-cnn-2017', 'ED-CNN of 2017'),
  ofRecipe('unet-2017', 'U-Net of 2017'),
  ofWidths('unet', [8, 16, 32, 64, 128], { batch: 100, quickBatch: 40, chunk: CHUNK }),
  ofWidths('encdec', [32, 64, 128, 256], { batch: 100, quickBatch: 10, chunk: CHUNK }),
  ofWidths('unet', [32, 64, 128, 256], { batch: 100, quickBatch: 10, chunk: CHUNK }),
];
