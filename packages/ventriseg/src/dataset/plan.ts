/**
 * The plan of a dataset: which slices of which plane, at what scale, with which labels. It is recorded in the
 * manifest in full, so that a network trained on the dataset can be run on new scans in exactly the same way.
 *
 * The preset '2017' is the published experiment "Using Encode-Decoder Deep Convolutional Neural Networks to
 * Segment Ventricle from MR Image"; where it is not followed is listed in its deviations. All indices here count
 * from 0; the publication counts from 1.
 */
import { z } from 'zod';
import { VentrisegError } from '../errors.ts';
import { intensityScales, type ScanFrame, scanCentres } from '../intensity/index.ts';
import { type CanonicalNumber, ventricles } from '../labels/index.ts';
import { type Crop, centreCrop, checkSlicePlan, conformedSize, type Plane } from '../slices/index.ts';

const index = z.number().int().min(0);
const canonicalNumber = z.literal(ventricles.map((ventricle) => ventricle.number) as CanonicalNumber[]);

/** A class that the network tells apart: its name and the canonical label numbers that belong to it. */
export const labelClassSchema = z.strictObject({
  name: z.string().min(1),
  labels: z.array(canonicalNumber).min(1),
});

export const datasetPlanSchema = z.strictObject({
  plane: z.enum(['sagittal', 'coronal', 'axial']),
  /** First and last slice that is considered, both included. */
  slices: z.strictObject({
    first: index.max(conformedSize - 1),
    last: index.max(conformedSize - 1),
  }),
  /** A slice is kept when more voxels than this are labelled before scaling; -1 keeps every slice. */
  keepAboveVoxels: z.number().int().min(-1),
  /**
   * How many slices that show the head but nothing labelled are kept besides, drawn at random, as a share of a
   * subject's other slices: a network that sees none learns to find ventricles everywhere.
   */
  keepEmptyShare: z.number().min(0).max(10).default(0),
  /** Class number 1 first; the background is 0. */
  classes: z.array(labelClassSchema).min(1).max(6),
  /** Rows and columns that the 256 x 256 slice is scaled to. */
  scaledSize: z.number().int().min(1).max(1024),
  crop: z.strictObject({ firstRow: index, firstColumn: index, rows: index.min(1), columns: index.min(1) }),
  /** Whether holes of the labels are filled: enclosed in three dimensions, or within slices (which is more). */
  fillHoles: z.enum(['none', '3d', '2d']),
  /** How intensities are put on one scale after conforming; see conform-scan.ts. */
  intensity: z.enum(intensityScales),
  /** What lies in the middle of the conformed volume. */
  centre: z.enum(scanCentres).default('field-of-view'),
  /** Divisor of the stored 8-bit intensities when they are loaded. */
  intensityDivisor: z.literal(255),
});

export type LabelClass = z.infer<typeof labelClassSchema>;
export type DatasetPlan = z.infer<typeof datasetPlanSchema>;

export type DatasetPresetName = '2017';

interface DatasetPreset {
  readonly plan: DatasetPlan;
  /** Where and why the preset is not what was published. */
  readonly deviations: readonly string[];
}

export const datasetPresets: Readonly<Record<DatasetPresetName, DatasetPreset>> = {
  '2017': {
    plan: {
      plane: 'sagittal',
      slices: { first: 109, last: 144 },
      keepAboveVoxels: 100,
      keepEmptyShare: 0,
      classes: [{ name: 'lateral ventricles', labels: [4, 43] }],
      scaledSize: 128,
      crop: { firstRow: 16, firstColumn: 16, rows: 96, columns: 96 },
      fillHoles: 'none',
      intensity: 'as-is',
      centre: 'field-of-view',
      intensityDivisor: 255,
    },
    deviations: [
      'crop: rows and columns 17 to 112 counted from 1, 96 pixels; the published code kept 17 to 111, 95 pixels, ' +
        'although its text and its network say 96',
      'storage: 8-bit without loss; the published slices were JPEG, which changes the intensities around edges',
      'split: by person; the published split was by slice, so that a person was in both training and test',
    ],
  },
};

/** What may be changed of a preset's plan. */
export interface PlanOverrides {
  plane?: Plane;
  /** First and last slice counted from 0, or 'all' of them. In another plane than the preset's: all. */
  slices?: { first: number; last: number } | 'all';
  keepAboveVoxels?: number;
  keepEmptyShare?: number;
  /** Classes with names, or bare lists of canonical label numbers, which are then named by their structures. */
  classes?: readonly (LabelClass | readonly CanonicalNumber[])[];
  scaledSize?: number;
  /** An exact crop, or a size around the middle. At another scale than the preset's: its field of view. */
  crop?: Crop | { rows: number; columns: number };
  /** true fills within slices ('2d'), false nothing. */
  fillHoles?: boolean | 'none' | '3d' | '2d';
  /** Wanted where scans come from different scanners or programs. */
  intensity?: ScanFrame['intensity'];
  /** Wanted where heads do not lie in the same place of the field of view. */
  centre?: ScanFrame['centre'];
}

