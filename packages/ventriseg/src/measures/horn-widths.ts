/**
 * Widths of the lateral ventricles across the midline, along x in axial slices of the standard pose.
 *
 * Frontal horns: the greatest distance between the outer walls of both sides in front of the coronal plane through
 * the anterior commissure, the numerator of the Evans index (Evans, Arch Neurol Psychiatry 47, 1942). Between the
 * caudates: the smallest such distance behind it in the axial slice 10 mm above the commissures, where the heads of
 * the caudate nuclei press on the horns (the numerator of the bicaudate ratio; Barr et al., Neurology 28, 1978).
 * Occipital horns: the greatest distance behind the coronal plane through the posterior commissure, trigones
 * included (O'Hayon et al., Pediatr Neurosurg 29, 1998), not below the commissures, where the temporal horns begin.
 *
 * A width is measured at right angles to the mid-sagittal plane. Those of the horns are the distance between two
 * lines along the head, one at the outermost point of each side in the slice, as with a ruler on a printed picture:
 * horns of unequal length have it too, and a head that is turned a little loses none of it.
 */
import type { Vec3 } from '@ventriseg/imaging';
import { acPcMm } from './head-pose.ts';
import { type PoseVolume, spanOfRow } from './pose-volume.ts';

/** A line along x in the pose, mm; of horns, halfway between the places of their outermost points. */
export interface PoseRow {
  readonly lowX: number;
  readonly highX: number;
  readonly y: number;
  readonly z: number;
}

/** The lateral ventricles in the pose, on one grid. */
export interface LateralInPose {
  readonly left: PoseVolume;
  readonly right: PoseVolume;
}

/** Axial slice in which the width between the caudates is measured, mm above the commissures. */
const caudateLevelMm = 10;
/** The waist is looked for no further back than this, mm in front of AC. */
const caudateBackMm = -10;
/** How much wider the horns must be again behind the waist for it to be one, mm. */
const waistRiseMm = 0.5;

export function widthOf({ lowX, highX }: PoseRow): number {
  return highX - lowX;
}

/** The widest of those that are there. */
export function widestOf(rows: readonly (PoseRow | undefined)[]): PoseRow | undefined {
  return rows.reduce(
    (best, row) => (row !== undefined && (best === undefined || widthOf(row) > widthOf(best)) ? row : best),
    undefined,
  );
}

export function endsOf({ lowX, highX, y, z }: PoseRow): readonly [from: Vec3, to: Vec3] {
  return [
    [lowX, y, z],
    [highX, y, z],
  ];
}

/** The greatest width in front of the anterior commissure; undefined when no slice there holds both sides. */
export function frontalHornRow(lateral: LateralInPose): PoseRow | undefined {
  return greatestWidth(lateral, (y) => y > 0);
}

/** The greatest width behind the posterior commissure; undefined when no slice there holds both sides. */
export function occipitalHornRow(lateral: LateralInPose): PoseRow | undefined {
  return greatestWidth(lateral, (y, z) => y < -acPcMm && z >= 0);
}

/** The waist of the frontal horns between the caudates; undefined when they have none in that slice. */
export function bicaudateRow(lateral: LateralInPose): PoseRow | undefined {
  const front = lateral.left.firstMm[1] + lateral.left.shape[1] - 1;
  let widest = 0;
  let waist: PoseRow | undefined;
  for (let y = front; y >= caudateBackMm; y--) {
    const row = outerRow(lateral, y, caudateLevelMm);
    if (row === undefined) continue;
    const width = widthOf(row);
    if (width > widest && (waist === undefined || width > widest + waistRiseMm)) widest = width;
    if (waist === undefined ? width < widest - waistRiseMm : width < widthOf(waist)) waist = row;
    else if (waist !== undefined && width >= widthOf(waist) + waistRiseMm) return waist;
  }
  return undefined;
}

/** Of the axial slices, the one with the greatest width between the outermost points of both sides that count. */
function greatestWidth(
  { left, right }: LateralInPose,
  counts: (y: number, z: number) => boolean,
): PoseRow | undefined {
  const { firstMm, shape } = left;
  const rows = Array.from({ length: shape[2] }, (_, k) => {
    const z = firstMm[2] + k;
    let [lowX, lowY, highX, highY] = [Infinity, 0, -Infinity, 0];
    for (let j = 0; j < shape[1]; j++) {
      const y = firstMm[1] + j;
      if (!counts(y, z)) continue;
      const [leftmost] = spanOfRow(left, y, z) ?? [Infinity];
      const [, rightmost] = spanOfRow(right, y, z) ?? [0, -Infinity];
      if (leftmost < lowX) [lowX, lowY] = [leftmost, y];
      if (rightmost > highX) [highX, highY] = [rightmost, y];
    }
    const row = { lowX, highX, y: (lowY + highY) / 2, z };
    return Number.isFinite(widthOf(row)) ? row : undefined;
  });
  return widestOf(rows);
}

/** From the left ventricle's outer wall to the right one's; undefined where one of them is not in the row. */
function outerRow({ left, right }: LateralInPose, y: number, z: number): PoseRow | undefined {
  const leftSpan = spanOfRow(left, y, z);
  const rightSpan = spanOfRow(right, y, z);
  if (leftSpan === undefined || rightSpan === undefined) return undefined;
  return { lowX: leftSpan[0], highX: rightSpan[1], y, z };
}
