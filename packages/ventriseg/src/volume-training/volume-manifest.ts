/** The index of a dataset of volumes. */
import { z } from 'zod';
import { issueSchema, splitNames, splitRequestSchema, synthesiseRequestSchema } from '../dataset/manifest.ts';
import { labelSchemes } from '../labels/index.ts';
import { contrasts } from '../synthesis/index.ts';

const fileSchema = z.strictObject({ path: z.string(), sha256: z.string() });

export const volumeCaseSchema = z.strictObject({
  name: z.string(),
  person: z.string(),
  dataset: z.string().nullable(),
  split: z.enum(splitNames),
  image: fileSchema.nullable(),
  labels: fileSchema,
  scheme: z.enum(labelSchemes as [string, ...string[]]),
  /** How the image was made; null for one that was read. */
  synthesis: z.strictObject({ seed: z.number(), contrast: z.enum(contrasts) }).nullable(),
});

export const volumeManifestSchema = z.strictObject({
  format: z.literal('ventriseg-volumes'),
  formatVersion: z.literal(1),
  software: z.object({ name: z.string(), version: z.string() }),
  seed: z.number().int(),
  synthesise: synthesiseRequestSchema.nullable(),
  split: splitRequestSchema,
  cases: z.array(volumeCaseSchema).min(1),
  issues: z.array(issueSchema),
});

export type VolumeCaseRecord = z.infer<typeof volumeCaseSchema>;
export type VolumeManifest = z.infer<typeof volumeManifestSchema>;
