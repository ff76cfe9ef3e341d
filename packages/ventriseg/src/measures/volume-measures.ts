/**
 * Measures that need no pose: the intracranial volume, the ventricles' share of it, and the asymmetry of the
 * lateral ventricles.
 */
import { labelMask, type Volume, volumeMl } from '@ventriseg/imaging';
import { ventricles } from '../labels/index.ts';
import type { Intracranial } from '../segment/found.ts';
import { type MeasureOutcome, missing } from './measure.ts';

type VolumeMeasureId = 'intracranialVolumeMl' | 'ventricleSharePercent' | 'lateralAsymmetryPercent';

export function volumeMeasures(
  labels: Volume<Uint8Array>,
  intracranial: Intracranial | undefined,
): Record<VolumeMeasureId, MeasureOutcome> {
  const intracranialVolumeMl = measureIntracranial(intracranial);
  return {
    intracranialVolumeMl,
    ventricleSharePercent: measureShare(labels, intracranialVolumeMl),
    lateralAsymmetryPercent: measureAsymmetry(labels),
  };
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

/** All ventricles in percent of the intracranial volume (Ambarki et al., AJNR 31, 2010). */
function measureShare(labels: Volume<Uint8Array>, intracranial: MeasureOutcome): MeasureOutcome {
  if (intracranial.status !== 'measured') return intracranial;
  const ml = volumeMl(
    labelMask(
      labels,
      ventricles.map(({ number }) => number),
    ),
  );
  return { status: 'measured', value: (100 * ml) / intracranial.value, lines: [] };
}

/** By the bodies with their horns but the temporal ones, which not all models tell apart. */
function measureAsymmetry(labels: Volume<Uint8Array>): MeasureOutcome {
  const [left, right] = [volumeMl(labelMask(labels, 4)), volumeMl(labelMask(labels, 43))];
  if (left + right === 0) return missing('NO_LATERAL_VENTRICLES', 'There are no lateral ventricles.');
  if (left === 0 || right === 0) {
    return missing('ONE_SIDE_MISSING', `There is no ${left === 0 ? 'left' : 'right'} lateral ventricle.`);
  }
  return { status: 'measured', value: asymmetryPercent(left, right), lines: [] };
}
