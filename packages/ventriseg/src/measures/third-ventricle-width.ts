/**
 * Width of the third ventricle: the greatest extent along x between the commissures, within 5 mm above and below
 * the AC-PC plane (after Benedict et al., Arch Neurol 61, 2004, who measure it by hand in an axial slice).
 *
 * The extent of a row is how much of it is third ventricle (the sum of its values times the grid's 1 mm), which
 * does not depend on how voxels happen to cut its thin walls, and a mean over 3 x 3 rows evens out single voxels.
 */
import { acPcMm } from './head-pose.ts';
import type { PoseRow } from './horn-widths.ts';
import type { PoseBox, PoseVolume } from './pose-volume.ts';

const halfHeightMm = 5;

/** The part of the pose that is looked at, with a mm around it; the third ventricle lies within 30 mm of the midline. */
export const thirdVentricleBox: PoseBox = {
  low: [-30, -Math.ceil(acPcMm) - 1, -halfHeightMm - 1],
  high: [30, 1, halfHeightMm + 1],
};

/** @returns the row as it is drawn: as long as the width, about the middle of the ventricle there */
export function thirdVentricleRow(third: PoseVolume): PoseRow | undefined {
  const { data, shape, firstMm } = third;
  const [nx, ny, nz] = shape;
  const extents = new Float64Array(ny * nz);
  const moments = new Float64Array(ny * nz);
  for (let at = 0, row = 0; row < ny * nz; row++) {
    for (let i = 0; i < nx; i++, at++) {
      extents[row]! += data[at]!;
      moments[row]! += data[at]! * (firstMm[0] + i);
    }
  }
  let best: PoseRow | undefined;
  let widest = 0;
  for (let k = 1; k < nz - 1; k++) {
    const z = firstMm[2] + k;
    if (Math.abs(z) > halfHeightMm) continue;
    for (let j = 1; j < ny - 1; j++) {
      const y = firstMm[1] + j;
      if (y > 0 || y < -acPcMm) continue;
      const width = meanAround(extents, j, k, ny);
      if (width <= widest) continue;
      widest = width;
      const middle = meanAround(moments, j, k, ny) / width;
      best = { lowX: middle - width / 2, highX: middle + width / 2, y, z };
    }
  }
  return best;
}

/** Mean of 3 x 3 values of a table with rows of ny. */
function meanAround(table: Float64Array, j: number, k: number, ny: number): number {
  let sum = 0;
  for (let dk = -1; dk <= 1; dk++) {
    for (let dj = -1; dj <= 1; dj++) sum += table[j + dj + ny * (k + dk)]!;
  }
  return sum / 9;
}
