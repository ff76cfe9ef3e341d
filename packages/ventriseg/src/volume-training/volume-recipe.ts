/** A recipe for a volume network: everything about a training but the data. Plain JSON, as slice recipes are. */
import { labelSetLoss } from 'onnx-autograd';
import { z } from 'zod';
import { VentrisegError } from '../errors.ts';
import { optimiserSchema, scheduleSchema } from '../recipes/recipe.ts';
import { borderNetworkSchema, type VolumeRole, volumeNetworkSchema } from '../volumes/index.ts';
import type { LossPhase } from './phased-trainer.ts';
import { readingOfRole } from './tissue-codes.ts';
import { volumeAugmentationSchema } from './volume-augmentation.ts';

const side = z.number().int().positive();

const commonSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower case letters, digits and hyphens'),
  description: z.string(),
  /** Training boxes, voxels of the network: to the left, downwards, to the front. */
  shape: z.tuple([side, side, side]),
  /** Boxes that are evaluated, which may be larger. */
  testShape: z.tuple([side, side, side]),
  /** Weights of cross-entropy and of soft Dice. */
  loss: z.strictObject({
    crossEntropy: z.number().min(0).default(1),
    dice: z.number().min(0).default(1),
    /**
     * For the first steps small structures count this many times more in the cross-entropy: a temporal horn is one
     * voxel in two thousand, too few to be noticed. Afterwards all count the same, so that borders are not moved.
     */
    boost: z.strictObject({ steps: z.number().int().min(0), factor: z.number().min(1) }).optional(),
  }),
  optimiser: optimiserSchema,
  learningRate: z.number().positive(),
  schedule: scheduleSchema.default({ kind: 'constant' }),
  clipNorm: z.number().positive().optional(),
  averageDecay: z.number().gt(0).lt(1).optional(),
  batchSize: side,
  stepsPerEpoch: side,
  epochs: side,
  /** Share of the training volumes that are real scans; the rest are synthesised. */
  realShare: z.number().min(0).max(1).default(0.5),
  augmentation: volumeAugmentationSchema.default(() => volumeAugmentationSchema.parse({})),
  seed: z.number().int().min(0).default(0),
});

export const volumeRecipeSchema = z.discriminatedUnion('role', [
  commonSchema.extend({
    /** `locate` finds the ventricles at 4 mm, `segment` draws them at 1 mm. */
    role: z.enum(['locate', 'segment']),
    network: volumeNetworkSchema,
  }),
  commonSchema.extend({
    /** Decides again about the voxels that a trained `segment` network is not sure of. */
    role: z.literal('borders'),
    network: borderNetworkSchema,
    /** Voxels in doubt that are taken of each box, evenly spread over all that it has. */
    points: side,
  }),
]);

export type VolumeRecipe = z.infer<typeof volumeRecipeSchema>;
export type VolumeRecipeInput = z.input<typeof volumeRecipeSchema>;

/** Checks a recipe that came from a file. @throws VentrisegError BAD_RECIPE naming the fields that are wrong */
export function parseVolumeRecipe(value: unknown, path?: string): VolumeRecipe {
  const parsed = volumeRecipeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new VentrisegError('BAD_RECIPE', `${path ?? 'recipe'}: ${z.prettifyError(parsed.error)}`, {
    ...(path === undefined ? {} : { path }),
    cause: parsed.error,
  });
}

/** The volumes that a recipe is trained on, and the classes that its network tells apart. */
export function roleOfRecipe({ role }: VolumeRecipe): VolumeRole {
  return role === 'locate' ? 'locate' : 'segment';
}

/** Losses one after another: the boosted one until its last step, then the plain one. */
export function volumeLosses(recipe: VolumeRecipe, steps: number): LossPhase[] {
  const { boost, ...weights } = recipe.loss;
  const { allowed, groups, small } = readingOfRole[roleOfRecipe(recipe)];
  const plain = { allowed, groups, ...weights, smooth: 10 };
  const phases = [{ loss: labelSetLoss(plain), until: steps }];
  if (boost === undefined || boost.steps === 0) return phases;
  const labelWeights = allowed.map((_, label) => (small.includes(label) ? boost.factor : 1));
  return [{ loss: labelSetLoss({ ...plain, labelWeights }), until: Math.min(boost.steps, steps) }, ...phases];
}