/**
 * A preset with changes, checked.
 *
 * @throws VentrisegError BAD_PLAN naming the field that does not hold.
 */
export function resolveDatasetPlan(preset: DatasetPresetName, overrides: PlanOverrides = {}): DatasetPlan {
  const base = datasetPresets[preset]?.plan;
  if (base === undefined) {
    const names = Object.keys(datasetPresets).join(', ');
    throw new VentrisegError('BAD_PLAN', `there is no dataset preset '${preset}'; there is: ${names}`);
  }
  const parsed = datasetPlanSchema.safeParse({
    plane: overrides.plane ?? base.plane,
    slices: resolveSlices(base, overrides),
    keepAboveVoxels: overrides.keepAboveVoxels ?? base.keepAboveVoxels,
    keepEmptyShare: overrides.keepEmptyShare ?? base.keepEmptyShare,
    classes: overrides.classes?.map(named) ?? base.classes,
    scaledSize: overrides.scaledSize ?? base.scaledSize,
    crop: resolveCrop(base, overrides),
    fillHoles: resolveFillHoles(overrides.fillHoles ?? base.fillHoles),
    intensity: overrides.intensity ?? base.intensity,
    centre: overrides.centre ?? base.centre,
    intensityDivisor: base.intensityDivisor,
  });
  if (!parsed.success) {
    throw new VentrisegError('BAD_PLAN', `dataset plan: ${z.prettifyError(parsed.error)}`, {
      cause: parsed.error,
    });
  }
  checkPlanHoldsTogether(parsed.data);
  return parsed.data;
}

/** Names of the overrides that are set, for the manifest. */
export function overriddenFields(overrides: PlanOverrides = {}): string[] {
  return Object.entries(overrides)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
    .sort();
}

function checkPlanHoldsTogether(plan: DatasetPlan): void {
  checkSlicePlan(plan);
  if (plan.slices.first > plan.slices.last) {
    throw new VentrisegError(
      'BAD_PLAN',
      `dataset plan: first slice ${plan.slices.first} is after last slice ${plan.slices.last}`,
    );
  }
  const classOf = new Map<number, string>();
  for (const { name, labels } of plan.classes) {
    for (const label of labels) {
      const other = classOf.get(label);
      if (other !== undefined) {
        throw new VentrisegError(
          'BAD_PLAN',
          `dataset plan: label ${label} is in both '${other}' and '${name}'`,
        );
      }
      classOf.set(label, name);
    }
  }
  if (new Set(plan.classes.map(({ name }) => name)).size < plan.classes.length) {
    throw new VentrisegError('BAD_PLAN', 'dataset plan: two classes have the same name');
  }
}

function resolveSlices(base: DatasetPlan, { plane, slices }: PlanOverrides): DatasetPlan['slices'] {
  const otherPlane = plane !== undefined && plane !== base.plane;
  if (slices === 'all' || (slices === undefined && otherPlane)) return { first: 0, last: conformedSize - 1 };
  return slices ?? base.slices;
}

function resolveCrop(base: DatasetPlan, { crop, scaledSize }: PlanOverrides): Crop {
  const size = scaledSize ?? base.scaledSize;
  if (crop !== undefined) return 'firstRow' in crop ? crop : centreCrop(size, crop.rows, crop.columns);
  const scale = size / base.scaledSize;
  return {
    firstRow: Math.round(base.crop.firstRow * scale),
    firstColumn: Math.round(base.crop.firstColumn * scale),
    rows: Math.round(base.crop.rows * scale),
    columns: Math.round(base.crop.columns * scale),
  };
}

function resolveFillHoles(fill: boolean | 'none' | '3d' | '2d'): 'none' | '3d' | '2d' {
  if (typeof fill === 'boolean') return fill ? '2d' : 'none';
  return fill;
}

function named(labelClass: LabelClass | readonly CanonicalNumber[]): LabelClass {
  if ('name' in labelClass) return labelClass;
  const titles = labelClass.map(
    (number) => ventricles.find((v) => v.number === number)?.title ?? `${number}`,
  );
  return { name: titles.join(' + '), labels: [...labelClass] };
}
