/**
 * The standard pose of a head, from its ventricles: origin at the anterior commissure (AC), x to the patient's
 * right, y along the line from the posterior commissure (PC) to AC, z up, mm.
 *
 * The mid-sagittal plane is fitted to the midline that the ventricles show (see midline-plane.ts). In it the third
 * ventricle lies between the commissures. The tilt of the AC-PC line is read off two directions from its centroid
 * that keep their angle to that line from person to person: to the centroid of the fourth ventricle, and to the
 * centroid of the parts of the lateral ventricles in front of it (frontal horns and front of the bodies). Both turn
 * with the head, so that a rotated scan gives the same pose; as frontal horns are defined by the pose, it is found
 * in rounds until it stays.
 *
 * The angles and distances below are means of 34 people: SynthSeg's training maps (Apache-2.0), IXI (CC BY-SA 3.0)
 * and FreeSurfer's test subjects (MIT, BSD). Their AC-PC frames are those of the structures beside the ventricles
 * (thalamus, caudate, putamen, pallidum, hippocampus, amygdala, accumbens, ventral diencephalon, brain stem),
 * aligned to people whose commissures were marked by eye. `docs/measures.md` has the accuracy.
 */
import { type Affine, applyAffine, cross, dot, invertAffine, unit, type Vec3 } from '@ventriseg/imaging';
import { type Frame, fitMidlinePlane } from './midline-plane.ts';
import { centroid, type PointList, type VentriclePoints } from './ventricle-points.ts';

/** Angle to the AC-PC line in degrees, upwards positive, of the direction from the fourth to the third ventricle. */
const fourthDegrees = 39.3;
/** The same of the direction from the third ventricle to the frontal parts of the lateral ventricles. */
const frontalDegrees = 43.4;
/** Weight of the first beside the second: spreads of 2.9 and 5.2 degrees, correlation -0.3. */
const fourthWeight = 0.7;
/** AC from the centroid of the third ventricle: to the front and up, mm. */
const acFromThird = { front: 11.9, up: 0.3 };
/** Distance between the commissures, mm: the mean of those marked. */
export const acPcMm = 27.5;

/** Standard error of the tilt in degrees over people, by what it was found from. */
const tiltErrors = { 'fourth-and-frontal': 2.3, fourth: 3, frontal: 5.3 } as const;

/** What the tilt of the AC-PC line can be found from, beside the third ventricle, which it always needs. */
export const tiltSources = Object.keys(tiltErrors) as readonly TiltSource[];

export type TiltSource = keyof typeof tiltErrors;

const mostRounds = 20;
/** A frame that turns and moves less than this in a round stays. */
const settledDegrees = 0.01;

export interface HeadPose {
  /** World RAS mm to standard pose, mm: a rotation and a shift. */
  readonly worldToPose: Affine;
  readonly poseToWorld: Affine;
  /** World RAS mm. */
  readonly anteriorCommissure: Vec3;
  readonly posteriorCommissure: Vec3;
  /** What the tilt of the AC-PC line was found from, beside the third ventricle. */
  readonly tiltFrom: TiltSource;
  /** Standard error of the tilt over people, degrees. */
  readonly tiltErrorDegrees: number;
}

/** The pose, or why there is none, as the end of a sentence. */
export type FoundPose = { readonly pose: HeadPose } | { readonly reason: string };

/**
 * Finds the standard pose.
 *
 * @example
 * const found = findHeadPose(ventriclePoints(labels));
 * if ('pose' in found) applyAffine(found.pose.worldToPose, point);
 */
export function findHeadPose(points: VentriclePoints): FoundPose {
  const third = centroid(points[14]);
  if (third === undefined)
    return { reason: 'there is no third ventricle, which lies between the commissures' };
  const fourth = centroid(points[15]);
  const hasLateral = points[4].length > 0 && points[43].length > 0;
  if (fourth === undefined && !hasLateral) {
    return {
      reason: 'there are neither a fourth nor two lateral ventricles, which tell how the head is tilted',
    };
  }
  let frame: Frame = { origin: third, right: [1, 0, 0], front: [0, 1, 0], up: [0, 0, 1] };
  let tiltFrom: TiltSource = 'fourth';
  for (let round = 0; round < mostRounds; round++) {
    const upright = intoMidline(frame, points, third);
    if (upright === undefined) return { reason: 'the ventricles show too little of the midline' };
    const fromFourth =
      fourth && angleOf([third[0] - fourth[0], third[1] - fourth[1], third[2] - fourth[2]], upright);
    const frontal = hasLateral ? frontalDirection(points, upright, third) : undefined;
    const fromFrontal = frontal && angleOf(frontal, upright);
    const tilt = tiltOf(fromFourth, fromFrontal);
    if (tilt === undefined) return { reason: 'the lateral ventricles have no part in front of the third' };
    tiltFrom = tilt.from;
    const next = tilted(upright, tilt.degrees);
    const turned = Math.max(angleBetween(next.right, frame.right), angleBetween(next.up, frame.up));
    frame = next;
    if (turned < settledDegrees) break;
  }
  return { pose: poseOf(frame, tiltFrom) };
}

