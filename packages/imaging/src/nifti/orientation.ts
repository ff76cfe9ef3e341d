/**
 * The affine of a NIfTI header, by the standard's three methods: sform, qform, neither.
 *
 * The order of preference, and the centred, x-flipped grid when there is neither, match nibabel's
 * `get_best_affine`; unlike nibabel, units of metres and microns are converted to mm, and an sform or qform that
 * cannot be used falls through to the next method with a warning instead of an error.
 */
import { affineDeterminant } from '../geometry/affine.ts';
import type { Affine, Shape3, Vec3 } from '../volume/volume.ts';
import type { NiftiHeader } from './header.ts';

/** Voxels longer than this are taken for a wrong unit. */
const LONGEST_VOXEL_MM = 100;
/** b^2 + c^2 + d^2 may exceed 1 by rounding of float32, not by more. */
const QUATERNION_TOLERANCE = 1e-4;

/** Voxel index to world RAS mm; what had to be repaired is added to `warnings`. */
export function headerAffine(header: NiftiHeader, shape: Shape3, warnings: string[]): Affine {
  const zooms = voxelSizes(header, warnings);
  const scale = millimetresPerUnit(header, zooms, warnings);
  const inMillimetres = (rows: readonly number[]): Affine => [...rows.map((v) => v * scale), 0, 0, 0, 1];
  let withoutForms = 'The header has neither sform nor qform';
  if (header.sformCode > 0) {
    if (isInvertible(header.srow)) {
      warnWhenSizesDiffer(header.srow, zooms, warnings);
      return inMillimetres(header.srow);
    }
    withoutForms = 'The sform is singular or not finite';
    if (header.qformCode > 0)
      warnings.push('The sform is singular or not finite; the qform is used instead.');
  }
  if (header.qformCode > 0) {
    const rows = qformRows(header, zooms);
    if (rows !== undefined) return inMillimetres(rows);
    withoutForms = 'The qform is not a rotation';
  }
  warnings.push(
    `${withoutForms}; voxel sizes alone are used and x is taken to run from right to left, ` +
      `so left and right may be swapped.`,
  );
  const [dx, dy, dz] = zooms;
  const centre = (n: number, d: number) => ((n - 1) / 2) * d;
  return inMillimetres([
    -dx,
    0,
    0,
    centre(shape[0], dx),
    0,
    dy,
    0,
    -centre(shape[1], dy),
    0,
    0,
    dz,
    -centre(shape[2], dz),
  ]);
}

/** pixdim[1..3] made positive: negative ones lose their sign, zero and non-finite ones become 1, as in nibabel. */
function voxelSizes(header: NiftiHeader, warnings: string[]): Vec3 {
  const stored = header.pixdim.slice(1, 4);
  const usable = stored.map((d) => (Number.isFinite(d) && d !== 0 ? Math.abs(d) : 1));
  if (stored.some((d, i) => d !== usable[i])) {
    warnings.push(`Voxel sizes ${stored.join(' x ')} in the header are read as ${usable.join(' x ')}.`);
  }
  return [usable[0]!, usable[1]!, usable[2]!];
}

function millimetresPerUnit(header: NiftiHeader, zooms: Vec3, warnings: string[]): number {
  const unit = header.xyztUnits & 7;
  if (unit === 3) return 1e-3;
  if (unit !== 1) return 1;
  if (Math.max(...zooms) * 1000 > LONGEST_VOXEL_MM) {
    warnings.push(
      `The header says metres but voxels of ${zooms.join(' x ')} m are impossible; mm is assumed.`,
    );
    return 1;
  }
  return 1000;
}

/** Rows of the qform, 12 numbers in header units; undefined when the quaternion is not one. */
function qformRows(header: NiftiHeader, zooms: Vec3): number[] | undefined {
  let [b, c, d] = header.quaternion;
  const [x, y, z] = header.qoffset;
  const sum = b * b + c * c + d * d;
  if (![sum, x, y, z].every(Number.isFinite) || sum > 1 + QUATERNION_TOLERANCE) return undefined;
  let a = 0;
  if (sum < 1) {
    a = Math.sqrt(1 - sum);
  } else {
    const norm = Math.sqrt(sum);
    [b, c, d] = [b / norm, c / norm, d / norm];
  }
  const [dx, dy] = zooms;
  const dz = zooms[2] * (header.pixdim[0]! < 0 ? -1 : 1);
  return [
    (a * a + b * b - c * c - d * d) * dx,
    2 * (b * c - a * d) * dy,
    2 * (b * d + a * c) * dz,
    x,
    2 * (b * c + a * d) * dx,
    (a * a + c * c - b * b - d * d) * dy,
    2 * (c * d - a * b) * dz,
    y,
    2 * (b * d - a * c) * dx,
    2 * (c * d + a * b) * dy,
    (a * a + d * d - b * b - c * c) * dz,
    z,
  ];
}

/** Whether 12 affine numbers are finite and span a volume, judged free of scale. */
function isInvertible(rows: readonly number[]): boolean {
  if (!rows.every(Number.isFinite)) return false;
  const lengths = columnLengths(rows);
  return Math.abs(affineDeterminant(rows)) > 1e-6 * lengths[0] * lengths[1] * lengths[2];
}

function warnWhenSizesDiffer(srow: readonly number[], zooms: Vec3, warnings: string[]): void {
  const sformVoxel = Math.abs(affineDeterminant(srow));
  const pixdimVoxel = zooms[0] * zooms[1] * zooms[2];
  if (Math.abs(sformVoxel / pixdimVoxel - 1) > 0.01) {
    warnings.push(
      `Voxels are ${sformVoxel.toPrecision(4)} cubic units by the sform but ${pixdimVoxel.toPrecision(4)} by ` +
        `pixdim; the sform is used.`,
    );
  }
}

function columnLengths(rows: readonly number[]): Vec3 {
  return [
    Math.hypot(rows[0]!, rows[4]!, rows[8]!),
    Math.hypot(rows[1]!, rows[5]!, rows[9]!),
    Math.hypot(rows[2]!, rows[6]!, rows[10]!),
  ];
}
