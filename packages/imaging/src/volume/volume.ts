/**
 * The one in-memory form of a scan, a label map or a probability map.
 *
 * Voxels are stored x-fastest: voxel (i, j, k) is `data[i + nx * (j + ny * k)]`. World space is RAS in mm
 * (x to the patient's right, y to the front, z up), whatever the file that the volume came from uses.
 */
import { ImagingError } from '../errors.ts';

/** Typed arrays a volume can hold; 64-bit integers are converted to float64 on reading. */
export type VoxelArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Voxel counts along the three storage axes, fastest first. */
export type Shape3 = readonly [nx: number, ny: number, nz: number];

/** A triple of numbers: a point, a direction, or one spacing an axis. */
export type Vec3 = readonly [number, number, number];

/** A 4x4 affine matrix, row-major, 16 numbers, last row 0 0 0 1. */
export type Affine = readonly number[];

export interface Volume<T extends VoxelArray = VoxelArray> {
  /** `nx * ny * nz` voxels, x-fastest. */
  readonly data: T;
  readonly shape: Shape3;
  /** Voxel index (i, j, k, 1) to world RAS mm. */
  readonly voxelToWorld: Affine;
}

/** Number of voxels of a shape. */
export function voxelCount(shape: Shape3): number {
  return shape[0] * shape[1] * shape[2];
}

/**
 * Puts data, shape and affine together after checking that they fit.
 *
 * @throws ImagingError BAD_DIMENSIONS when the shape is not three positive integers or does not match the data;
 * BAD_AFFINE when the matrix is not 16 finite numbers or maps the grid onto a plane.
 */
export function createVolume<T extends VoxelArray>(data: T, shape: Shape3, voxelToWorld: Affine): Volume<T> {
  if (shape.length !== 3 || !shape.every((n) => Number.isInteger(n) && n > 0)) {
    throw new ImagingError(
      'BAD_DIMENSIONS',
      `volume shape must be three positive integers: ${shape.join('x')}`,
    );
  }
  if (data.length !== voxelCount(shape)) {
    throw new ImagingError(
      'BAD_DIMENSIONS',
      `volume of ${shape.join('x')} needs ${voxelCount(shape)} voxels, got ${data.length}`,
    );
  }
  if (voxelToWorld.length !== 16 || !voxelToWorld.every(Number.isFinite)) {
    throw new ImagingError(
      'BAD_AFFINE',
      `voxelToWorld must be 16 finite numbers, got [${voxelToWorld.join(', ')}]`,
    );
  }
  const [a, b, c, , d, e, f, , g, h, i] = voxelToWorld;
  const det = a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!);
  if (!(Math.abs(det) > 1e-12)) {
    throw new ImagingError(
      'BAD_AFFINE',
      `voxelToWorld is singular (determinant ${det}): the grid has no extent`,
    );
  }
  return { data, shape, voxelToWorld };
}
