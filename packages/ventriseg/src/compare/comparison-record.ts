/**
 * The comparison of scans as JSON (`<name>_comparison.json`): changes with their uncertainty, doubts, and everything
 * needed to make them again. Dates are not in it, only the years between the scans.
 *
 * The published JSON Schema is made from the schema below, its descriptions included.
 */
import { axisCodes, rigidToAffine, voxelSizesMm } from '@ventriseg/imaging';
import { z } from 'zod';
import { variationFields, variationsRecord } from '../error-bar/error-bars-record.ts';
import type { OpenedScan } from '../scan-input/index.ts';
import { qualityCodes } from '../segment/quality.ts';
import { resultRecordSchema } from '../segment/result-record.ts';
import { softwareVersion } from '../software-version.ts';
import type { Comparison } from './compare-scans.ts';
import { comparisonQualityCodes } from './comparison-quality.ts';

/** Where the JSON Schema of format version 1 is published; records name it in `$schema`. */
export const comparisonSchemaUrl = 'https://unpkg.com/ventriseg/schemas/comparison-1.schema.json';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);
const scanIndex = count.describe('Position of the scan in `scans`, from 0.');
const severity = z.enum(['error', 'warning']);
const numberName = {
  id: z.string().describe('Stable id, such as totalMl.'),
  title: z.string().describe('Name in words.'),
  unit: z.string(),
  digits: count.describe('Decimals that are worth showing.'),
};
const orNull = z.number().nullable();

export const comparisonRecordSchema = z
  .strictObject({
    $schema: z
      .literal(comparisonSchemaUrl)
      .optional()
      .describe('Where the schema of this record is published.'),
    format: z.literal('ventriseg-comparison'),
    formatVersion: z.literal(1),
    notAMedicalDevice: z.literal(true).describe('For research, not for diagnosis or treatment.'),
    name: z.string().describe('Name of the comparison, which its files are called after.'),
    scans: z
      .array(
        z.strictObject({
          name: z.string(),
          path: z.string().describe('Path as the user gave it.'),
          sha256,
          kind: z.enum(['nifti', 'mgh', 'dicom']),
          shape: z.array(count).length(3),
          voxelMm: z.array(z.number()).length(3),
          axes: z.string().length(3),
          years: orNull.describe('Years since the first scan; null when not known.'),
          toMean: z
            .array(z.number())
            .length(16)
            .describe("4x4 matrix, row by row, from the scan's world to the mean space, RAS mm."),
          numbers: z
            .array(
              z.strictObject({
                ...numberName,
                value: z.number(),
                mean: orNull.describe('Mean over the variations of the scan.'),
                standardError: orNull.describe(
                  'Standard deviation over the variations; null when not all gave it.',
                ),
              }),
            )
            .describe('Numbers of the scan, measured in the mean space.'),
          quality: z.array(z.strictObject({ code: z.enum(qualityCodes), severity, message: z.string() })),
          warnings: z.array(z.string()),
        }),
      )
      .min(2),
    changes: z
      .array(
        z.strictObject({
          from: scanIndex,
          to: scanIndex,
          years: orNull.describe('Years from the one to the other; null when not known.'),
          numbers: z.array(
            z.strictObject({
              ...numberName,
              from: z.number(),
              to: z.number(),
              change: z.number().describe('To less from.'),
              changePercent: orNull.describe('Of the mean of both, in %.'),
              standardError: orNull.describe('Of the change.'),
              smallestDetectableChange: orNull.describe(
                'What the change must exceed to be more than chance (5 %).',
              ),
              exceeds: z.boolean().nullable().describe('Whether it does.'),
              perYear: orNull,
              perYearStandardError: orNull,
              percentPerYear: orNull,
            }),
          ),
        }),
      )
      .describe(
        'From each scan to the next, and from the first to the last; empty when `quality` has an error.',
      ),
    quality: z
      .array(
        z.strictObject({
          code: z.enum(comparisonQualityCodes),
          severity,
          message: z.string(),
          whatToDo: z.string(),
        }),
      )
      .describe('Doubts about the comparison, beside those about each scan.'),
    registration: z
      .strictObject({
        pairs: z.array(
          z.strictObject({
            first: scanIndex,
            second: scanIndex,
            similarity: z.number().describe('Correlation of local contrasts, -1 to 1.'),
            overlap: z.number().describe('Share of the structure that both show, 0 to 1.'),
            converged: z.boolean(),
          }),
        ),
        contradictionMm: z.number().describe('By how much the pairs contradict each other, mm.'),
      })
      .describe('Rigid registration of every pair; the mean space is in their middle.'),
    errorBars: z.strictObject(variationFields).describe('How the standard errors were made.'),
    software: z.strictObject({ name: z.string(), version: z.string() }),
    model: resultRecordSchema.shape.model,
    options: resultRecordSchema.shape.options,
    timingsMs: z.record(z.string(), z.number().min(0)),
  })
  .meta({
    title: 'Comparison by ventriseg',
    description:
      'Changes of the cerebral ventricles between scans of one person, and how they were measured.',
  });

