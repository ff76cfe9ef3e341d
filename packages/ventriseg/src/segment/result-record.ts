/**
 * The result of one scan as JSON (`<name>_ventricles.json`): the numbers, the doubts about them, and everything
 * needed to make them again. Lengths in mm, volumes in mL, times in ms.
 */
import { axisCodes, voxelSizesMm } from '@ventriseg/imaging';
import { z } from 'zod';
import type { OpenedScan } from '../scan-input/index.ts';
import { softwareVersion } from '../software-version.ts';
import { qualityCodes } from './quality.ts';
import type { Segmentation } from './segment-volume.ts';

const ml = z.number().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const volumePairSchema = z.strictObject({
  /** Voxels counted. */
  ml,
  /** Probabilities added up; null when the labels were corrected by hand. */
  mlByProbability: ml.nullable(),
});

export const resultRecordSchema = z.strictObject({
  format: z.literal('ventriseg-result'),
  formatVersion: z.literal(1),
  notAMedicalDevice: z.literal(true),
  name: z.string(),
  units: z.strictObject({ volumes: z.literal('mL'), lengths: z.literal('mm'), times: z.literal('ms') }),
  /** Numbers are FreeSurfer's; left is the patient's left. */
  volumes: z.strictObject({
    labels: z.array(
      volumePairSchema.extend({ label: z.number().int().min(1), name: z.string(), title: z.string() }),
    ),
    lateral: volumePairSchema.nullable(),
    total: volumePairSchema,
  }),
  quality: z.array(
    z.strictObject({
      code: z.enum(qualityCodes),
      severity: z.enum(['error', 'warning']),
      message: z.string(),
    }),
  ),
  warnings: z.array(z.string()),
  scan: z.strictObject({
    path: z.string(),
    sha256,
    kind: z.enum(['nifti', 'mgh', 'dicom']),
    shape: z.array(z.number().int().min(1)).length(3),
    voxelMm: z.array(z.number()).length(3),
    /** Directions of the axes with increasing index, e.g. LIA. */
    axes: z.string().length(3),
    series: z
      .strictObject({
        description: z.string(),
        modality: z.string(),
        seriesInstanceUid: z.string(),
        number: z.number().nullable(),
        images: z.number().int(),
        chosenBecause: z.string(),
      })
      .nullable(),
    patient: z.strictObject({ sex: z.string().nullable(), ageYears: z.number().nullable() }).nullable(),
  }),
  software: z.strictObject({ name: z.string(), version: z.string() }),
  model: z.strictObject({ name: z.string(), sha256, steps: z.number().int().min(0) }),
  options: z.strictObject({ fillHoles: z.boolean(), removeIslands: z.boolean(), crf: z.boolean() }),
  postprocessing: z.strictObject({
    islands: z.strictObject({ parts: z.number().int().min(0), ml }),
    filledVoxels: z.number().int().min(0),
    /** The plane that divides left from right: n . p = offsetMm in world RAS; null when it was not needed. */
    midSagittalPlane: z
      .strictObject({
        normal: z.array(z.number()).length(3),
        offsetMm: z.number(),
        symmetry: z.number(),
        method: z.enum(['symmetry', 'centre-of-mass']),
      })
      .nullable(),
  }),
  /** How the labels were corrected by hand; absent when they are as the network gave them. */
  edit: z
    .strictObject({
      strokes: z.number().int().min(0),
      voxels: z.strictObject({
        added: z.number().int().min(0),
        removed: z.number().int().min(0),
        relabelled: z.number().int().min(0),
      }),
      volumesBefore: z.array(z.strictObject({ label: z.number().int().min(1), ml })),
    })
    .optional(),
  timingsMs: z.record(z.string(), z.number().min(0)),
});

export type ResultRecord = z.infer<typeof resultRecordSchema>;

/** The record of a segmented scan. Volumes are rounded to a thousandth of a mL, times to a tenth of a ms. */
export function resultRecord(
  scan: OpenedScan,
  segmentation: Segmentation,
  timingsMs: Readonly<Record<string, number>>,
  name: string,
): ResultRecord {
  const { volumes, plane } = segmentation;
  const { series, patient } = scan.source;
  const pair = (pair: { ml: number; mlByProbability: number }) => ({
    ml: round(pair.ml, 3),
    mlByProbability: round(pair.mlByProbability, 3),
  });
  return resultRecordSchema.parse({
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
    timingsMs: Object.fromEntries(Object.entries(timingsMs).map(([stage, ms]) => [stage, round(ms, 1)])),
  });
}

function round(value: number, digits: number): number {
  // Plus 0, so that there is no -0, which JSON does not keep.
  return Math.round(value * 10 ** digits) / 10 ** digits + 0;
}
