/**
 * The result of one scan as JSON (`<name>_ventricles.json`): the numbers, the doubts about them, and everything
 * needed to make them again. Lengths in mm, volumes in mL, times in ms.
 *
 * The published JSON Schema is made from the schema below (see result-json-schema.ts), its descriptions included.
 */
import { axisCodes, type Vec3, voxelSizesMm } from '@ventriseg/imaging';
import { z } from 'zod';
import type { ErrorBars } from '../error-bar/error-bars.ts';
import { errorBarsRecord, errorBarsSchema } from '../error-bar/error-bars-record.ts';
import { scanNumbers } from '../error-bar/scan-numbers.ts';
import { type HeadPose, tiltSources } from '../measures/head-pose.ts';
import { type Measure, measureDefinitions, measureIds, measureReasons } from '../measures/measure.ts';
import type { VentricleMeasures } from '../measures/measure-ventricles.ts';
import type { Person } from '../norms/compare-with-norms.ts';
import { normsRecord, normsSchema } from '../norms/norms-record.ts';
import type { OpenedScan } from '../scan-input/index.ts';
import { softwareVersion } from '../software-version.ts';
import { qualityCodes } from './quality.ts';
import type { Segmentation } from './segment-volume.ts';

/** Where the JSON Schema of format version 1 is published; records name it in `$schema`. */
export const resultSchemaUrl = 'https://unpkg.com/ventriseg/schemas/result-1.schema.json';

const ml = z.number().min(0).describe('Volume in mL.');
const count = z.number().int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const labelNumber = z.number().int().min(1).describe("FreeSurfer's number of the structure.");
const point = z
  .array(z.number())
  .length(3)
  .describe('x to the right, y to the front, z up, in mm (world RAS).');
const measureSchema = z.strictObject({
  id: z.enum(measureIds).describe('Stable name of the measure.'),
  title: z.string().describe('Name in words.'),
  unit: z.enum(['mL', '%', 'mm', 'degrees', 'ratio']),
  value: z.number().nullable().describe('In its unit; null when it could not be measured.'),
  status: z
    .enum(['measured', ...measureReasons])
    .describe('measured, or the code of the reason why there is no value.'),
  message: z.string().nullable().describe('The reason in a sentence; null when there is a value.'),
  lines: z
    .array(z.strictObject({ name: z.string().describe('What it spans.'), from: point, to: point }))
    .describe(
      'Lines that were measured; arms of an angle begin at its vertex. Ends with smaller x come first.',
    ),
});
const volumePairSchema = z.strictObject({
  ml: ml.describe('Voxels of the label times the volume of a voxel, in mL.'),
  mlByProbability: ml
    .nullable()
    .describe('Probabilities added up, in mL; null when the labels were corrected by hand.'),
});

