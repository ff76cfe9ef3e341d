/**
 * A recipe is everything about a training but the data: network, start values, loss, optimiser, learning rate,
 * augmentation, length. It is plain JSON, so a recipe can be a file of the user's, and every run keeps a copy.
 */
import {
  binaryCrossEntropyLoss,
  crossEntropyLoss,
  encoderDecoder,
  type Initialiser,
  type Loss,
  type Network,
  type SideLosses,
  softDiceLoss,
  softJaccardLoss,
  sumOfLosses,
  tverskyLoss,
} from 'onnx-autograd';
import { z } from 'zod';
import { VentrisegError } from '../errors.ts';

const initialiserSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), value: z.number() }),
  z.strictObject({ kind: z.literal('truncated-normal'), sd: z.number().positive() }),
  z.strictObject({ kind: z.literal('he-normal') }),
  z.strictObject({ kind: z.literal('glorot-uniform') }),
]);

const smooth = z.number().min(0).default(1);
/** What a class is worth in images that do not show it; see onnx-autograd's OverlapOptions. */
const absent = z.enum(['count', 'skip']).default('count');

const lossTermSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('soft-jaccard'), smooth: z.number().min(0).default(0), absent }),
  z.strictObject({ kind: z.literal('soft-dice'), smooth, absent }),
  z.strictObject({
    kind: z.literal('tversky'),
    smooth,
    absent,
    alpha: z.number().min(0),
    beta: z.number().min(0),
  }),
  z.strictObject({ kind: z.literal('cross-entropy') }),
]);

export const optimiserSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sgd'),
    momentum: z.number().min(0).max(1).default(0.9),
    nesterov: z.boolean().default(true),
    weightDecay: z.number().min(0).default(0),
  }),
  z.strictObject({ kind: z.literal('adam'), weightDecay: z.number().min(0).default(0) }),
  z.strictObject({ kind: z.literal('adamw'), weightDecay: z.number().min(0).default(0.01) }),
]);

export const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant') }),
  z.strictObject({
    kind: z.literal('cosine'),
    floor: z.number().min(0).max(1).default(0),
    warmupSteps: z.number().int().min(0).default(0),
  }),
  z.strictObject({
    kind: z.literal('polynomial'),
    power: z.number().positive().default(0.9),
    warmupSteps: z.number().int().min(0).default(0),
  }),
  z.strictObject({
    kind: z.literal('step'),
    every: z.number().int().positive(),
    factor: z.number().positive().default(0.1),
  }),
]);

/** Random changes of the training pictures; each range is symmetric around "no change". */
const augmentationSchema = z.strictObject({
  /** Degrees. */
  rotation: z.number().min(0).max(180).default(0),
  /** 0.1: between 1 / 1.1 and 1.1 times the size. */
  scale: z.number().min(0).max(1).default(0),
  /** Pixels along each axis. */
  shift: z.number().min(0).default(0),
  /** Exponent of the intensities between 1 / (1 + gamma) and 1 + gamma. */
  gamma: z.number().min(0).max(2).default(0),
  /** Factor on the intensities between 1 - contrast and 1 + contrast. */
  contrast: z.number().min(0).max(1).default(0),
  /** Largest sd of added Gaussian noise, as a share of full intensity. */
  noise: z.number().min(0).max(1).default(0),
  /** Largest sd of a Gaussian blur, pixels. */
  blur: z.number().min(0).default(0),
  /** Largest relative amplitude of a smooth intensity field. */
  biasField: z.number().min(0).max(1).default(0),
});

