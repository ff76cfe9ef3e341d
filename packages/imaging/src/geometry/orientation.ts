/**
 * Which anatomical direction each storage axis runs in: 'RAS', 'LIA' and the 46 other orders.
 *
 * A letter names the direction of increasing index, as in nibabel's `aff2axcodes`. Oblique grids get the
 * nearest axes: the matrix is replaced by the rotation closest to it (its polar factor, so shear and spacing do
 * not weigh in), and axes are assigned from the most to the least certain. Matches nibabel's `io_orientation`,
 * except where two axes are nearest to one direction: nibabel 5.0 serves the first in storage order, here it is
 * the nearer one, so that the same grid stored differently is read the same.
 */

import { ImagingError } from '../errors.ts';
import type { Affine } from '../volume/volume.ts';
import { nearestOrthogonal } from './nearest-orthogonal.ts';

const letters = [
  ['L', 'R'],
  ['P', 'A'],
  ['I', 'S'],
] as const;

/** For one storage axis: the world axis it follows (0 x, 1 y, 2 z) and whether along (1) or against (-1) it. */
export interface AxisDirection {
  readonly worldAxis: 0 | 1 | 2;
  readonly sign: 1 | -1;
}

/** The orthogonal 3x3 matrix (row-major) nearest to the axes of the affine, each of length 1. */
function nearestRotation(affine: Affine): number[] {
  const m: number[] = [];
  for (let row = 0; row < 3; row++) {
    for (let col = 0; col < 3; col++) {
      const size = Math.hypot(affine[col]!, affine[4 + col]!, affine[8 + col]!);
      m.push(size > 0 ? affine[row * 4 + col]! / size : 0);
    }
  }
  return nearestOrthogonal(m);
}

/**
 * The anatomical direction of each storage axis.
 *
 * @throws ImagingError BAD_AFFINE when the matrix is singular.
 */
export function axisDirections(voxelToWorld: Affine): readonly [AxisDirection, AxisDirection, AxisDirection] {
  const rotation = nearestRotation(voxelToWorld);
  const strength = (axis: number) =>
    Math.max(Math.abs(rotation[axis]!), Math.abs(rotation[3 + axis]!), Math.abs(rotation[6 + axis]!));
  const order = [0, 1, 2].sort((p, q) => strength(q) - strength(p) || p - q);
  const free = new Set([0, 1, 2]);
  const result = new Array<AxisDirection>(3);
  for (const axis of order) {
    let best = -1;
    for (const row of free) {
      if (best < 0 || Math.abs(rotation[row * 3 + axis]!) > Math.abs(rotation[best * 3 + axis]!)) best = row;
    }
    free.delete(best);
    result[axis] = { worldAxis: best as 0 | 1 | 2, sign: rotation[best * 3 + axis]! < 0 ? -1 : 1 };
  }
  return [result[0]!, result[1]!, result[2]!];
}

/** Three letters for the directions of increasing index, e.g. 'LIA' for a FreeSurfer volume. */
export function axisCodes(voxelToWorld: Affine): string {
  return axisDirections(voxelToWorld)
    .map(({ worldAxis, sign }) => letters[worldAxis][sign > 0 ? 1 : 0])
    .join('');
}

/**
 * Reads three letters such as 'RAS'.
 *
 * @throws ImagingError BAD_ARGUMENT when they do not name each of the three directions once.
 */
export function parseAxisCodes(codes: string): readonly [AxisDirection, AxisDirection, AxisDirection] {
  const found = [...codes].flatMap((letter): AxisDirection[] => {
    const worldAxis = letters.findIndex((pair) => (pair as readonly string[]).includes(letter));
    if (worldAxis < 0) return [];
    return [{ worldAxis: worldAxis as 0 | 1 | 2, sign: letters[worldAxis]![1] === letter ? 1 : -1 }];
  });
  const [x, y, z] = found;
  if (codes.length !== 3 || !x || !y || !z || new Set(found.map((d) => d.worldAxis)).size !== 3) {
    throw new ImagingError(
      'BAD_ARGUMENT',
      `'${codes}' is not an axis order: give one of L/R, one of P/A and one of I/S in any order, e.g. 'RAS'`,
    );
  }
  return [x, y, z];
}
