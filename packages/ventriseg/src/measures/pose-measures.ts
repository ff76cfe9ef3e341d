/** Measures that are taken in the standard pose: widths, ratios of widths, and the callosal angle. */
import { applyAffine, type Grid, labelMask, type Vec3, type Volume } from '@ventriseg/imaging';
import type { Intracranial } from '../segment/found.ts';
import { aroundForeground } from './around-foreground.ts';
import { type CallosalAngle, callosalAngle } from './callosal-angle.ts';
import { cutPlaces, insideOf } from './field-of-view.ts';
import { acPcMm, type FoundPose, type HeadPose } from './head-pose.ts';
import {
  bicaudateRow,
  endsOf,
  frontalHornRow,
  occipitalHornRow,
  type PoseRow,
  widthOf,
} from './horn-widths.ts';
import { innerSkull } from './inner-skull.ts';
import {
  type MeasuredLine,
  type MeasureId,
  type MeasureOutcome,
  type MissingMeasure,
  missing,
} from './measure.ts';
import { boxInPose, inPose, smoothed } from './pose-volume.ts';
import { thirdVentricleBox, thirdVentricleRow } from './third-ventricle-width.ts';

/** In the order of `measureIds`. */
export const poseMeasureIds = [
  'evansIndex',
  'frontalOccipitalHornRatio',
  'frontalHornWidthMm',
  'bicaudateWidthMm',
  'occipitalHornWidthMm',
  'innerSkullWidthMm',
  'thirdVentricleWidthMm',
  'callosalAngleDegrees',
] as const satisfies readonly MeasureId[];

type PoseMeasures = Record<(typeof poseMeasureIds)[number], MeasureOutcome>;

/** A line across the head in the pose, or why there is none. */
type RowOutcome = PoseRow | MissingMeasure;

/** An end of the skull's width that is nearer than this to the edge of the field of view may be cut, mm. */
const edgeMm = 1;

/**
 * @param part the labels with a voxel around them, where the field of view does not end
 * @param scan the grid of the whole scan
 * @param found the pose of the labels, or why there is none
 */
export function poseMeasures(
  part: Volume<Uint8Array>,
  scan: Grid,
  found: FoundPose,
  intracranial: Intracranial | undefined,
): PoseMeasures {
  if (!('pose' in found)) {
    const noPose = missing('NO_STANDARD_POSE', `There is no standard pose: ${found.reason}.`);
    return Object.fromEntries(poseMeasureIds.map((id) => [id, noPose])) as PoseMeasures;
  }
  const { pose } = found;
  const horns = hornRows(part, pose);
  const skull = skullRows(scan, intracranial, pose, horns.frontal);
  const width = (row: RowOutcome, name: string) => ofRows(pose, [[name, row]], ([mm]) => mm!);
  return {
    evansIndex: ofRows(
      pose,
      [
        ['frontal horns', horns.frontal],
        ['inner skull', skull.atFrontalHorns],
      ],
      ([frontal, inner]) => frontal! / inner!,
    ),
    frontalOccipitalHornRatio: ofRows(
      pose,
      [
        ['frontal horns', horns.frontal],
        ['occipital horns', horns.occipital],
        ['inner skull', skull.widest],
      ],
      ([frontal, occipital, inner]) => (frontal! + occipital!) / (2 * inner!),
    ),
    frontalHornWidthMm: width(horns.frontal, 'frontal horns'),
    bicaudateWidthMm: width(horns.bicaudate, 'between the caudates'),
    occipitalHornWidthMm: width(horns.occipital, 'occipital horns'),
    innerSkullWidthMm: width(skull.widest, 'inner skull'),
    thirdVentricleWidthMm: width(thirdRow(part, pose), 'third ventricle'),
    callosalAngleDegrees: measureCallosalAngle(part, pose),
  };
}

function hornRows(part: Volume<Uint8Array>, pose: HeadPose) {
  const absent = absentSides(part);
  if (absent !== undefined) return { frontal: absent, bicaudate: absent, occipital: absent };
  const both = aroundForeground(part, labelMask(part, [4, 43]));
  const box = boxInPose(both, pose);
  const inBox = (label: number) => smoothed(inPose(aroundForeground(labelMask(both, label)), pose, box));
  const lateral = { left: inBox(4), right: inBox(43) };
  const cutY = cutPlaces(part, [4, 43]).map((place) => applyAffine(pose.worldToPose, place)[1]);
  const cut = (where: string) =>
    missing(
      'CUT_BY_FIELD_OF_VIEW',
      `The lateral ventricles reach the edge of the scan's field of view ${where}.`,
    );
  const cutInFront = cutY.some((y) => y > -acPcMm) ? cut('in front') : undefined;
  const cutBehind = cutY.some((y) => y < 0) ? cut('behind') : undefined;
  return {
    frontal:
      cutInFront ??
      frontalHornRow(lateral) ??
      missing('PART_NOT_IN_PLANE', 'No axial slice holds the frontal horns of both sides.'),
    bicaudate:
      cutInFront ??
      bicaudateRow(lateral) ??
      missing('NO_WAIST', 'The frontal horns have no waist between the caudates.'),
    occipital:
      cutBehind ??
      occipitalHornRow(lateral) ??
      missing('PART_NOT_IN_PLANE', 'No axial slice holds the occipital horns or trigones of both sides.'),
  };
}

