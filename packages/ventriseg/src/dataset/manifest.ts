/**
 * The manifest of a dataset (`manifest.json`): everything about where its slices come from and how they were
 * made. It holds no dates and no timings, so that the same inputs, options and seed give the same bytes.
 */
import { z } from 'zod';
import { contrasts, contrastWeightsSchema, synthesisOptionsSchema } from '../synthesis/index.ts';
import { datasetPlanSchema } from './plan.ts';

export const splitNames = ['train', 'validation', 'test'] as const;

/** The parts of a dataset; a person is in one of them only. */
export type SplitName = (typeof splitNames)[number];

const count = z.number().int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const issueSchema = z.strictObject({
  /** error: the subject is left out; warning: look at it; note: as intended, but worth knowing. */
  severity: z.enum(['error', 'warning', 'note']),
  code: z.string(),
  /** File or folder it is about; null when it is about no single one. */
  path: z.string().nullable(),
  subject: z.string().nullable(),
  message: z.string(),
});

/** Images made from label maps that come without one. */
export const synthesiseRequestSchema = z.strictObject({
  /** Images made from each label map; all of them are one person. */
  copies: z.number().int().min(1).max(1000),
  /** How many copies have which contrast, in proportions. */
  contrasts: contrastWeightsSchema.default({ 't1-like': 1, any: 1 }),
  /** Added to the dataset's seed: other images, same split. */
  seedOffset: z.number().int().default(0),
  /** How images may vary; every field has a default. */
  options: synthesisOptionsSchema.omit({ contrast: true }).prefault({}),
});

const sourceFileSchema = z.strictObject({ path: z.string(), sha256 });

export const subjectRecordSchema = z.strictObject({
  subject: z.string(),
  /** Who it is; scans of one person are always in the same split. */
  person: z.string(),
  dataset: z.string().nullable(),
  head: z.string().nullable(),
  split: z.enum(splitNames),
  /** null when the image was synthesised from the labels. */
  image: sourceFileSchema.nullable(),
  /** Which copy, from 1; the seed of its random numbers; what was drawn of them first. */
  synthesis: z
    .strictObject({ copy: count, seed: count, contrast: z.enum(contrasts) })
    .nullable()
    .default(null),
  labels: sourceFileSchema,
  scheme: z.enum(['freesurfer', 'neuromorphometrics']),
  /** Whether the scheme was told by the label numbers rather than stated. */
  schemeGuessed: z.boolean(),
  /** Shape of the files' own grid. */
  shape: z.tuple([count, count, count]),
  /** Voxel sizes of the files' own grid, mm. */
  voxelMm: z.tuple([z.number(), z.number(), z.number()]),
  /** Position of the first slice in the arrays. */
  offset: count,
  /** Index of each slice along the conformed volume's axis, counted from 0. */
  slices: z.array(count),
  /** Volume of each ventricle on the files' own grid, mL, by FreeSurfer's name. */
  volumesMl: z.record(z.string(), z.number()),
  /** Labelled voxels (1 mm) of the conformed volume, those in kept slices, those of these that the crop cuts. */
  labelledVoxels: z.strictObject({ volume: count, slices: count, cropped: count }),
  /** Holes of the labels, in voxels of the conformed volume: enclosed in 3-D, and within slices of the plane. */
  holes: z.strictObject({ voxels3d: count, voxels2d: count, filled: count }),
  /** What the readers of the files had to say. */
  warnings: z.array(z.string()),
});

const arraySchema = z.strictObject({
  file: z.string(),
  type: z.literal('uint8'),
  /** Slices, rows, columns. */
  shape: z.tuple([count, count, count]),
  /** Of the numbers alone, without the .npy header. */
  sha256,
});

/** How people are to be divided: in fractions, in numbers, by name, or as the tables' own column says. */
export const splitRequestSchema = z.union([
  z.strictObject({
    fractions: z.partialRecord(z.enum(splitNames), z.number()),
    stratify: z.literal('dataset').optional(),
  }),
  z.strictObject({ counts: z.partialRecord(z.enum(splitNames), z.union([count, z.literal('rest')])) }),
  z.strictObject({
    subjects: z.partialRecord(z.enum(splitNames), z.union([z.array(z.string()), z.literal('rest')])),
  }),
  z.strictObject({ column: z.literal(true) }),
]);

export const datasetManifestSchema = z.strictObject({
  format: z.literal('ventriseg-dataset'),
  formatVersion: z.literal(1),
  software: z.strictObject({ name: z.string(), version: z.string() }),
  preset: z.strictObject({
    name: z.enum(['2017']),
    /** Fields of the plan that differ from the preset by choice. */
    overridden: z.array(z.string()),
    /** Where the preset itself is not what was published. */
    deviations: z.array(z.string()),
  }),
  plan: datasetPlanSchema,
  /** The volume that slices were cut from. */
  conformed: z.strictObject({
    shape: z.tuple([z.literal(256), z.literal(256), z.literal(256)]),
    voxelMm: z.literal(1),
    axes: z.literal('LIA'),
  }),
  /** What rows and columns of a picture run along. */
  pictures: z.strictObject({ rows: z.string(), columns: z.string(), pixelMm: z.number() }),
  seed: count,
  /** null when no images were synthesised. */
  synthesise: synthesiseRequestSchema.nullable().default(null),
  split: splitRequestSchema,
  arrays: z.strictObject({ images: arraySchema, labels: arraySchema }),
  subjects: z.array(subjectRecordSchema),
  issues: z.array(issueSchema),
});

export type Issue = z.infer<typeof issueSchema>;
export type SubjectRecord = z.infer<typeof subjectRecordSchema>;
/** What a caller may ask for, and what is recorded. */
export type SynthesiseInput = z.input<typeof synthesiseRequestSchema>;
export type SynthesiseRequest = z.infer<typeof synthesiseRequestSchema>;
export type SplitRequest = z.infer<typeof splitRequestSchema>;
export type DatasetManifest = z.infer<typeof datasetManifestSchema>;
