/**
 * NIfTI datatype codes and the voxel types they stand for.
 */
import { ImagingError } from '../errors.ts';
import type { StoredType } from '../volume/stored-voxels.ts';
import type { VoxelArray } from '../volume/volume.ts';

const STORED_TYPES: Readonly<Record<number, StoredType>> = {
  2: 'uint8',
  4: 'int16',
  8: 'int32',
  16: 'float32',
  64: 'float64',
  256: 'int8',
  512: 'uint16',
  768: 'uint32',
  1024: 'int64',
  1280: 'uint64',
};

const UNSUPPORTED_NAMES: Readonly<Record<number, string>> = {
  0: 'unknown',
  1: 'binary (1 bit)',
  32: 'complex64',
  128: 'RGB24',
  1536: 'float128',
  1792: 'complex128',
  2048: 'complex256',
  2304: 'RGBA32',
};

/**
 * The voxel type of a datatype code.
 *
 * @throws ImagingError UNSUPPORTED_TYPE
 */
export function storedTypeOf(datatype: number, path?: string): StoredType {
  const type = STORED_TYPES[datatype];
  if (type !== undefined) return type;
  const name = UNSUPPORTED_NAMES[datatype] ?? 'no NIfTI type';
  throw new ImagingError(
    'UNSUPPORTED_TYPE',
    `${path ?? 'scan'}: voxels of datatype ${datatype} (${name}) are not supported; ` +
      `convert the scan to an integer or float type of 8 to 64 bits`,
    path === undefined ? {} : { path },
  );
}

/** The datatype code of a voxel array. */
export function datatypeOf(data: VoxelArray): number {
  if (data instanceof Uint8Array) return 2;
  if (data instanceof Int16Array) return 4;
  if (data instanceof Int32Array) return 8;
  if (data instanceof Float32Array) return 16;
  if (data instanceof Float64Array) return 64;
  if (data instanceof Int8Array) return 256;
  if (data instanceof Uint16Array) return 512;
  return 768;
}