export const recipeSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower case letters, digits and hyphens'),
  description: z.string(),
  network: z.strictObject({
    kind: z.literal('encoder-decoder'),
    filters: z.array(z.number().int().positive()).min(1).max(7),
    skips: z.boolean(),
    /** Extra, unused output channels beyond the classes; the 2017 networks have one. */
    spareOutputs: z.number().int().min(0).default(0),
    upsampling: z.enum(['linear', 'nearest']).default('linear'),
    normalisation: z.enum(['none', 'instance', 'batch', 'group']).default('none'),
    /** Groups of `group` normalisation, which must divide the filters. */
    normalisationGroups: z.number().int().positive().default(4),
    activation: z.enum(['relu', 'leaky-relu']).default('relu'),
    dropout: z.number().min(0).max(0.9).default(0),
    /** Levels below the finest with a loss of their own while training (deep supervision): fewer than there are filters. */
    sideOutputs: z.number().int().min(0).default(0),
    weights: initialiserSchema.default({ kind: 'he-normal' }),
    biases: initialiserSchema.default({ kind: 'constant', value: 0 }),
  }),
  /** Weighted sum of losses, each a mean over the images of the batch. */
  loss: z.array(z.tuple([z.number(), lossTermSchema])).min(1),
  optimiser: optimiserSchema,
  learningRate: z.number().positive(),
  schedule: scheduleSchema.default({ kind: 'constant' }),
  clipNorm: z.number().positive().optional(),
  /** Evaluates and exports an exponential moving average of the weights, which keeps this share of itself a step. */
  averageDecay: z.number().gt(0).lt(1).optional(),
  batchSize: z.number().int().positive(),
  /** Batches an epoch. After each epoch the test set is evaluated and a checkpoint written. */
  stepsPerEpoch: z.number().int().positive(),
  epochs: z.number().int().positive(),
  augmentation: augmentationSchema.default(() => augmentationSchema.parse({})),
  seed: z.number().int().min(0).default(0),
});

export type Recipe = z.infer<typeof recipeSchema>;
export type RecipeInput = z.input<typeof recipeSchema>;
export type Augmentation = Recipe['augmentation'];

/** Checks a recipe that came from a file. @throws VentrisegError BAD_RECIPE naming the fields that are wrong */
export function parseRecipe(value: unknown, path?: string): Recipe {
  const parsed = recipeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = path === undefined ? 'recipe' : path;
  throw new VentrisegError(
    'BAD_RECIPE',
    `${where}: ${parsed.error.issues.map((i) => `${i.path.join('.') || 'recipe'}: ${i.message}`).join('; ')}`,
    { ...(path === undefined ? {} : { path }), cause: parsed.error },
  );
}

/** Output channels for a number of foreground classes: one alone needs one, several need a background too. */
export function outputClasses(foregroundClasses: number): number {
  return foregroundClasses === 1 ? 1 : foregroundClasses + 1;
}

/** The recipe's network for pictures of a size. @throws AutogradError SHAPE_MISMATCH on sizes that do not fit */
export function buildNetwork(
  recipe: Recipe,
  rows: number,
  columns: number,
  foregroundClasses: number,
): Network {
  const { network } = recipe;
  const classes = outputClasses(foregroundClasses);
  return encoderDecoder({
    name: recipe.name,
    inputShape: [1, rows, columns],
    filters: network.filters,
    classes,
    outputChannels: classes + network.spareOutputs,
    skips: network.skips,
    upsampling: network.upsampling,
    dropoutRate: network.dropout,
    sideOutputs: network.sideOutputs,
    block: {
      normalisation: network.normalisation,
      normalisationGroups: network.normalisationGroups,
      activation: network.activation,
      weightInitialiser: network.weights as Initialiser,
      biasInitialiser: network.biases as Initialiser,
    },
  });
}

/** The recipe's loss for a number of output channels. */
export function buildLoss(recipe: Recipe, classes: number): Loss {
  return sumOfLosses(recipe.loss.map(([weight, term]) => [weight, lossTerm(term, classes)]));
}

/** Losses of the side outputs: the recipe's own, half as much with every halving of the resolution. */
export function buildSideLosses(recipe: Recipe, classes: number): SideLosses {
  const loss = buildLoss(recipe, classes);
  return Array.from({ length: recipe.network.sideOutputs }, (_, i) => [0.5 ** (i + 1), loss] as const);
}

function lossTerm(term: z.infer<typeof lossTermSchema>, classes: number): Loss {
  switch (term.kind) {
    case 'soft-jaccard':
      return softJaccardLoss(term);
    case 'soft-dice':
      return softDiceLoss(term);
    case 'tversky':
      return tverskyLoss(term);
    case 'cross-entropy':
      return classes === 1 ? binaryCrossEntropyLoss() : crossEntropyLoss();
  }
}