/** The frame turned so that its x is the normal of the midline, through the third ventricle's place on it. */
function intoMidline(frame: Frame, points: VentriclePoints, third: Vec3): Frame | undefined {
  const plane = fitMidlinePlane(points, frame);
  if (plane === undefined) return undefined;
  const [a, b, c] = plane;
  const right = unit(combine(frame, [1, -b, -c]));
  const ahead = dot(frame.front, right);
  const front = unit([
    frame.front[0] - ahead * right[0],
    frame.front[1] - ahead * right[1],
    frame.front[2] - ahead * right[2],
  ]);
  const onPlane = combine(frame, [a, 0, 0]);
  const off = dot(
    [
      frame.origin[0] + onPlane[0] - third[0],
      frame.origin[1] + onPlane[1] - third[1],
      frame.origin[2] + onPlane[2] - third[2],
    ],
    right,
  );
  const origin: Vec3 = [third[0] + off * right[0], third[1] + off * right[1], third[2] + off * right[2]];
  return { origin, right, front, up: cross(right, front) };
}

/** World direction of a vector in the axes of a frame. */
function combine({ right, front, up }: Frame, [x, y, z]: Vec3): Vec3 {
  return [
    x * right[0] + y * front[0] + z * up[0],
    x * right[1] + y * front[1] + z * up[1],
    x * right[2] + y * front[2] + z * up[2],
  ];
}

/** Angle of a direction above the frame's front, seen from the side, degrees. */
function angleOf(direction: Vec3, { front, up }: Frame): number {
  return (Math.atan2(dot(direction, up), dot(direction, front)) * 180) / Math.PI;
}

function angleBetween(a: Vec3, b: Vec3): number {
  return (Math.atan2(Math.hypot(...cross(a, b)), dot(a, b)) * 180) / Math.PI;
}

/** From the third ventricle to the mean of the two sides' parts in front of it; undefined when a side has none. */
function frontalDirection(points: VentriclePoints, frame: Frame, third: Vec3): Vec3 | undefined {
  const left = meanInFront(points[4], frame.front, third);
  const right = meanInFront(points[43], frame.front, third);
  if (left === undefined || right === undefined) return undefined;
  return [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2, (left[2] + right[2]) / 2];
}

/** Mean of the points in front of a place, relative to it. */
function meanInFront(points: PointList, front: Vec3, place: Vec3): Vec3 | undefined {
  const sum = [0, 0, 0];
  let count = 0;
  for (let at = 0; at < points.length; at += 3) {
    const x = points[at]! - place[0];
    const y = points[at + 1]! - place[1];
    const z = points[at + 2]! - place[2];
    if (front[0] * x + front[1] * y + front[2] * z <= 0) continue;
    sum[0]! += x;
    sum[1]! += y;
    sum[2]! += z;
    count++;
  }
  return count === 0 ? undefined : [sum[0]! / count, sum[1]! / count, sum[2]! / count];
}

function tiltOf(
  fromFourth: number | undefined,
  fromFrontal: number | undefined,
): { degrees: number; from: TiltSource } | undefined {
  const byFourth = fromFourth === undefined ? undefined : fromFourth - fourthDegrees;
  const byFrontal = fromFrontal === undefined ? undefined : fromFrontal - frontalDegrees;
  if (byFourth !== undefined && byFrontal !== undefined) {
    return {
      degrees: fourthWeight * byFourth + (1 - fourthWeight) * byFrontal,
      from: 'fourth-and-frontal',
    };
  }
  if (byFourth !== undefined) return { degrees: byFourth, from: 'fourth' };
  return byFrontal === undefined ? undefined : { degrees: byFrontal, from: 'frontal' };
}

/** The frame turned about its x so that its front rises by the tilt. */
function tilted(frame: Frame, degrees: number): Frame {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const front = unit(combine(frame, [0, c, s]));
  return { ...frame, front, up: cross(frame.right, front) };
}

/** @param frame with its origin at the third ventricle */
function poseOf(frame: Frame, tiltFrom: TiltSource): HeadPose {
  const { origin, right, front, up } = frame;
  const toAc = combine(frame, [0, acFromThird.front, acFromThird.up]);
  const ac: Vec3 = [origin[0] + toAc[0], origin[1] + toAc[1], origin[2] + toAc[2]];
  const poseToWorld = [0, 1, 2].flatMap((axis) => [right[axis]!, front[axis]!, up[axis]!, ac[axis]!]);
  poseToWorld.push(0, 0, 0, 1);
  return {
    worldToPose: invertAffine(poseToWorld),
    poseToWorld,
    anteriorCommissure: ac,
    posteriorCommissure: applyAffine(poseToWorld, [0, -acPcMm, 0]),
    tiltFrom,
    tiltErrorDegrees: tiltErrors[tiltFrom],
  };
}
