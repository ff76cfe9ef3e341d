/**
 * The slices that show a result: three planes through the middle of the ventricles, and axial slices from their
 * lowest to their highest part, all with the outlines of the labels. The patient's right is on the left.
 */
import {
  type Affine,
  applyAffine,
  foregroundBox,
  type Grid,
  invertAffine,
  multiplyAffines,
  resample,
  type Vec3,
  type Volume,
  type VoxelBox,
  voxelSizesMm,
} from '@ventriseg/imaging';
import { greyWithMaskRgb, type OverlayOptions, type Picture } from '../pictures/index.ts';
import { type Plane, planeAxes } from '../slices/index.ts';
import { sampleSlice } from './sample-slice.ts';
import type { Segmentation } from './segment-volume.ts';

/** Side of the window around the ventricles in the axial slices, mm. */
const sliceWindowMm = 128;
const axialSlices = 6;
/** Grey value that the brain's bright tissue is shown with. */
const shownBright = 190;
/** Upper and lower end of the axial slices of a scan without ventricles, from its middle, mm. */
const emptyReachMm = 30;
/** Axis of the world (RAS) that a plane's slices follow each other along. */
const worldAxes: Readonly<Record<Plane, 0 | 1 | 2>> = { sagittal: 0, coronal: 1, axial: 2 };

/** What of a segmentation is shown. */
export type ShownSegmentation = Pick<Segmentation, 'labels' | 'shown' | 'plane'>;

export interface PanelOptions {
  /** Side of the window around the ventricles in the three planes, mm. */
  readonly planeWindowMm: number;
  /** Pixels a mm, whole, 1 to 4; outlines are a pixel wide. */
  readonly pixelsPerMm: number;
  /** How labels are shown; default their outlines in the colours of the ventricles. */
  readonly overlay?: OverlayOptions;
}

/** One slice as it is shown. */
export interface ResultPanel<P = Picture> {
  readonly plane: Plane;
  /** Place of the slice in the world (RAS): x of a sagittal, y of a coronal, z of an axial one, mm. */
  readonly positionMm: number;
  readonly picture: P;
}

export interface ResultPanels<P = Picture> {
  /** Sagittal, coronal, axial. */
  readonly planes: readonly ResultPanel<P>[];
  /** Axial, from the lowest to the highest. */
  readonly slices: readonly ResultPanel<P>[];
}

/** Draws the slices of a result: square, RGB. */
export function drawPanels(segmentation: ShownSegmentation, options: PanelOptions): ResultPanels {
  const { labels, shown } = segmentation;
  const { centre, top, bottom } = middleOf(segmentation);
  const draw = (plane: Plane, index: number, windowMm: number): ResultPanel => {
    const { slice } = planeAxes[plane];
    const voxel = centre.map((value, axis) => (axis === slice ? index : value)) as unknown as Vec3;
    const grid = pictureGrid(shown.image, plane, voxel, windowMm, options.pixelsPerMm);
    return {
      plane,
      positionMm: applyAffine(shown.image.voxelToWorld, voxel)[worldAxes[plane]],
      picture: drawSlice(shown, labels, grid, options.overlay ?? { outline: true }),
    };
  };
  return {
    planes: (['sagittal', 'coronal', 'axial'] as const).map((plane) =>
      draw(plane, centre[planeAxes[plane].slice]!, options.planeWindowMm),
    ),
    slices: Array.from({ length: axialSlices }, (_, k) => {
      const height = bottom - ((bottom - top) * (k + 0.5)) / axialSlices;
      return draw('axial', inside(height, shown.image.shape[1]), sliceWindowMm);
    }),
  };
}

/** Where a slice lies, in words, such as `coronal, y -12 mm`. */
export function placeOf({ plane, positionMm }: Omit<ResultPanel, 'picture'>): string {
  // Plus 0, so that there is no -0.
  return `${plane}, ${'xyz'[worldAxes[plane]]} ${Math.round(positionMm) + 0} mm`;
}

interface Middle {
  /** Voxel of the shown scan. */
  readonly centre: Vec3;
  /** Upper and lower end of what to show, along the second axis, which runs downwards. */
  readonly top: number;
  readonly bottom: number;
}