/** Why there are not two lateral ventricles; undefined when there are. */
function absentSides({ data }: Volume<Uint8Array>): MissingMeasure | undefined {
  const [left, right] = [data.includes(4), data.includes(43)];
  if (left && right) return undefined;
  if (!left && !right) return missing('NO_LATERAL_VENTRICLES', 'There are no lateral ventricles.');
  return missing('ONE_SIDE_MISSING', `There is no ${left ? 'right' : 'left'} lateral ventricle.`);
}

function skullRows(
  scan: Grid,
  intracranial: Intracranial | undefined,
  pose: HeadPose,
  frontal: RowOutcome,
): { readonly atFrontalHorns: RowOutcome; readonly widest: RowOutcome } {
  if (intracranial === undefined) {
    const none = missing('NO_INTRACRANIAL_VOLUME', 'The model does not tell what is inside the skull.');
    return { atFrontalHorns: none, widest: none };
  }
  const inside = innerSkull(intracranial.probability, pose);
  const isInScan = insideOf(scan, edgeMm);
  const whole = (row: PoseRow | undefined): RowOutcome => {
    if (row === undefined) return missing('NO_INTRACRANIAL_VOLUME', 'No inside of a skull was found there.');
    return endsOf(row).every((end) => isInScan(applyAffine(pose.poseToWorld, end)))
      ? row
      : missing(
          'CUT_BY_FIELD_OF_VIEW',
          "The inside of the skull reaches the edge of the scan's field of view.",
        );
  };
  return {
    atFrontalHorns: 'status' in frontal ? frontal : whole(inside.rowAt(frontal.z)),
    widest: whole(inside.widestRow()),
  };
}

function thirdRow(part: Volume<Uint8Array>, pose: HeadPose): RowOutcome {
  const third = inPose(labelMask(part, 14), pose, thirdVentricleBox);
  return (
    thirdVentricleRow(third) ??
    missing('PART_NOT_IN_PLANE', 'No part of the third ventricle lies at the height of the commissures.')
  );
}

function measureCallosalAngle(part: Volume<Uint8Array>, pose: HeadPose): MeasureOutcome {
  const absent = absentSides(part);
  if (absent !== undefined) return absent;
  const isNearPlane = (place: Vec3) => Math.abs(applyAffine(pose.worldToPose, place)[1] + acPcMm) < 3;
  if (cutPlaces(part, [4, 43]).some(isNearPlane)) {
    return missing(
      'CUT_BY_FIELD_OF_VIEW',
      "The lateral ventricles reach the edge of the scan's field of view in the plane of the posterior commissure.",
    );
  }
  const angle = callosalAngle(labelMask(part, 4), labelMask(part, 43), pose);
  if (angle === undefined) {
    return missing(
      'PART_NOT_IN_PLANE',
      'A lateral ventricle has no roof of 5 mm in the plane of the posterior commissure.',
    );
  }
  return { status: 'measured', value: angle.degrees, lines: armsOf(angle, pose) };
}

function armsOf({ vertex, leftEnd, rightEnd }: CallosalAngle, pose: HeadPose): MeasuredLine[] {
  const [from, left, right] = [vertex, leftEnd, rightEnd].map((point) =>
    applyAffine(pose.poseToWorld, point),
  );
  return [
    { name: 'left roof', from: from!, to: left! },
    { name: 'right roof', from: from!, to: right! },
  ];
}

/** A measure made of the widths of rows; the first row that is missing says why there is none. */
function ofRows(
  pose: HeadPose,
  named: readonly (readonly [name: string, row: RowOutcome])[],
  value: (widthsMm: readonly number[]) => number,
): MeasureOutcome {
  const rows: PoseRow[] = [];
  const lines: MeasuredLine[] = [];
  for (const [name, row] of named) {
    if ('status' in row) return row;
    const [from, to] = endsOf(row);
    rows.push(row);
    lines.push({ name, from: applyAffine(pose.poseToWorld, from), to: applyAffine(pose.poseToWorld, to) });
  }
  return { status: 'measured', value: value(rows.map(widthOf)), lines };
}
