/**
 * Leaves out what lies apart from the ventricles before the head is measured: a false island in an orbit or at the
 * back of the skull would tilt the pose and widen the horns.
 *
 * The lateral and the third ventricle lie close together: across the septum and the foramina, or where a slit has no
 * voxel, gaps are a few mm wide. So cells of about 10 mm that hold a label are joined with their neighbours, and the
 * group with the most labelled voxels is kept; what lies two cells away from it is left out. The aqueduct is longer,
 * so the fourth ventricle is a group of its own.
 */
import { labelComponents, type Shape3, type Volume, voxelSizesMm } from '@ventriseg/imaging';
import type { CanonicalNumber } from '../labels/index.ts';

const cellMm = 10;
/** Labels that lie near to each other in a head. */
const together: readonly (readonly CanonicalNumber[])[] = [[4, 43, 5, 44, 14], [15]];

/** The labels of the largest groups of parts that lie near to each other; all else is 0. */
export function nearParts(labels: Volume<Uint8Array>): Volume<Uint8Array> {
  const { data, shape } = labels;
  const steps = voxelSizesMm(labels.voxelToWorld).map((mm) => Math.max(1, Math.round(cellMm / mm)));
  const cells = shape.map((n, axis) => Math.ceil(n / steps[axis]!)) as unknown as Shape3;
  const cellOf = cellIndices(shape, steps, cells);
  const kept = new Uint8Array(data.length);
  for (const numbers of together) {
    const counts = new Uint32Array(cells[0] * cells[1] * cells[2]);
    forEachLabelled(labels, numbers, cellOf, (cell) => {
      counts[cell]!++;
    });
    const inLargest = largestGroup(counts, cells);
    forEachLabelled(labels, numbers, cellOf, (cell, at) => {
      if (inLargest(cell)) kept[at] = data[at]!;
    });
  }
  return { ...labels, data: kept };
}

/** Which cells belong to the connected group with the most voxels. */
function largestGroup(counts: Uint32Array, cells: Shape3): (cell: number) => boolean {
  const { labels: groups, sizes } = labelComponents({ data: counts, shape: cells });
  const voxels = new Float64Array(sizes.length);
  for (let cell = 0; cell < counts.length; cell++) voxels[groups[cell]!]! += counts[cell]!;
  let largest = 0;
  for (let group = 1; group < voxels.length; group++) if (voxels[group]! > voxels[largest]!) largest = group;
  return (cell) => groups[cell] === largest;
}

/** For each axis and index, what it adds to the number of the cell. */
function cellIndices(shape: Shape3, steps: readonly number[], [nx, ny]: Shape3): readonly Uint32Array[] {
  return [1, nx, nx * ny].map((stride, axis) =>
    Uint32Array.from({ length: shape[axis]! }, (_, index) => stride * Math.floor(index / steps[axis]!)),
  );
}

function forEachLabelled(
  { data, shape }: Volume<Uint8Array>,
  numbers: readonly number[],
  [cellX, cellY, cellZ]: readonly Uint32Array[],
  visit: (cell: number, at: number) => void,
): void {
  const counts = Uint8Array.from({ length: 256 }, (_, label) => (numbers.includes(label) ? 1 : 0));
  for (let k = 0, at = 0; k < shape[2]; k++) {
    for (let j = 0; j < shape[1]; j++) {
      for (let i = 0; i < shape[0]; i++, at++) {
        if (counts[data[at]!] === 1) visit(cellX![i]! + cellY![j]! + cellZ![k]!, at);
      }
    }
  }
}
