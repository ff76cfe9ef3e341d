/**
 * What a measure is: a number with its unit and the lines it was taken along, or the reason why there is none.
 *
 * The definitions, how each is measured, and their sources are in the files beside this one; `docs/measures.md`
 * explains them with pictures.
 */
import type { Vec3 } from '@ventriseg/imaging';

export type MeasureUnit = 'mL' | '%' | 'mm' | 'degrees' | 'ratio';

/** The slice of the standard pose (see head-pose.ts) that a measure's lines lie in. */
export type MeasurePlane = 'axial' | 'coronal';

interface Definition {
  /** Name in words, without the unit. */
  readonly title: string;
  readonly unit: MeasureUnit;
  /** Decimals that are worth showing. */
  readonly digits: number;
  /** Where the lines lie; null for measures without lines. */
  readonly plane: MeasurePlane | null;
}

/** All measures by their stable ids, in the order in which they are shown. */
export const measureDefinitions = {
  intracranialVolumeMl: { title: 'intracranial volume', unit: 'mL', digits: 0, plane: null },
  ventricleSharePercent: { title: 'ventricles in intracranial volume', unit: '%', digits: 2, plane: null },
  lateralAsymmetryPercent: {
    title: 'asymmetry of the lateral ventricles',
    unit: '%',
    digits: 1,
    plane: null,
  },
  evansIndex: { title: 'Evans index', unit: 'ratio', digits: 3, plane: 'axial' },
  frontalOccipitalHornRatio: {
    title: 'frontal and occipital horn ratio',
    unit: 'ratio',
    digits: 3,
    plane: 'axial',
  },
  frontalHornWidthMm: { title: 'width of the frontal horns', unit: 'mm', digits: 1, plane: 'axial' },
  bicaudateWidthMm: {
    title: 'width of the frontal horns between the caudates',
    unit: 'mm',
    digits: 1,
    plane: 'axial',
  },
  occipitalHornWidthMm: { title: 'width of the occipital horns', unit: 'mm', digits: 1, plane: 'axial' },
  innerSkullWidthMm: { title: 'greatest inner width of the skull', unit: 'mm', digits: 1, plane: 'axial' },
  thirdVentricleWidthMm: { title: 'width of the third ventricle', unit: 'mm', digits: 1, plane: 'axial' },
  callosalAngleDegrees: { title: 'callosal angle', unit: 'degrees', digits: 1, plane: 'coronal' },
} as const satisfies Readonly<Record<string, Definition>>;

export type MeasureId = keyof typeof measureDefinitions;

export const measureIds = Object.keys(measureDefinitions) as readonly MeasureId[];

/** Why a measure has no value. */
export const measureReasons = [
  'NO_INTRACRANIAL_VOLUME',
  'NO_LATERAL_VENTRICLES',
  'ONE_SIDE_MISSING',
  'NO_THIRD_VENTRICLE',
  'NO_STANDARD_POSE',
  'PART_NOT_IN_PLANE',
  'NO_WAIST',
  'CUT_BY_FIELD_OF_VIEW',
  'RESULT_UNUSABLE',
] as const;

export type MeasureReason = (typeof measureReasons)[number];

/** A straight line that was measured, or an arm of an angle (from its vertex); world RAS mm. */
export interface MeasuredLine {
  /** What it spans, such as 'frontal horns'. */
  readonly name: string;
  readonly from: Vec3;
  readonly to: Vec3;
}

/** A value and what it was taken along, or why there is none, as a code and as a sentence. */
export type MeasureOutcome =
  | { readonly status: 'measured'; readonly value: number; readonly lines: readonly MeasuredLine[] }
  | MissingMeasure;

export interface MissingMeasure {
  readonly status: MeasureReason;
  readonly value: null;
  readonly message: string;
}

/** One measure of one scan. */
export type Measure = { readonly id: MeasureId } & MeasureOutcome;

export function missing(status: MeasureReason, message: string): MissingMeasure {
  return { status, value: null, message };
}

/** The measures of a result that cannot be used: none has a value. */
export function withoutValues(measures: readonly Measure[], reason: string): Measure[] {
  return measures.map((measure) =>
    measure.status === 'measured' ? { id: measure.id, ...missing('RESULT_UNUSABLE', reason) } : measure,
  );
}

/** The value of a measure, or undefined where it could not be measured. */
export function valueOfMeasure(measures: readonly Measure[], id: MeasureId): number | undefined {
  return measures.find((measure) => measure.id === id)?.value ?? undefined;
}