export const resultRecordSchema = z
  .strictObject({
    $schema: z.literal(resultSchemaUrl).optional().describe('Where the schema of this record is published.'),
    format: z.literal('ventriseg-result'),
    formatVersion: z.literal(1),
    notAMedicalDevice: z.literal(true).describe('For research, not for diagnosis or treatment.'),
    name: z.string().describe('Name of the scan, which its files are called after.'),
    units: z
      .strictObject({ volumes: z.literal('mL'), lengths: z.literal('mm'), times: z.literal('ms') })
      .describe('Units of all volumes, lengths and times in the record; measures name their own.'),
    volumes: z
      .strictObject({
        labels: z
          .array(
            volumePairSchema.extend({
              label: labelNumber,
              name: z.string().describe("Name in FreeSurfer's colour table."),
              title: z.string().describe('Name in words.'),
            }),
          )
          .describe('Every structure that the model tells apart, found or not.'),
        lateral: volumePairSchema
          .nullable()
          .describe(
            'Lateral ventricles of both sides with their temporal horns; null when the model has none.',
          ),
        total: volumePairSchema.describe('All structures together.'),
      })
      .describe("Volumes of the ventricles. Left is the patient's left."),
    pose: z
      .strictObject({
        worldToPose: z
          .array(z.number())
          .length(16)
          .describe(
            'Row-major 4x4 matrix from world RAS mm to the pose: origin AC, y from PC to AC, z up, mm.',
          ),
        anteriorCommissure: point,
        posteriorCommissure: point,
        tiltFrom: z
          .enum(tiltSources)
          .describe('What the tilt of the AC-PC line was found from, beside the third ventricle.'),
        tiltErrorDegrees: z.number().describe('Standard error of the tilt over people.'),
      })
      .nullable()
      .describe(
        'Standard pose in which widths and angles are measured; null when the ventricles do not tell it.',
      ),
    measures: z
      .array(measureSchema)
      .describe('Ratios, widths and angles, each measured or with the reason why not.'),
    quality: z
      .array(
        z.strictObject({
          code: z.enum(qualityCodes).describe('Stable code of the doubt.'),
          severity: z
            .enum(['error', 'warning'])
            .describe('error: the numbers cannot be used; warning: look at the picture first.'),
          message: z.string().describe('The doubt in a sentence.'),
        }),
      )
      .describe('Doubts about the result; empty when there are none.'),
    warnings: z.array(z.string()).describe('What is remarkable about the scan, each a sentence.'),
    scan: z
      .strictObject({
        path: z.string().describe('Path as the user gave it.'),
        sha256: sha256.describe(
          'SHA-256 of the file; of a DICOM series, of the sorted digests of its images.',
        ),
        kind: z.enum(['nifti', 'mgh', 'dicom']),
        shape: z.array(z.number().int().min(1)).length(3).describe('Voxels along the three storage axes.'),
        voxelMm: z.array(z.number()).length(3).describe('Size of a voxel along the storage axes, in mm.'),
        axes: z
          .string()
          .length(3)
          .describe('Anatomical directions of the storage axes with increasing index, such as LIA.'),
        series: z
          .strictObject({
            description: z.string(),
            modality: z.string(),
            seriesInstanceUid: z.string(),
            number: z.number().nullable(),
            images: z.number().int().describe('Slices that were read.'),
            chosenBecause: z.string().describe('Why this series was taken, in words.'),
          })
          .nullable()
          .describe('The DICOM series; null for other files.'),
        patient: z
          .strictObject({
            sex: z.string().nullable().describe('M, F or O, as DICOM has it.'),
            ageYears: z.number().nullable().describe('Age at the time of the scan, in years.'),
          })
          .nullable()
          .describe('What DICOM tells of the patient; null for other files.'),
      })
      .describe('The scan that was segmented.'),
    software: z.strictObject({ name: z.string(), version: z.string() }),
    model: z
      .strictObject({
        name: z.string(),
        sha256: sha256.describe("SHA-256 of the model's file."),
        steps: count.describe('Steps of training behind it.'),
        locate: z
          .strictObject({ name: z.string(), sha256, steps: count })
          .optional()
          .describe('The coarse network that found the region; the other fields are those of the fine one.'),
      })
      .describe('The trained network.'),
    options: z
      .strictObject({
        fillHoles: z.boolean(),
        removeIslands: z.boolean(),
        crf: z.boolean(),
        flip: z.boolean().describe('Whether the mirror image was looked at as well.'),
        choroidPlexus: z
          .enum(['ventricle', 'left-out'])
          .nullable()
          .describe('What became of the choroid plexus; null when the model does not tell it apart.'),
        force: z
          .boolean()
          .describe('Whether refusals were overridden; errors of the quality only warn then.'),
      })
      .describe('Options as they were in force.'),
    postprocessing: z.strictObject({
      islands: z
        .strictObject({ parts: count, ml })
        .describe('Separate parts that were taken away because they are no ventricles.'),
      filledVoxels: count.describe('Voxels that filling holes added.'),
      midSagittalPlane: z
        .strictObject({
          normal: z.array(z.number()).length(3).describe('Unit vector n in world RAS.'),
          offsetMm: z.number().describe('The plane is n . p = offsetMm, p in mm.'),
          symmetry: z.number().describe('How alike the two halves of the head are: correlation, up to 1.'),
          method: z.enum(['symmetry', 'centre-of-mass']),
        })
        .nullable()
        .describe('The plane that divides left from right; null when it was not needed.'),
    }),
    errorBars: errorBarsSchema
      .optional()
      .describe('How far the numbers can be trusted; absent unless it was asked for.'),
    norms: normsSchema
      .optional()
      .describe('The numbers beside published norms; absent where nothing is known of the person.'),
    edit: z
      .strictObject({
        strokes: count.describe('Strokes of the brush and eraser.'),
        voxels: z.strictObject({ added: count, removed: count, relabelled: count }),
        volumesBefore: z
          .array(z.strictObject({ label: labelNumber, ml }))
          .describe('Volumes as the network gave them.'),
      })
      .optional()
      .describe('How the labels were corrected by hand; absent when they are as the network gave them.'),
    timingsMs: z
      .record(z.string(), z.number().min(0))
      .describe('Time of each stage and of all together (total), in ms.'),
  })
  .meta({
    title: 'Result of ventriseg',
    description:
      'Volumes of the cerebral ventricles in one head MRI, the doubts about them, and how they were made.',
  });

export type ResultRecord = z.infer<typeof resultRecordSchema>;

/** What a record holds where it is known or was asked for. */
export interface RecordExtras {
  readonly errorBars?: ErrorBars | undefined;
  /** Whom the norms are looked up for; default what DICOM tells of the patient. */
  readonly person?: Person | undefined;
}

