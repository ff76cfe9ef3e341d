/**
 * Writing FreeSurfer's MGH and MGZ: 284 bytes of header, then big-endian voxels.
 *
 * MGH has only uchar, short, int and float; ushort (10) is recent and not read everywhere, so every other type is
 * written as the smallest of the four that holds it. The directions need not be orthogonal, so a sheared affine
 * survives too.
 */
import { gzip } from '../compression/gzip.ts';
import { ImagingError } from '../errors.ts';
import { storedBytes } from '../volume/stored-voxels.ts';
import type { Volume, VoxelArray } from '../volume/volume.ts';
import { MGH_HEADER_LENGTH } from './header.ts';

export interface WriteMghOptions {
  /** True (the default) for MGZ, false for MGH. */
  readonly gzip?: boolean;
}

const LARGEST_INT32 = 2 ** 31 - 1;

/**
 * Encodes a volume. Unsigned 8-bit, signed 16- and 32-bit and float32 voxels keep their type; int8 is widened to
 * short, uint16 and uint32 to int, float64 is rounded to float32. The geometry is stored in float32.
 *
 * @throws ImagingError UNSUPPORTED_TYPE when a uint32 voxel is over 2^31 - 1
 */
export async function writeMgh(volume: Volume, options: WriteMghOptions = {}): Promise<Uint8Array> {
  const { shape, voxelToWorld } = volume;
  const { type, data } = mghVoxels(volume.data);
  const voxels = storedBytes(data, false);
  const bytes = new Uint8Array(MGH_HEADER_LENGTH + voxels.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 1);
  view.setInt32(4, shape[0]);
  view.setInt32(8, shape[1]);
  view.setInt32(12, shape[2]);
  view.setInt32(16, 1);
  view.setInt32(20, type);
  view.setInt16(28, 1);
  for (let column = 0; column < 3; column++) {
    const step = [voxelToWorld[column]!, voxelToWorld[4 + column]!, voxelToWorld[8 + column]!];
    const spacing = Math.hypot(...step);
    view.setFloat32(30 + 4 * column, spacing);
    for (let row = 0; row < 3; row++) view.setFloat32(42 + 12 * column + 4 * row, step[row]! / spacing);
  }
  for (let row = 0; row < 3; row++) {
    let centre = voxelToWorld[4 * row + 3]!;
    for (let column = 0; column < 3; column++)
      centre += voxelToWorld[4 * row + column]! * (shape[column]! / 2);
    view.setFloat32(78 + 4 * row, centre);
  }
  bytes.set(voxels, MGH_HEADER_LENGTH);
  return options.gzip === false ? bytes : gzip(bytes);
}

function mghVoxels(data: VoxelArray): { type: 0 | 1 | 3 | 4; data: VoxelArray } {
  if (data instanceof Uint8Array) return { type: 0, data };
  if (data instanceof Int16Array) return { type: 4, data };
  if (data instanceof Int8Array) return { type: 4, data: new Int16Array(data) };
  if (data instanceof Int32Array) return { type: 1, data };
  if (data instanceof Float32Array) return { type: 3, data };
  if (data instanceof Float64Array) return { type: 3, data: new Float32Array(data) };
  if (data instanceof Uint32Array) {
    const largest = data.reduce((most, v) => Math.max(most, v), 0);
    if (largest > LARGEST_INT32) {
      throw new ImagingError(
        'UNSUPPORTED_TYPE',
        `MGH holds integers up to ${LARGEST_INT32}, the volume has ${largest}; write NIfTI instead`,
      );
    }
  }
  return { type: 1, data: new Int32Array(data) };
}
