/**
 * A trained network as one `.onnx` file that carries what is needed to run it: how slices are cut, what the
 * classes are, and by what recipe it was trained. Any ONNX runtime loads it; ventriseg needs nothing else.
 */
import { buildInferenceGraph, encodeModel, type Network, type Trainer } from 'onnx-autograd';
import { z } from 'zod';
import { type DatasetPlan, datasetPlanSchema } from '../dataset/plan.ts';
import { VentrisegError } from '../errors.ts';
import { type Recipe, recipeSchema } from '../recipes/index.ts';
import { softwareVersion } from '../software-version.ts';
import { METADATA_KEY, readMetadata } from './model-metadata.ts';

export const sliceModelMetadataSchema = z.object({
  formatVersion: z.literal(1),
  kind: z.literal('slices-2d'),
  name: z.string(),
  software: z.object({ name: z.string(), version: z.string() }),
  /** How slices were cut and which labels are which class; scans to segment are cut in the same way. */
  plan: datasetPlanSchema,
  recipe: recipeSchema,
  /** Optimiser steps that the weights have had. */
  steps: z.number().int().min(0),
});

export type SliceModelMetadata = z.infer<typeof sliceModelMetadataSchema>;

/** @returns the bytes of an `.onnx` file with input `image` [batch, 1, rows, columns] and output `probability` */
export function exportModel(options: {
  network: Network;
  recipe: Recipe;
  plan: DatasetPlan;
  trainer: Trainer;
}): Uint8Array {
  const { network, recipe, plan, trainer } = options;
  const metadata: SliceModelMetadata = {
    formatVersion: 1,
    kind: 'slices-2d',
    name: recipe.name,
    software: softwareVersion,
    plan,
    recipe,
    steps: trainer.step,
  };
  return encodeModel(buildInferenceGraph(network, 1), {
    name: recipe.name,
    description: `${recipe.description}. Not a medical device.`,
    weights: trainer.namedWeights(),
    dynamicBatch: true,
    metadata: { [METADATA_KEY]: JSON.stringify(metadata) },
  });
}

/** @throws VentrisegError BAD_MODEL when the bytes are no ONNX model, or not one that ventriseg trained */
export function readSliceModel(bytes: Uint8Array, path: string): SliceModelMetadata {
  const parsed = sliceModelMetadataSchema.safeParse(readMetadata(bytes, path));
  if (parsed.success) return parsed.data;
  throw new VentrisegError(
    'BAD_MODEL',
    `${path}: its metadata do not fit this version: ${z.prettifyError(parsed.error)}`,
    { path, cause: parsed.error },
  );
}
