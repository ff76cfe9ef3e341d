/**
 * All measures of one scan from its labels: volumes in relation to the head; widths, ratios and an angle in the
 * standard pose, with the lines they were taken along; or the reason why one could not be taken.
 *
 * Volumes count all labels; pose and widths leave out islands that lie apart from the ventricles (see near-parts.ts).
 * Works on any grid and orientation, in browsers as in Node.
 */
import type { Volume } from '@ventriseg/imaging';
import type { Intracranial } from '../segment/found.ts';
import { aroundForeground } from './around-foreground.ts';
import { cutPlaces } from './field-of-view.ts';
import { type FoundPose, findHeadPose, type HeadPose } from './head-pose.ts';
import { type Measure, type MeasureId, type MeasureOutcome, measureIds } from './measure.ts';
import { nearParts } from './near-parts.ts';
import { poseMeasures } from './pose-measures.ts';
import { ventriclePoints } from './ventricle-points.ts';
import { volumeMeasures } from './volume-measures.ts';

export interface MeasureOptions {
  /** The space inside the skull; its probability may lie on any grid. */
  readonly intracranial?: Intracranial | undefined;
}

export interface VentricleMeasures {
  /** Null when the ventricles do not tell it; widths and angles then have the status NO_STANDARD_POSE. */
  readonly pose: HeadPose | null;
  /** All of them, in the order of `measureIds`. */
  readonly measures: readonly Measure[];
}

/**
 * Measures the ventricles.
 *
 * @param labels FreeSurfer's numbers (see `toCanonicalLabels`) on the scan's grid
 * @example
 * const { measures } = measureVentricles(segmentation.labels, segmentation);
 * const evansIndex = valueOfMeasure(measures, 'evansIndex');
 */
export function measureVentricles(
  labels: Volume<Uint8Array>,
  { intracranial }: MeasureOptions = {},
): VentricleMeasures {
  const all = aroundForeground(labels);
  const part = nearParts(all);
  const found: FoundPose =
    cutPlaces(part, [14]).length > 0
      ? { reason: "the third ventricle reaches the edge of the scan's field of view" }
      : findHeadPose(ventriclePoints(part));
  const outcomes: Readonly<Record<MeasureId, MeasureOutcome>> = {
    ...volumeMeasures(all, intracranial),
    ...poseMeasures(part, labels, found, intracranial),
  };
  return {
    pose: 'pose' in found ? found.pose : null,
    measures: measureIds.map((id) => ({ id, ...outcomes[id] })),
  };
}
