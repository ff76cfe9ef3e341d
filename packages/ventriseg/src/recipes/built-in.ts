/**
 * The recipes that come with ventriseg.
 *
 * `ed-cnn-2017` and `unet-2017` repeat the published experiment: 51 epochs of 40 batches of 100 are its 2,040
 * updates. Each `-plus` keeps the network's size and the number of updates and changes what is known to be
 * better: He start values, soft Dice + cross-entropy, Adam at ten times the rate with warm-up and a cosine to
 * zero, augmentation, and batches of 32, which make the same updates from a third of the images.
 *
 * `quick` is for trying out, in the page too: a small U-Net with instance normalisation, which with soft Dice alone
 * finds something within its first 20 steps.
 *
 * `ventricles-slices` draws all six ventricles in coronal slices; the networks of volumes (volume-training) do better.
 */
import { VentrisegError } from '../errors.ts';
import { parseRecipe, type Recipe, type RecipeInput } from './recipe.ts';

const published: Omit<RecipeInput, 'name' | 'description' | 'network'> = {
  loss: [[1, { kind: 'soft-jaccard', smooth: 0 }]],
  optimiser: { kind: 'adam' },
  learningRate: 1e-4,
  batchSize: 100,
  stepsPerEpoch: 40,
  epochs: 51,
};

const plus: Omit<RecipeInput, 'name' | 'description' | 'network'> = {
  ...published,
  loss: [
    [1, { kind: 'soft-dice', smooth: 1 }],
    [1, { kind: 'cross-entropy' }],
  ],
  learningRate: 1e-3,
  batchSize: 32,
  schedule: { kind: 'cosine', warmupSteps: 40 },
  clipNorm: 5,
  augmentation: {
    rotation: 12,
    scale: 0.12,
    shift: 6,
    gamma: 0.3,
    contrast: 0.2,
    noise: 0.03,
    blur: 0.6,
    biasField: 0.2,
  },
};

const publishedNetwork = {
  kind: 'encoder-decoder' as const,
  filters: [12, 24, 48, 96],
  spareOutputs: 1,
  weights: { kind: 'truncated-normal' as const, sd: 0.1 },
  biases: { kind: 'constant' as const, value: 0.1 },
};

const plusNetwork = { kind: 'encoder-decoder' as const, filters: [12, 24, 48, 96], spareOutputs: 1 };

const inputs: readonly RecipeInput[] = [
  {
    ...published,
    name: 'ed-cnn-2017',
    description: 'The encoder-decoder CNN of the 2017 experiment, as published',
    network: { ...publishedNetwork, skips: false },
  },
  {
    ...published,
    name: 'unet-2017',
    description: 'The U-Net of the 2017 experiment, as published',
    network: { ...publishedNetwork, skips: true },
  },
  {
    ...plus,
    name: 'ed-cnn-2017-plus',
    description: 'The 2017 encoder-decoder, trained by what is known to be better',
    network: { ...plusNetwork, skips: false },
  },
  {
    ...plus,
    name: 'unet-2017-plus',
    description: 'The 2017 U-Net, trained by what is known to be better',
    network: { ...plusNetwork, skips: true },
  },
  {
    ...plus,
    name: 'quick',
    description: 'A small U-Net for trying out: minutes on a laptop, in the page too',
    network: {
      ...plusNetwork,
      filters: [8, 16, 32],
      skips: true,
      spareOutputs: 0,
      normalisation: 'instance',
    },
    loss: [[1, { kind: 'soft-dice', smooth: 1 }]],
    learningRate: 5e-3,
    batchSize: 10,
    schedule: { kind: 'cosine', warmupSteps: 10 },
    stepsPerEpoch: 20,
    epochs: 10,
  },
  {
    ...plus,
    name: 'ventricles-slices',
    description: 'The shipped model: six ventricles in coronal slices, for scans of any source',
    network: { ...plusNetwork, skips: true, spareOutputs: 0 },
    loss: [
      [1, { kind: 'soft-dice', smooth: 1, absent: 'skip' }],
      [1, { kind: 'cross-entropy' }],
    ],
    stepsPerEpoch: 50,
    epochs: 15,
  },
];

export const builtInRecipes: ReadonlyMap<string, Recipe> = new Map(
  inputs.map((input) => [input.name, parseRecipe(input)]),
);

/** @throws VentrisegError NO_SUCH_RECIPE listing the names there are */
export function builtInRecipe(name: string): Recipe {
  const recipe = builtInRecipes.get(name);
  if (recipe !== undefined) return recipe;
  throw new VentrisegError(
    'NO_SUCH_RECIPE',
    `no recipe is named ${name}; there are ${[...builtInRecipes.keys()].join(', ')}, or give a JSON file`,
  );
}