/** The record of a segmented scan. Volumes are rounded to a thousandth of a mL, times to a tenth of a ms. */
export function resultRecord(
  scan: OpenedScan,
  segmentation: Segmentation,
  timingsMs: Readonly<Record<string, number>>,
  name: string,
  { errorBars, person = patientOf(scan) }: RecordExtras = {},
): ResultRecord {
  const { volumes, plane } = segmentation;
  const { series, patient } = scan.source;
  const unusable = segmentation.quality.some(({ severity }) => severity === 'error');
  const pair = (pair: { ml: number; mlByProbability: number }) => ({
    ml: round(pair.ml, 3),
    mlByProbability: round(pair.mlByProbability, 3),
  });
  return resultRecordSchema.parse({
    $schema: resultSchemaUrl,
    format: 'ventriseg-result',
    formatVersion: 1,
    notAMedicalDevice: true,
    name,
    units: { volumes: 'mL', lengths: 'mm', times: 'ms' },
    volumes: {
      labels: volumes.labels.map((volume) => ({
        label: volume.label,
        name: volume.name,
        title: volume.title,
        ...pair(volume),
      })),
      lateral: volumes.lateral === null ? null : pair(volumes.lateral),
      total: pair(volumes.total),
    },
    ...recordedMeasures(segmentation),
    quality: [...segmentation.quality],
    warnings: [...scan.warnings, ...segmentation.warnings],
    scan: {
      path: scan.source.path,
      sha256: scan.source.sha256,
      kind: scan.source.kind,
      shape: [...scan.volume.shape],
      voxelMm: voxelSizesMm(scan.volume.voxelToWorld).map((mm) => round(mm, 4)),
      axes: axisCodes(scan.volume.voxelToWorld),
      series: series === undefined ? null : { ...series, number: series.number ?? null },
      patient:
        patient === undefined ? null : { sex: patient.sex ?? null, ageYears: patient.ageYears ?? null },
    },
    software: softwareVersion,
    model: segmentation.model,
    options: segmentation.options,
    postprocessing: {
      islands: { parts: segmentation.islands.parts, ml: round(segmentation.islands.ml, 3) },
      filledVoxels: segmentation.filledVoxels,
      midSagittalPlane:
        plane === undefined
          ? null
          : {
              normal: plane.normal.map((value) => round(value, 6)),
              offsetMm: round(plane.offsetMm, 3),
              symmetry: round(plane.symmetry, 4),
              method: plane.method,
            },
    },
    ...(errorBars && { errorBars: errorBarsRecord(errorBars) }),
    norms: normsRecord(unusable ? [] : scanNumbers(segmentation), person, {
      skullStripped: segmentation.quality.some(({ code }) => code === 'SKULL_STRIPPED'),
    }),
    timingsMs: Object.fromEntries(Object.entries(timingsMs).map(([stage, ms]) => [stage, round(ms, 1)])),
  });
}

/** Sex and age as far as DICOM tells them. */
export function patientOf({ source: { patient } }: Pick<OpenedScan, 'source'>): Person {
  const { sex, ageYears } = patient ?? {};
  return { sex: sex === 'F' || sex === 'M' ? sex : undefined, ageYears };
}

/** Pose and measures as they are recorded. */
export function recordedMeasures({
  pose,
  measures,
}: VentricleMeasures): Pick<ResultRecord, 'pose' | 'measures'> {
  return { pose: pose === null ? null : recordedPose(pose), measures: measures.map(recordedMeasure) };
}

function recordedPose(pose: HeadPose): ResultRecord['pose'] {
  const { worldToPose, anteriorCommissure, posteriorCommissure, tiltFrom, tiltErrorDegrees } = pose;
  return {
    worldToPose: worldToPose.map((value) => round(value, 6)),
    anteriorCommissure: rounded(anteriorCommissure),
    posteriorCommissure: rounded(posteriorCommissure),
    tiltFrom,
    tiltErrorDegrees,
  };
}

/** A measure as it is recorded: values to two more decimals than are shown, places to a hundredth of a mm. */
function recordedMeasure(measure: Measure): ResultRecord['measures'][number] {
  const { title, unit, digits } = measureDefinitions[measure.id];
  const base = { id: measure.id, title, unit, status: measure.status };
  if (measure.status !== 'measured') return { ...base, value: null, message: measure.message, lines: [] };
  const lines = measure.lines.map(({ name, from, to }) => ({ name, from: rounded(from), to: rounded(to) }));
  return { ...base, value: round(measure.value, digits + 2), message: null, lines };
}

function rounded(place: Vec3): number[] {
  return place.map((value) => round(value, 2));
}

function round(value: number, digits: number): number {
  // Plus 0, so that there is no -0, which JSON does not keep.
  return Math.round(value * 10 ** digits) / 10 ** digits + 0;
}
