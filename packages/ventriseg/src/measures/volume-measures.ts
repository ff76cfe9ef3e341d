/**
 * Measures that need no pose: the intracranial volume, the ventricles' share of it, and the asymmetry of the
 * lateral ventricles.
 */
import { type Volume, voxelVolumeMl } from '@ventriseg/imaging';
import { ventricles } from '../labels/index.ts';
import type { Intracranial } from '../segment/found.ts';
import { cutPlaces } from './field-of-view.ts';
import { type MeasureOutcome, type MissingMeasure, missing } from './measure.ts';

type VolumeMeasureId = 'intracranialVolumeMl' | 'ventricleSharePercent' | 'lateralAsymmetryPercent';

/** @param labels with a voxel around them, where the field of view does not end */
export function volumeMeasures(
  labels: Volume<Uint8Array>,
  intracranial: Intracranial | undefined,
): Record<VolumeMeasureId, MeasureOutcome> {
  const mlOf = volumesOf(labels);
  const intracranialVolumeMl = measureIntracranial(intracranial);
  return {
    intracranialVolumeMl,
    ventricleSharePercent:
      cutByField(
        labels,
        ventricles.map(({ number }) => number),
        'ventricles',
      ) ?? measureShare(mlOf, intracranialVolumeMl),
    lateralAsymmetryPercent: cutByField(labels, [4, 43], 'lateral ventricles') ?? measureAsymmetry(mlOf),
  };
}

/** Why the volume of these labels is not whole; undefined where it is. */
function cutByField(
  labels: Volume<Uint8Array>,
  numbers: readonly number[],
  name: string,
): MissingMeasure | undefined {
  if (cutPlaces(labels, numbers).length === 0) return undefined;
  return missing('CUT_BY_FIELD_OF_VIEW', `The ${name} reach the edge of the scan's field of view.`);
}

/** Volume of each label, mL, by its number. */
function volumesOf(labels: Volume<Uint8Array>): Float64Array {
  const counts = new Float64Array(256);
  for (let at = 0; at < labels.data.length; at++) counts[labels.data[at]!]!++;
  const voxelMl = voxelVolumeMl(labels);
  return counts.map((count) => count * voxelMl);
}

/**
 * How unlike two sides are, in percent of their mean: 100 (left - right) / ((left + right) / 2), from -200 (right
 * only) to 200 (left only).
 */
export function asymmetryPercent(left: number, right: number): number {
  return (200 * (left - right)) / (left + right);
}

/** Everything inside the skull, the denominator of volumes normalised to the head (Whitwell et al., AJNR 22, 2001). */
function measureIntracranial(intracranial: Intracranial | undefined): MeasureOutcome {
  if (intracranial === undefined) {
    return missing('NO_INTRACRANIAL_VOLUME', 'The model does not tell what is inside the skull.');
  }
  const { ml, cutAt } = intracranial;
  if (ml === 0) return missing('NO_INTRACRANIAL_VOLUME', 'No inside of a skull was found.');
  if (cutAt.length > 0) {
    return missing(
      'CUT_BY_FIELD_OF_VIEW',
      `The inside of the skull reaches the end of the scan (${cutAt.join(', ')}).`,
    );
  }
  return { status: 'measured', value: ml, lines: [] };
}

/** All ventricles in percent of the intracranial volume (Ambarki et al., Neurosurgery 67, 2010). */
function measureShare(mlOf: Float64Array, intracranial: MeasureOutcome): MeasureOutcome {
  if (intracranial.status !== 'measured') return intracranial;
  const ml = ventricles.reduce((sum, { number }) => sum + mlOf[number]!, 0);
  return { status: 'measured', value: (100 * ml) / intracranial.value, lines: [] };
}

/** By the bodies with their horns but the temporal ones, which not all models tell apart. */
function measureAsymmetry(mlOf: Float64Array): MeasureOutcome {
  const [left, right] = [mlOf[4]!, mlOf[43]!];
  if (left + right === 0) return missing('NO_LATERAL_VENTRICLES', 'There are no lateral ventricles.');
  if (left === 0 || right === 0) {
    return missing('ONE_SIDE_MISSING', `There is no ${left === 0 ? 'left' : 'right'} lateral ventricle.`);
  }
  return { status: 'measured', value: asymmetryPercent(left, right), lines: [] };
}
