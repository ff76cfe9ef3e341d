/**
 * Cuts pictures out of a conformed volume and puts pictures back into it; the same functions serve preparing a
 * dataset and running a trained network, so that the two cannot drift apart.
 *
 * Scaling is bilinear between pixel centres that lie at half-integers, without smoothing first. Halving is then
 * exactly the mean of 2 x 2 pixels, as in the 2017 experiment.
 */
import type { Volume } from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';
import {
  checkSliceIndex,
  checkSlicePlan,
  conformedSize,
  type Plane,
  planeAxes,
  type SlicePlan,
} from './slice-plan.ts';

const strides = [1, conformedSize, conformedSize * conformedSize] as const;

/** For each output position, the two source positions and the weight of the second. */
interface Taps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly weight: Float64Array;
}

/** Start and strides of a plane's 256 x 256 picture in the volume's array. */
interface Layout {
  readonly base: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/**
 * One whole plane of a conformed volume as a picture of 256 x 256, row by row; see slice-plan.ts for what rows
 * and columns are.
 *
 * @param index Slice, counted from 0.
 */
export function sliceOf<T extends Uint8Array | Float32Array>(
  volume: Volume<T>,
  plane: Plane,
  index: number,
): T {
  const { base, rowStride, columnStride } = layoutOf(volume, plane, index);
  const source = volume.data;
  const picture = source.slice(0, conformedSize * conformedSize) as T;
  let out = 0;
  for (let row = 0; row < conformedSize; row++) {
    let at = base + row * rowStride;
    for (let column = 0; column < conformedSize; column++, at += columnStride) picture[out++] = source[at]!;
  }
  return picture;
}

/**
 * The picture a network sees: one plane, scaled and cropped.
 *
 * @param volume Conformed intensities, 256^3, LIA.
 * @param index Slice, counted from 0.
 * @returns `crop.rows * crop.columns` intensities, row by row, rounded to the nearest.
 */
export function extractSlice(volume: Volume<Uint8Array>, plan: SlicePlan, index: number): Uint8Array {
  checkSlicePlan(plan);
  const { base, rowStride, columnStride } = layoutOf(volume, plan.plane, index);
  const { crop } = plan;
  const rows = samplingTaps(plan.scaledSize, crop.firstRow, crop.rows, rowStride);
  const columns = samplingTaps(plan.scaledSize, crop.firstColumn, crop.columns, columnStride);
  const source = volume.data;
  const picture = new Uint8Array(crop.rows * crop.columns);
  let out = 0;
  for (let row = 0; row < crop.rows; row++) {
    const upper = base + rows.first[row]!;
    const lower = base + rows.second[row]!;
    const down = rows.weight[row]!;
    for (let column = 0; column < crop.columns; column++) {
      const left = columns.first[column]!;
      const right = columns.second[column]!;
      const across = columns.weight[column]!;
      const top = source[upper + left]! * (1 - across) + source[upper + right]! * across;
      const bottom = source[lower + left]! * (1 - across) + source[lower + right]! * across;
      picture[out++] = Math.floor(top * (1 - down) + bottom * down + 0.5);
    }
  }
  return picture;
}

/**
 * The labels that belong to {@link extractSlice}'s picture.
 *
 * A pixel is labelled when the mask of all classes, 255 inside and 0 outside, scaled like the picture, is over
 * 127: from half covered on. It then gets the class that covers most of it, the lowest number among equals.
 *
 * @param labels Class numbers 0 (background) to `classCount` on the conformed grid.
 */
export function extractLabelSlice(
  labels: Volume<Uint8Array>,
  plan: SlicePlan,
  index: number,
  classCount: number,
): Uint8Array {
  checkSlicePlan(plan);
  const { base, rowStride, columnStride } = layoutOf(labels, plan.plane, index);
  const { crop } = plan;
  const rows = samplingTaps(plan.scaledSize, crop.firstRow, crop.rows, rowStride);
  const columns = samplingTaps(plan.scaledSize, crop.firstColumn, crop.columns, columnStride);
  const source = labels.data;
  const picture = new Uint8Array(crop.rows * crop.columns);
  const covered = new Float64Array(256);
  let out = 0;
  for (let row = 0; row < crop.rows; row++) {
    const upper = base + rows.first[row]!;
    const lower = base + rows.second[row]!;
    const down = rows.weight[row]!;
    for (let column = 0; column < crop.columns; column++, out++) {
      const left = columns.first[column]!;
      const right = columns.second[column]!;
      const a = source[upper + left]!;
      const b = source[upper + right]!;
      const c = source[lower + left]!;
      const d = source[lower + right]!;
      if (a === b && a === c && a === d) {
        picture[out] = a;
        continue;
      }
      const across = columns.weight[column]!;
      covered.fill(0, 0, classCount + 1);
      covered[a]! += (1 - across) * (1 - down);
      covered[b]! += across * (1 - down);
      covered[c]! += (1 - across) * down;
      covered[d]! += across * down;
      if ((1 - covered[0]!) * 255 <= 127) continue;
      let best = 1;
      for (let label = 2; label <= classCount; label++) if (covered[label]! > covered[best]!) best = label;
      picture[out] = best;
    }
  }
  return picture;
}

/** Labelled voxels of one whole plane, before scaling. */
export function countLabelled(labels: Volume<Uint8Array>, plane: Plane, index: number): number {
  const { base, rowStride, columnStride } = layoutOf(labels, plane, index);
  const source = labels.data;
  let count = 0;
  for (let row = 0; row < conformedSize; row++) {
    let at = base + row * rowStride;
    for (let column = 0; column < conformedSize; column++, at += columnStride) if (source[at] !== 0) count++;
  }
  return count;
}

/**
 * Puts a network's picture back into its plane of a conformed volume, scaled up bilinearly: each voxel of the
 * plane is written, those outside the crop with 0.
 *
 * @param picture `crop.rows * crop.columns` values, row by row, such as probabilities.
 * @param into Volume on the conformed grid; only the plane `index` is changed.
 */
export function insertSlice(
  picture: Float32Array,
  into: Volume<Float32Array>,
  plan: SlicePlan,
  index: number,
): void {
  checkSlicePlan(plan);
  const { crop } = plan;
  if (picture.length !== crop.rows * crop.columns) {
    throw new VentrisegError(
      'BAD_ARGUMENT',
      `insertSlice() picture has ${picture.length} pixels, its plan ${crop.rows}x${crop.columns}`,
    );
  }
  const { base, rowStride, columnStride } = layoutOf(into, plan.plane, index);
  const rows = placingTaps(plan.scaledSize, crop.firstRow, crop.rows, crop.columns);
  const columns = placingTaps(plan.scaledSize, crop.firstColumn, crop.columns, 1);
  const target = into.data;
  for (let row = 0; row < conformedSize; row++) {
    let at = base + row * rowStride;
    const upper = rows.first[row]!;
    const lower = rows.second[row]!;
    const down = rows.weight[row]!;
    for (let column = 0; column < conformedSize; column++, at += columnStride) {
      const left = columns.first[column]!;
      if (upper < 0 || left < 0) {
        target[at] = 0;
        continue;
      }
      const right = columns.second[column]!;
      const across = columns.weight[column]!;
      const top = picture[upper + left]! * (1 - across) + picture[upper + right]! * across;
      const bottom = picture[lower + left]! * (1 - across) + picture[lower + right]! * across;
      target[at] = top * (1 - down) + bottom * down;
    }
  }
}

function layoutOf(volume: Volume, plane: Plane, index: number): Layout {
  checkSliceIndex(index);
  if (volume.shape.some((n) => n !== conformedSize)) {
    throw new VentrisegError(
      'BAD_ARGUMENT',
      `slices are cut from a conformed volume of ${conformedSize}^3, not ${volume.shape.join('x')}`,
    );
  }
  const axes = planeAxes[plane];
  const rowStride = strides[axes.row]!;
  const start = index * strides[axes.slice]!;
  return axes.rowsReversed
    ? {
        base: start + (conformedSize - 1) * rowStride,
        rowStride: -rowStride,
        columnStride: strides[axes.column]!,
      }
    : { base: start, rowStride, columnStride: strides[axes.column]! };
}

/** From the 256 positions of the plane to `count` scaled ones from `first`, as array offsets. */
function samplingTaps(scaledSize: number, first: number, count: number, stride: number): Taps {
  const taps = emptyTaps(count);
  const step = conformedSize / scaledSize;
  for (let k = 0; k < count; k++) {
    const position = clamp((first + k + 0.5) * step - 0.5, conformedSize - 1);
    setTap(taps, k, position, conformedSize - 1, stride);
  }
  return taps;
}

/** From `count` scaled positions from `first` back to the plane's 256; -1 where the picture does not reach. */
function placingTaps(scaledSize: number, first: number, count: number, stride: number): Taps {
  const taps = emptyTaps(conformedSize);
  const step = scaledSize / conformedSize;
  for (let k = 0; k < conformedSize; k++) {
    const position = (k + 0.5) * step - 0.5 - first;
    if (position < -0.5 || position >= count - 0.5) taps.first[k] = -1;
    else setTap(taps, k, clamp(position, count - 1), count - 1, stride);
  }
  return taps;
}

function emptyTaps(count: number): Taps {
  return { first: new Int32Array(count), second: new Int32Array(count), weight: new Float64Array(count) };
}

function setTap(taps: Taps, k: number, position: number, last: number, stride: number): void {
  const whole = Math.floor(position);
  taps.first[k] = whole * stride;
  taps.second[k] = Math.min(whole + 1, last) * stride;
  taps.weight[k] = position - whole;
}

function clamp(position: number, last: number): number {
  return Math.min(Math.max(position, 0), last);
}
