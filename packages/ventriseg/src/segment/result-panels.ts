/**
 * The slices that show a result: three planes through the middle of the ventricles, and axial slices from their
 * lowest to their highest part, all with the outlines of the labels. The patient's right is on the left.
 */
import {
  applyAffine,
  invertAffine,
  multiplyAffines,
  resample,
  type Vec3,
  type Volume,
} from '@ventriseg/imaging';
import { brightTissueLevel } from '../intensity/index.ts';
import { greyWithMaskRgb, type Picture } from '../pictures/index.ts';
import {
  conformedSize,
  extractSlice,
  type Plane,
  planeAxes,
  type SlicePlan,
  sliceGeometry,
} from '../slices/index.ts';
import type { Segmentation } from './segment-volume.ts';

/** Side of the window around the ventricles in the axial slices, mm. */
const sliceWindowMm = 128;
const axialSlices = 6;
/** Grey value that white matter is shown with. */
const shownWhiteMatter = 190;
/** Axis of the world (RAS) that a plane's slices follow each other along. */
const worldAxes: Readonly<Record<Plane, 0 | 1 | 2>> = { sagittal: 0, coronal: 1, axial: 2 };

/** What of a segmentation is shown. */
export type ShownSegmentation = Pick<Segmentation, 'labels' | 'conformed' | 'plane'>;

export interface PanelOptions {
  /** Side of the window around the ventricles in the three planes, whole mm, up to 256. */
  readonly planeWindowMm: number;
  /** Pixels a mm, whole, 1 to 4; outlines are a pixel wide. */
  readonly pixelsPerMm: number;
}

/** One slice as it is shown. */
export interface ResultPanel {
  readonly plane: Plane;
  /** Place of the slice in the world (RAS): x of a sagittal, y of a coronal, z of an axial one, mm. */
  readonly positionMm: number;
  readonly picture: Picture;
}

export interface ResultPanels {
  /** Sagittal, coronal, axial. */
  readonly planes: readonly ResultPanel[];
  /** Axial, from the lowest to the highest. */
  readonly slices: readonly ResultPanel[];
}

/** Draws the slices of a result: square, RGB. */
export function drawPanels(segmentation: ShownSegmentation, options: PanelOptions): ResultPanels {
  const { labels } = segmentation;
  const grey = forTheEye(segmentation.conformed);
  const { centre, top, bottom } = middleOf(segmentation);
  const draw = (plane: Plane, index: number, windowMm: number): ResultPanel => {
    const plan = windowAround(centre, plane, windowMm, options.pixelsPerMm);
    const voxel = centre.map((value, axis) => (axis === planeAxes[plane].slice ? index : value));
    return {
      plane,
      positionMm: applyAffine(grey.voxelToWorld, voxel as unknown as Vec3)[worldAxes[plane]],
      picture: drawSlice(grey, labels, plan, index),
    };
  };
  return {
    planes: (['sagittal', 'coronal', 'axial'] as const).map((plane) =>
      draw(plane, centre[planeAxes[plane].slice]!, options.planeWindowMm),
    ),
    slices: Array.from({ length: axialSlices }, (_, k) =>
      draw('axial', inside(bottom - ((bottom - top) * (k + 0.5)) / axialSlices), sliceWindowMm),
    ),
  };
}

/** Where a slice lies, in words, such as `coronal, y -12 mm`. */
export function placeOf({ plane, positionMm }: ResultPanel): string {
  // Plus 0, so that there is no -0.
  return `${plane}, ${'xyz'[worldAxes[plane]]} ${Math.round(positionMm) + 0} mm`;
}

/** Brightened so that white matter is light grey, whatever the scan's scale; what is brighter yet is white. */
function forTheEye(conformed: Volume<Uint8Array>): Volume<Uint8Array> {
  const level = brightTissueLevel(conformed);
  if (level === undefined) return conformed;
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    Math.min(255, Math.round((value * shownWhiteMatter) / level)),
  );
  return { ...conformed, data: conformed.data.map((value) => table[value]!) };
}

interface Middle {
  /** Voxel of the conformed volume. */
  readonly centre: Vec3;
  /** Upper and lower end of what to show, along the second axis, which runs downwards. */
  readonly top: number;
  readonly bottom: number;
}

/** The centre of mass of the labels and their upper and lower end; the middle of the head where there are none. */
function middleOf({ labels, conformed, plane }: ShownSegmentation): Middle {
  const toConformed = invertAffine(conformed.voxelToWorld);
  const m = multiplyAffines(toConformed, labels.voxelToWorld);
  const [nx, ny, nz] = labels.shape;
  const sums = [0, 0, 0];
  let count = 0;
  let top = conformedSize;
  let bottom = -1;
  for (let k = 0, at = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, at++) {
        if (labels.data[at] === 0) continue;
        const y = m[4]! * i + m[5]! * j + m[6]! * k + m[7]!;
        sums[0]! += m[0]! * i + m[1]! * j + m[2]! * k + m[3]!;
        sums[1]! += y;
        sums[2]! += m[8]! * i + m[9]! * j + m[10]! * k + m[11]!;
        count++;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
      }
    }
  }
  if (count > 0) return { centre: sums.map((sum) => inside(sum / count)) as unknown as Vec3, top, bottom };
  const half = conformedSize / 2;
  const i = plane === undefined ? half : inside(applyAffine(toConformed, [plane.offsetMm, 0, 0])[0]);
  return { centre: [i, half, half], top: half - 30, bottom: half + 30 };
}

/** The nearest slice that there is. */
function inside(position: number): number {
  return Math.min(Math.max(Math.round(position), 0), conformedSize - 1);
}

/** The square part of a plane's slices that has the centre in its middle, moved to lie inside of the slice. */
function windowAround(centre: Vec3, plane: Plane, windowMm: number, pixelsPerMm: number): SlicePlan {
  const { row, column, rowsReversed } = planeAxes[plane];
  const firstMm = (middle: number) =>
    Math.min(Math.max(middle - windowMm / 2, 0), conformedSize - windowMm) * pixelsPerMm;
  return {
    plane,
    scaledSize: conformedSize * pixelsPerMm,
    crop: {
      firstRow: firstMm(rowsReversed ? conformedSize - 1 - centre[row]! : centre[row]!),
      firstColumn: firstMm(centre[column]!),
      rows: windowMm * pixelsPerMm,
      columns: windowMm * pixelsPerMm,
    },
  };
}

/** For the eye only: the finished labels are shown as they are nearest to each pixel. */
function drawSlice(
  grey: Volume<Uint8Array>,
  labels: Volume<Uint8Array>,
  plan: SlicePlan,
  index: number,
): Picture {
  const { rows, columns, pictureToWorld } = sliceGeometry(plan, index, grey.voxelToWorld);
  const grid = { shape: [columns, rows, 1] as const, voxelToWorld: pictureToWorld };
  const mask = resample(labels, grid, { method: 'nearest' }).data;
  return greyWithMaskRgb(extractSlice(grey, plan, index), mask, columns, rows, { outline: true });
}