/** The centre of mass of the labels and their upper and lower end; the middle of the scan where there are none. */
function middleOf({ labels, shown, plane }: ShownSegmentation): Middle {
  const { shape, voxelToWorld } = shown.image;
  const toShown = invertAffine(voxelToWorld);
  const m = multiplyAffines(toShown, labels.voxelToWorld);
  const box = foregroundBox(labels);
  if (box !== undefined) {
    const { sums, count, top, bottom } = sumUp(labels, box, m);
    const centre = sums.map((sum, axis) => inside(sum / count, shape[axis]!)) as unknown as Vec3;
    return { centre, top, bottom };
  }
  const half = shape.map((n) => n / 2) as unknown as Vec3;
  const [x, y, z] = half.map((value, axis) => inside(value, shape[axis]!)) as unknown as Vec3;
  const onPlane = plane && applyAffine(toShown, [plane.offsetMm, 0, 0])[0];
  const reach = emptyReachMm / voxelSizesMm(voxelToWorld)[1];
  return {
    centre: [onPlane === undefined ? x : inside(onPlane, shape[0]), y, z],
    top: half[1] - reach,
    bottom: half[1] + reach,
  };
}

/** Sums of the labelled voxels' places through `m`, and the ends along its second axis. */
function sumUp(labels: Volume<Uint8Array>, { start, size }: VoxelBox, m: Affine) {
  const [nx, ny] = labels.shape;
  let [x, y, z, count] = [0, 0, 0, 0];
  let top = Infinity;
  let bottom = -Infinity;
  for (let k = start[2]; k < start[2] + size[2]; k++) {
    for (let j = start[1]; j < start[1] + size[1]; j++) {
      for (let i = start[0]; i < start[0] + size[0]; i++) {
        if (labels.data[i + nx * (j + ny * k)] === 0) continue;
        const height = m[4]! * i + m[5]! * j + m[6]! * k + m[7]!;
        x += m[0]! * i + m[1]! * j + m[2]! * k + m[3]!;
        y += height;
        z += m[8]! * i + m[9]! * j + m[10]! * k + m[11]!;
        count++;
        if (height < top) top = height;
        if (height > bottom) bottom = height;
      }
    }
  }
  return { sums: [x, y, z], count, top, bottom };
}

/** The nearest slice that there is. */
function inside(position: number, count: number): number {
  return Math.min(Math.max(Math.round(position), 0), count - 1);
}

/**
 * The pixels of a slice: a square of the plane that has the voxel in its middle, moved to lie inside of the scan
 * where the scan is large enough.
 */
function pictureGrid(image: Grid, plane: Plane, voxel: Vec3, windowMm: number, pixelsPerMm: number): Grid {
  const { row, column, rowsReversed } = planeAxes[plane];
  const sizes = voxelSizesMm(image.voxelToWorld);
  const pixels = Math.round(windowMm * pixelsPerMm);
  /** Voxels from one pixel to the next. */
  const step = (axis: number) => 1 / (pixelsPerMm * sizes[axis]!);
  /** Position of the first pixel's centre along an axis, in voxels. */
  const first = (axis: number) => {
    const side = pixels * step(axis);
    const room = image.shape[axis]! - side;
    const start = voxel[axis]! + 0.5 - side / 2;
    const edge = room >= 0 ? Math.min(Math.max(start, 0), room) : room / 2;
    return edge + (step(axis) - 1) / 2;
  };
  const toVoxel = new Array<number>(16).fill(0);
  toVoxel[15] = 1;
  for (let axis = 0; axis < 3; axis++) toVoxel[4 * axis + 3] = voxel[axis]!;
  toVoxel[4 * column] = step(column);
  toVoxel[4 * column + 3] = first(column);
  toVoxel[4 * row + 1] = rowsReversed ? -step(row) : step(row);
  toVoxel[4 * row + 3] = first(row) + (rowsReversed ? (pixels - 1) * step(row) : 0);
  // Of a single layer, so that any third axis will do.
  const slice = 3 - row - column;
  toVoxel[4 * slice + 2] = 1;
  return { shape: [pixels, pixels, 1], voxelToWorld: multiplyAffines(image.voxelToWorld, toVoxel) };
}

/** The pixels of a slice with the outlines of the labels, for the eye: each pixel shows the label nearest to it. */
export function drawSlice(
  shown: Segmentation['shown'],
  labels: Volume<Uint8Array>,
  grid: Grid,
  overlay: OverlayOptions,
): Picture {
  const [columns, rows] = grid.shape;
  const grey = new Uint8ClampedArray(columns * rows);
  const scale = shownBright / (shown.bright - shown.black);
  const values = sampleSlice(shown.image, grid, shown.black);
  for (let at = 0; at < grey.length; at++) {
    grey[at] = (values[at]! - shown.black) * scale;
    // Every second grey, so that with the colours there are few enough for a palette.
    grey[at]! &= 0xfe;
  }
  const mask = resample(labels, grid, { method: 'nearest' }).data;
  return greyWithMaskRgb(grey, mask, columns, rows, overlay);
}
