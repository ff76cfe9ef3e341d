/**
 * The lines of the measures on the slices where they were taken, in the standard pose: the commissures lie on one
 * horizontal line and the middle of the head is the middle of the picture. The patient's right is on the left.
 */
import { type Affine, applyAffine, multiplyAffines, type Vec3, type Volume } from '@ventriseg/imaging';
import { drawLine, drawText, type PicturePoint } from '../pictures/drawing.ts';
import type { Picture, Rgb } from '../pictures/index.ts';
import type { ShownScan } from '../segment/found.ts';
import { drawSlice } from '../segment/result-panels.ts';
import type { HeadPose } from './head-pose.ts';
import {
  type Measure,
  type MeasuredLine,
  type MeasureId,
  type MeasurePlane,
  measureDefinitions,
} from './measure.ts';
import { measureText } from './measure-text.ts';
import type { VentricleMeasures } from './measure-ventricles.ts';

/** One slice with the lines of one measure. */
export interface MeasurePanel<P = Picture> {
  readonly id: MeasureId;
  readonly plane: MeasurePlane;
  /** Axial: height above the commissures; coronal: in front of the anterior one; mm. */
  readonly positionMm: number;
  /** The measure, its value and the lengths of its lines, in words. */
  readonly caption: string;
  /** Square, RGB. */
  readonly picture: P;
}

export interface MeasuredScan extends VentricleMeasures {
  readonly labels: Volume<Uint8Array>;
  readonly shown: ShownScan;
}

/** What is shown: the first of `ids` that was measured, in a window around a place of the pose. */
interface View {
  readonly ids: readonly MeasureId[];
  readonly windowMm: number;
  readonly middle: Vec3;
}

const headMiddle: Vec3 = [0, -18, 0];
const views: readonly View[] = [
  { ids: ['evansIndex', 'frontalHornWidthMm'], windowMm: 200, middle: headMiddle },
  { ids: ['bicaudateWidthMm'], windowMm: 100, middle: [0, -5, 0] },
  { ids: ['thirdVentricleWidthMm'], windowMm: 100, middle: [0, -14, 0] },
  { ids: ['occipitalHornWidthMm'], windowMm: 200, middle: headMiddle },
  { ids: ['innerSkullWidthMm'], windowMm: 200, middle: headMiddle },
  { ids: ['callosalAngleDegrees'], windowMm: 100, middle: [0, 0, 20] },
];

const lineColours: readonly Rgb[] = [
  [255, 220, 0],
  [0, 200, 255],
];
const lineWidth = 2.5;
/** Half the length of the strokes across the ends of widths, pixels. */
const tick = 7;

/**
 * Draws all measures that have lines; none without a pose.
 *
 * @param pixels side of the square pictures
 * @example const panels = drawMeasures(segmentation, 400);
 */
export function drawMeasures(scan: MeasuredScan, pixels: number): MeasurePanel[] {
  const { pose, measures } = scan;
  if (pose === null) return [];
  return views.flatMap(({ ids, windowMm, middle }) => {
    const measure = ids.map((id) => measures.find((one) => one.id === id)).find(isMeasured);
    return measure === undefined ? [] : [drawMeasure(scan, pose, measure, windowMm, middle, pixels)];
  });
}

type Measured = Extract<Measure, { status: 'measured' }>;

function isMeasured(measure: Measure | undefined): measure is Measured {
  return measure?.status === 'measured';
}

function drawMeasure(
  { labels, shown }: MeasuredScan,
  pose: HeadPose,
  measure: Measured,
  windowMm: number,
  middle: Vec3,
  pixels: number,
): MeasurePanel {
  const plane = measureDefinitions[measure.id].plane ?? 'axial';
  const inPose = (place: Vec3) => applyAffine(pose.worldToPose, place);
  // All lines of a measure that is drawn lie in one slice.
  const positionMm = inPose(measure.lines[0]!.from)[plane === 'axial' ? 2 : 1];
  const pixelToPose = pictureAxes(plane, positionMm, middle, windowMm, pixels);
  const voxelToWorld = multiplyAffines(pose.poseToWorld, pixelToPose);
  const picture = drawSlice(shown, labels, { shape: [pixels, pixels, 1], voxelToWorld }, { outline: true });
  const onPicture = (place: Vec3): PicturePoint => {
    const [x, y, z] = inPose(place);
    const up = plane === 'axial' ? y - middle[1] : z - middle[2];
    const scale = pixels / windowMm;
    return [pixels / 2 - (x - middle[0]) * scale, pixels / 2 - up * scale];
  };
  measure.lines.forEach((line, n) => {
    const isAngle = measureDefinitions[measure.id].unit === 'degrees';
    drawMeasuredLine(picture, line, onPicture, lineColours[isAngle ? 0 : n % lineColours.length]!, isAngle);
  });
  drawText(picture, 'R', 6, pixels / 2 - 7, 2, [230, 230, 230]);
  drawText(picture, 'L', pixels - 16, pixels / 2 - 7, 2, [230, 230, 230]);
  return { id: measure.id, plane, positionMm, caption: measureText(measure), picture };
}

/** From pixels (column, row, 0) to the pose; x runs to the left of the picture, up is front or top of the head. */
function pictureAxes(
  plane: MeasurePlane,
  positionMm: number,
  middle: Vec3,
  windowMm: number,
  pixels: number,
): Affine {
  const step = windowMm / pixels;
  const half = windowMm / 2 - step / 2;
  const x = middle[0] + half;
  return plane === 'axial'
    ? [-step, 0, 0, x, 0, -step, 0, middle[1] + half, 0, 0, 1, positionMm, 0, 0, 0, 1]
    : [-step, 0, 0, x, 0, 0, 1, positionMm, 0, -step, 0, middle[2] + half, 0, 0, 0, 1];
}

/** The line, with strokes across its ends unless it is the arm of an angle. */
function drawMeasuredLine(
  picture: Picture,
  { from, to }: MeasuredLine,
  onPicture: (place: Vec3) => PicturePoint,
  colour: Rgb,
  isArm: boolean,
): void {
  const [a, b] = [onPicture(from), onPicture(to)];
  drawLine(picture, a, b, lineWidth, colour);
  if (isArm) return;
  for (const [x, y] of [a, b]) drawLine(picture, [x, y - tick], [x, y + tick], lineWidth, colour);
}
