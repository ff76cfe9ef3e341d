/**
 * How a two-dimensional picture lies in a conformed volume: which plane, at which scale, which part of it.
 *
 * The conformed volume is 256^3 voxels of 1 mm in LIA order: the first index grows to the patient's left, the
 * second downwards, the third to the front. Pictures of it read:
 *
 * | plane    | slices along | rows, from the top   | columns, from the left |
 * | sagittal | first axis   | superior to inferior | posterior to anterior  |
 * | coronal  | third axis   | superior to inferior | right to left          |
 * | axial    | second axis  | anterior to posterior| right to left          |
 *
 * Rows and columns are the array's own axes, except that an axial picture runs the third axis backwards, so that
 * the forehead is at the top as people expect. Sagittal is the 2017 experiment's `volume[i, :, :]`.
 */
import { type Affine, multiplyAffines } from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';

/** Voxels along each axis of the conformed volume. */
export const conformedSize = 256;

export type Plane = 'sagittal' | 'coronal' | 'axial';

/** The part of the scaled slice that is kept; counted from 0. */
export interface Crop {
  readonly firstRow: number;
  readonly firstColumn: number;
  readonly rows: number;
  readonly columns: number;
}

/** Plane, scale and crop; together with a slice index, the exact place of a picture in the volume. */
export interface SlicePlan {
  readonly plane: Plane;
  /** Rows and columns that the 256 x 256 slice is scaled to before it is cropped. */
  readonly scaledSize: number;
  readonly crop: Crop;
}

/** Axes of the volume (0 to 2) behind a plane's slices, rows and columns. */
export interface PlaneAxes {
  readonly slice: number;
  readonly row: number;
  readonly column: number;
  /** Whether the top row is the last index of the row axis. */
  readonly rowsReversed: boolean;
  /** What the rows and columns run along, in words. */
  readonly rows: string;
  readonly columns: string;
}

export const planeAxes: Readonly<Record<Plane, PlaneAxes>> = {
  sagittal: {
    slice: 0,
    row: 1,
    column: 2,
    rowsReversed: false,
    rows: 'superior to inferior',
    columns: 'posterior to anterior',
  },
  coronal: {
    slice: 2,
    row: 1,
    column: 0,
    rowsReversed: false,
    rows: 'superior to inferior',
    columns: 'right to left',
  },
  axial: {
    slice: 1,
    row: 2,
    column: 0,
    rowsReversed: true,
    rows: 'anterior to posterior',
    columns: 'right to left',
  },
};

/** The crop of this many rows and columns around the middle of the scaled slice. */
export function centreCrop(scaledSize: number, rows: number, columns: number): Crop {
  return {
    firstRow: Math.floor((scaledSize - rows) / 2),
    firstColumn: Math.floor((scaledSize - columns) / 2),
    rows,
    columns,
  };
}

/** @throws VentrisegError BAD_PLAN when the scale is not 1 to 1024, or the crop leaves the scaled slice. */
export function checkSlicePlan(plan: SlicePlan): void {
  const { scaledSize, crop } = plan;
  if (!Number.isInteger(scaledSize) || scaledSize < 1 || scaledSize > 1024) {
    throw new VentrisegError('BAD_PLAN', `slices must be scaled to 1 to 1024 pixels: ${scaledSize}`);
  }
  const numbers = [crop.firstRow, crop.firstColumn, crop.rows, crop.columns];
  const inside =
    numbers.every(Number.isInteger) &&
    crop.firstRow >= 0 &&
    crop.firstColumn >= 0 &&
    crop.rows >= 1 &&
    crop.columns >= 1 &&
    crop.firstRow + crop.rows <= scaledSize &&
    crop.firstColumn + crop.columns <= scaledSize;
  if (!inside) {
    throw new VentrisegError(
      'BAD_PLAN',
      `crop of ${crop.rows}x${crop.columns} pixels from row ${crop.firstRow}, column ${crop.firstColumn} ` +
        `does not lie in the slice of ${scaledSize}x${scaledSize}`,
    );
  }
}

/** @throws VentrisegError BAD_PLAN when the slice is not one of the conformed volume's. */
export function checkSliceIndex(index: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= conformedSize) {
    throw new VentrisegError('BAD_PLAN', `slice ${index} is not one of 0 to ${conformedSize - 1}`);
  }
}

/**
 * Matrix from a picture's (column, row, 0, 1) to the volume's voxel (i, j, k, 1): the inverse of the cutting,
 * with pixel centres at whole numbers.
 */
export function sliceToVoxel(plan: SlicePlan, index: number): Affine {
  checkSlicePlan(plan);
  checkSliceIndex(index);
  const axes = planeAxes[plan.plane];
  const step = conformedSize / plan.scaledSize;
  const matrix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
  matrix[4 * axes.column] = step;
  matrix[4 * axes.column + 3] = (plan.crop.firstColumn + 0.5) * step - 0.5;
  const topRow = (plan.crop.firstRow + 0.5) * step - 0.5;
  matrix[4 * axes.row + 1] = axes.rowsReversed ? -step : step;
  matrix[4 * axes.row + 3] = axes.rowsReversed ? conformedSize - 1 - topRow : topRow;
  matrix[4 * axes.slice + 2] = 1;
  matrix[4 * axes.slice + 3] = index;
  return matrix;
}

/** Where a picture lies: its size, the side of a pixel in mm, and its matrix to world RAS in mm. */
export interface SliceGeometry {
  readonly rows: number;
  readonly columns: number;
  readonly pixelMm: number;
  /** (column, row, 0, 1) to voxel (i, j, k, 1) of the conformed volume. */
  readonly pictureToVoxel: Affine;
  /** (column, row, 0, 1) to world RAS in mm. */
  readonly pictureToWorld: Affine;
}

/** Geometry of one picture, given the conformed volume's own matrix (1 mm voxels). */
export function sliceGeometry(plan: SlicePlan, index: number, voxelToWorld: Affine): SliceGeometry {
  const pictureToVoxel = sliceToVoxel(plan, index);
  return {
    rows: plan.crop.rows,
    columns: plan.crop.columns,
    pixelMm: conformedSize / plan.scaledSize,
    pictureToVoxel,
    pictureToWorld: multiplyAffines(voxelToWorld, pictureToVoxel),
  };
}
