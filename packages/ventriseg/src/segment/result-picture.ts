/**
 * The picture for checking a result at a glance: three planes through the middle of the ventricles with their
 * outlines, and below them axial slices from the lowest to the highest part. The patient's right is on the left.
 */
import { applyAffine, gridOf, invertAffine, resample, type Vec3, type Volume } from '@ventriseg/imaging';
import { brightTissueLevel } from '../intensity/index.ts';
import { contactSheet, greyWithMaskRgb, type Picture } from '../pictures/index.ts';
import { type Plane, sliceOf } from '../slices/index.ts';
import type { Segmentation } from './segment-volume.ts';

/** Side of the window around the ventricles in the lower row, mm. */
const windowMm = 128;
const lowerSlices = 6;
/** Grey value that white matter is shown with. */
const shownWhiteMatter = 190;

/** Draws the sheet, about 800 x 500 pixels, on black; the caption begins with `name`. */
export function drawResult(segmentation: Segmentation, name: string): Picture {
  const { labels, volumes, quality } = segmentation;
  const conformed = forTheEye(segmentation.conformed);
  const grid = gridOf(conformed);
  // For the eye only: what is shown are the finished labels, on the grid of the grey picture.
  const mask = resample(labels, grid, { method: 'nearest' });
  const { centre, low, high } = middleOf(mask, conformed, segmentation);
  const planes = (['sagittal', 'coronal', 'axial'] as const).map((plane) =>
    drawPlane(conformed, mask, plane, centre[plane]),
  );
  const world = applyAffine(grid.voxelToWorld, [centre.sagittal, centre.axial, centre.coronal]);
  const places = [`x ${world[0].toFixed(0)}`, `y ${world[1].toFixed(0)}`, `z ${world[2].toFixed(0)}`];
  const upper = contactSheet(planes, {
    columns: 3,
    labels: (['sagittal', 'coronal', 'axial'] as const).map((plane, k) => `${plane} ${places[k]} mm`),
  });
  const slices = Array.from({ length: lowerSlices }, (_, k) =>
    Math.round(high - ((high - low) * (k + 0.5)) / lowerSlices),
  );
  const lower = contactSheet(
    slices.map((index) => cutWindow(drawPlane(conformed, mask, 'axial', index), centre)),
    {
      columns: lowerSlices,
      labels: slices.map((index) => `z ${applyAffine(grid.voxelToWorld, [0, index, 0])[2].toFixed(0)} mm`),
    },
  );
  const amounts = volumes.labels.map(({ title, ml }) => `${title} ${ml.toFixed(1)} mL`);
  const caption = [
    `${name}: ${volumes.total.ml.toFixed(1)} mL`,
    ...inLines(amounts, 3),
    ...quality.map(({ severity, code }) => `${severity}: ${code}`),
    "The patient's right is on the left of coronal and axial pictures. Not a medical device.",
  ].join('\n');
  return oneBelowTheOther(upper, contactSheet([lower], { columns: 1, gap: 4, labels: [caption] }));
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

function oneBelowTheOther(upper: Picture, lower: Picture): Picture {
  const width = Math.max(upper.width, lower.width);
  const height = upper.height + lower.height;
  const data = new Uint8Array(width * height * 3);
  let top = 0;
  for (const picture of [upper, lower]) {
    const left = (width - picture.width) >> 1;
    for (let row = 0; row < picture.height; row++) {
      const from = row * picture.width * 3;
      data.set(picture.data.subarray(from, from + picture.width * 3), ((top + row) * width + left) * 3);
    }
    top += picture.height;
  }
  return { width, height, data, channels: 3 };
}

interface Middle {
  /** Slice of each plane. */
  readonly centre: Readonly<Record<Plane, number>>;
  /** Lowest and highest axial slice shown, as indices of the conformed volume's second axis. */
  readonly low: number;
  readonly high: number;
}

/** The centre of mass of the labels and their lower and upper end; the middle of the head where there are none. */
function middleOf(mask: Volume<Uint8Array>, conformed: Volume, { plane }: Segmentation): Middle {
  const [nx, ny, nz] = mask.shape;
  const sums = [0, 0, 0];
  let count = 0;
  let first = ny;
  let last = -1;
  for (let k = 0, at = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, at++) {
        if (mask.data[at] === 0) continue;
        sums[0]! += i;
        sums[1]! += j;
        sums[2]! += k;
        count++;
        if (j < first) first = j;
        if (j > last) last = j;
      }
    }
  }
  if (count === 0) {
    const x = plane === undefined ? 0 : plane.offsetMm;
    const middle = applyAffine(invertAffine(conformed.voxelToWorld), [x, 0, 0]);
    const inside = (value: number, n: number) => (value >= 0 && value < n ? Math.round(value) : n >> 1);
    const centre = { sagittal: inside(middle[0], nx), axial: ny >> 1, coronal: nz >> 1 };
    return { centre, low: (ny >> 1) - 30, high: (ny >> 1) + 30 };
  }
  const [x, y, z] = sums.map((sum) => Math.round(sum / count)) as unknown as Vec3;
  return { centre: { sagittal: x, axial: y, coronal: z }, low: first, high: last };
}

function drawPlane(grey: Volume<Uint8Array>, mask: Volume<Uint8Array>, plane: Plane, index: number): Picture {
  const size = grey.shape[0];
  return greyWithMaskRgb(sliceOf(grey, plane, index), sliceOf(mask, plane, index), size, size, {
    outline: true,
  });
}

/** The window of an axial picture around the ventricles (rows run from the front, columns from the right). */
function cutWindow(picture: Picture, { sagittal, coronal }: Readonly<Record<Plane, number>>): Picture {
  const { width, height, data } = picture;
  const clamp = (middle: number, size: number) =>
    Math.min(Math.max(middle - windowMm / 2, 0), size - windowMm);
  const left = clamp(sagittal, width);
  const top = clamp(height - 1 - coronal, height);
  const cut = new Uint8Array(windowMm * windowMm * 3);
  for (let row = 0; row < windowMm; row++) {
    const from = ((top + row) * width + left) * 3;
    cut.set(data.subarray(from, from + windowMm * 3), row * windowMm * 3);
  }
  return { width: windowMm, height: windowMm, data: cut, channels: 3 };
}

function inLines(items: readonly string[], perLine: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < items.length; at += perLine) lines.push(items.slice(at, at + perLine).join(', '));
  return lines;
}