export type ComparisonRecord = z.infer<typeof comparisonRecordSchema>;

/** JSON Schema, draft 2020-12; `schemas/comparison-1.schema.json` holds it. */
export function comparisonJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(comparisonRecordSchema, { target: 'draft-2020-12' });
  return { $schema, $id: comparisonSchemaUrl, ...schema };
}

/** The record of a comparison. Numbers are rounded to six digits, times to a tenth of a ms. */
export function comparisonRecord(
  name: string,
  opened: readonly OpenedScan[],
  { scans, meanSpace, changes, quality }: Comparison,
  timingsMs: Readonly<Record<string, number>>,
): ComparisonRecord {
  const { model, options } = scans[0]!.segmentation;
  return comparisonRecordSchema.parse({
    $schema: comparisonSchemaUrl,
    format: 'ventriseg-comparison',
    formatVersion: 1,
    notAMedicalDevice: true,
    name,
    scans: scans.map((scan, k) => {
      const { source, volume, warnings } = opened[k]!;
      return {
        name: scan.name,
        path: source.path,
        sha256: source.sha256,
        kind: source.kind,
        shape: [...volume.shape],
        voxelMm: rounded([...voxelSizesMm(volume.voxelToWorld)]),
        axes: axisCodes(volume.voxelToWorld),
        years: rounded(scan.years),
        toMean: rounded([...rigidToAffine(meanSpace.toMean[k]!)]),
        numbers: scan.errorBars.numbers.map(({ smallestDetectableChange: _, ...number }) => rounded(number)),
        quality: [...scan.segmentation.quality],
        warnings: [...warnings, ...scan.segmentation.warnings],
      };
    }),
    changes: changes.map(({ from, to, years, numbers }) => ({
      from,
      to,
      years: rounded(years),
      numbers: numbers.map(rounded),
    })),
    quality: [...quality],
    registration: {
      pairs: meanSpace.pairs.map(({ firstToSecond: _, ...pair }) => rounded(pair)),
      contradictionMm: rounded(meanSpace.contradictionMm),
    },
    errorBars: variationsRecord(scans[0]!.errorBars),
    software: softwareVersion,
    model,
    options,
    timingsMs: Object.fromEntries(
      Object.entries(timingsMs).map(([stage, ms]) => [stage, Math.round(10 * ms) / 10]),
    ),
  });
}

/** The value with every number in it rounded to six digits after the point; without -0, which JSON does not keep. */
function rounded<T>(value: T): T {
  if (typeof value === 'number') return (Math.round(value * 1e6) / 1e6 + 0) as T;
  if (Array.isArray(value)) return value.map(rounded) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, rounded(entry)])) as T;
}
