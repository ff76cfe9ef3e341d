/**
 * The mid-sagittal plane from the ventricles themselves, in the coordinates of a frame that is nearly upright.
 *
 * In each 2 mm cell of the sagittal projection the ventricles show the midline: the mean of the third and of the
 * fourth ventricle, and the middle of the septum, where the walls of the two lateral ventricles face each other.
 * The plane x = a + b y + c z is fitted to these by least squares with weights that fall with the residual
 * (Cauchy's, scale 1.5 mm), so that a bulge to one side or a mislabelled part does not turn it. The lateral
 * ventricles' size plays no part, so one enlarged side does not draw the plane over.
 */
import type { PointList, VentriclePoints } from './ventricle-points.ts';

/** x = a + b y + c z, mm. */
export type MidlinePlane = readonly [a: number, b: number, c: number];

/** Axes of a frame in world RAS, unit, and its origin, mm. */
export interface Frame {
  readonly origin: readonly [number, number, number];
  readonly right: readonly [number, number, number];
  readonly front: readonly [number, number, number];
  readonly up: readonly [number, number, number];
}

const cellMm = 2;
/** Cells of the projection on each side of the origin: 120 mm. */
const reach = 60;
const width = 2 * reach + 1;
/** Walls that lie further apart than this are not those of the septum, mm. */
const widestSeptumMm = 8;
const residualScaleMm = 1.5;
const rounds = 5;
/** Fewer cells than this (0.6 cm2) do not hold a plane. */
const fewestCells = 15;

/** The plane, or undefined where the ventricles show too little of the midline. */
export function fitMidlinePlane(points: VentriclePoints, frame: Frame): MidlinePlane | undefined {
  const cells: number[] = [];
  for (const label of [14, 15] as const) addMeans(points[label], frame, cells);
  addSeptum(points[4], points[43], frame, cells);
  if (cells.length < 3 * fewestCells) return undefined;
  let plane: MidlinePlane = [0, 0, 0];
  for (let round = 0; round < rounds; round++) plane = fitOnce(cells, round === 0 ? undefined : plane);
  return plane.every(Number.isFinite) ? plane : undefined;
}

/** Adds y, z, x of each cell that the points fall into, x being their mean. */
function addMeans(points: PointList, frame: Frame, cells: number[]): void {
  const sums = new Float64Array(width * width);
  const counts = new Uint32Array(width * width);
  forEachInCells(points, frame, (cell, x) => {
    sums[cell]! += x;
    counts[cell]!++;
  });
  for (let cell = 0; cell < counts.length; cell++) {
    if (counts[cell]! > 0) cells.push(...placeOf(cell), sums[cell]! / counts[cell]!);
  }
}

/** Adds y, z, x of each cell where the inner walls of both sides face each other, x being the middle. */
function addSeptum(left: PointList, right: PointList, frame: Frame, cells: number[]): void {
  const innerLeft = new Float64Array(width * width).fill(-Infinity);
  const innerRight = new Float64Array(width * width).fill(Infinity);
  forEachInCells(left, frame, (cell, x) => {
    if (x > innerLeft[cell]!) innerLeft[cell] = x;
  });
  forEachInCells(right, frame, (cell, x) => {
    if (x < innerRight[cell]!) innerRight[cell] = x;
  });
  for (let cell = 0; cell < innerLeft.length; cell++) {
    const gap = innerRight[cell]! - innerLeft[cell]!;
    if (gap <= widestSeptumMm) cells.push(...placeOf(cell), (innerLeft[cell]! + innerRight[cell]!) / 2);
  }
}

/** Calls `visit` with the cell and the x of each point that lies in the projection's reach. */
function forEachInCells(
  points: PointList,
  { origin, right, front, up }: Frame,
  visit: (cell: number, x: number) => void,
): void {
  for (let at = 0; at < points.length; at += 3) {
    const px = points[at]! - origin[0];
    const py = points[at + 1]! - origin[1];
    const pz = points[at + 2]! - origin[2];
    const column = Math.round((front[0] * px + front[1] * py + front[2] * pz) / cellMm) + reach;
    const row = Math.round((up[0] * px + up[1] * py + up[2] * pz) / cellMm) + reach;
    if (column < 0 || row < 0 || column >= width || row >= width) continue;
    visit(column + width * row, right[0] * px + right[1] * py + right[2] * pz);
  }
}

/** y and z of the middle of a cell, mm. */
function placeOf(cell: number): [y: number, z: number] {
  return [((cell % width) - reach) * cellMm, (Math.floor(cell / width) - reach) * cellMm];
}

/** Least squares with weights by the residuals from the plane before; equal weights without one. */
function fitOnce(cells: readonly number[], before: MidlinePlane | undefined): MidlinePlane {
  let [n, y1, z1, yy, yz, zz, x1, xy, xz] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let at = 0; at < cells.length; at += 3) {
    const y = cells[at]!;
    const z = cells[at + 1]!;
    const x = cells[at + 2]!;
    const residual = before === undefined ? 0 : x - before[0] - before[1] * y - before[2] * z;
    const weight = 1 / (1 + (residual / residualScaleMm) ** 2);
    n += weight;
    y1 += weight * y;
    z1 += weight * z;
    yy += weight * y * y;
    yz += weight * y * z;
    zz += weight * z * z;
    x1 += weight * x;
    xy += weight * x * y;
    xz += weight * x * z;
  }
  // About the weighted means the equations for the slopes are two by two.
  const [my, mz, mx] = [y1 / n, z1 / n, x1 / n];
  const [syy, syz, szz] = [yy / n - my * my, yz / n - my * mz, zz / n - mz * mz];
  const [sxy, sxz] = [xy / n - mx * my, xz / n - mx * mz];
  const determinant = syy * szz - syz * syz;
  const b = (sxy * szz - sxz * syz) / determinant;
  const c = (sxz * syy - sxy * syz) / determinant;
  return [mx - b * my - c * mz, b, c];
}
