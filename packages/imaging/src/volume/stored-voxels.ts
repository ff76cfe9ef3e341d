/**
 * From the bytes of voxels in a file to a typed array in this machine's byte order, and back.
 *
 * Little-endian files cost one copy of the whole block (none when the buffer is already ours), big-endian files
 * one pass over 16-, 32- or 64-bit words; there is no read through DataView voxel by voxel.
 */
import type { ByteSource } from '../compression/byte-source.ts';
import { ImagingError } from '../errors.ts';
import { type Shape3, type VoxelArray, voxelCount } from './volume.ts';

/** Voxel types found in files; the 64-bit integers become float64 in memory. */
export type StoredType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'float32'
  | 'float64'
  | 'int64'
  | 'uint64';

const BYTES: Record<StoredType, number> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  float64: 8,
  int64: 8,
  uint64: 8,
};

const MACHINE_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

export interface StoredVoxels {
  readonly offset: number;
  readonly shape: Shape3;
  readonly type: StoredType;
  readonly littleEndian: boolean;
  readonly path: string | undefined;
  /** Where a missing checksum is reported. */
  readonly warnings: string[];
}

/** Bytes that one voxel of a type takes. */
export function bytesPerVoxel(type: StoredType): number {
  return BYTES[type];
}

/**
 * Reads the voxels of one volume from a file.
 *
 * @throws ImagingError TRUNCATED when the file holds fewer; BAD_HEADER when it ends before they start;
 * BAD_COMPRESSION
 */
export async function readStoredVoxels(source: ByteSource, stored: StoredVoxels): Promise<VoxelArray> {
  const { offset, shape, type, path } = stored;
  const length = voxelCount(shape) * BYTES[type];
  const { bytes, owned, available, cut } = await source.read(offset + length);
  // A file cut between the header and its four extension bytes is truncated; further off, the offset is wrong.
  if (available < offset - 4) {
    throw new ImagingError(
      'BAD_HEADER',
      `${path ?? 'scan'}: header says that voxels start at byte ${offset} but the file ends at byte ${available}`,
      path === undefined ? {} : { path },
    );
  }
  if (bytes.length < offset + length) {
    const claim = `header says ${shape.join('x')} ${type} (${formatBytes(length)})`;
    const found = formatBytes(Math.max(0, available - offset));
    throw new ImagingError(
      'TRUNCATED',
      `${path ?? 'scan'}: ${claim} but only ${found} follow; the file looks truncated`,
      path === undefined ? {} : { path },
    );
  }
  if (cut)
    stored.warnings.push('The compressed file ends too early: all voxels are there, their checksum is not.');
  const start = bytes.byteOffset + offset;
  const aligned = owned && start % BYTES[type] === 0 && bytes.buffer instanceof ArrayBuffer;
  // Not slice(): a Node Buffer's slice shares its memory.
  const buffer = aligned ? bytes.buffer : new Uint8Array(bytes.subarray(offset, offset + length)).buffer;
  const at = aligned ? start : 0;
  if (stored.littleEndian !== MACHINE_IS_LITTLE_ENDIAN) swapBytes(buffer, at, length, BYTES[type]);
  return toVoxelArray(buffer, at, voxelCount(shape), type);
}

/** The bytes of voxels in the byte order of a file; without a copy where the machine has the same. */
export function storedBytes(data: VoxelArray, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (littleEndian === MACHINE_IS_LITTLE_ENDIAN || data.BYTES_PER_ELEMENT === 1) return bytes;
  const swapped = bytes.slice();
  swapBytes(swapped.buffer, 0, swapped.length, data.BYTES_PER_ELEMENT);
  return swapped;
}

function toVoxelArray(buffer: ArrayBufferLike, at: number, count: number, type: StoredType): VoxelArray {
  switch (type) {
    case 'uint8':
      return new Uint8Array(buffer, at, count);
    case 'int8':
      return new Int8Array(buffer, at, count);
    case 'uint16':
      return new Uint16Array(buffer, at, count);
    case 'int16':
      return new Int16Array(buffer, at, count);
    case 'uint32':
      return new Uint32Array(buffer, at, count);
    case 'int32':
      return new Int32Array(buffer, at, count);
    case 'float32':
      return new Float32Array(buffer, at, count);
    case 'float64':
      return new Float64Array(buffer, at, count);
    case 'int64':
      return int64ToFloat64(new Uint32Array(buffer, at, 2 * count), true);
    case 'uint64':
      return int64ToFloat64(new Uint32Array(buffer, at, 2 * count), false);
  }
}

/** Rounds once, in the last addition: high * 2^32 is exact. */
function int64ToFloat64(words: Uint32Array, signed: boolean): Float64Array {
  const out = new Float64Array(words.length / 2);
  const low = MACHINE_IS_LITTLE_ENDIAN ? 0 : 1;
  const high = 1 - low;
  for (let i = 0, w = 0; i < out.length; i++, w += 2) {
    const upper = signed ? words[w + high]! | 0 : words[w + high]!;
    out[i] = upper * 4294967296 + words[w + low]!;
  }
  return out;
}

function swapBytes(buffer: ArrayBufferLike, at: number, length: number, width: number): void {
  if (width === 2) {
    const words = new Uint16Array(buffer, at, length / 2);
    for (let i = 0; i < words.length; i++) {
      const v = words[i]!;
      words[i] = (v << 8) | (v >>> 8);
    }
  } else if (width >= 4) {
    const words = new Uint32Array(buffer, at, length / 4);
    for (let i = 0; i < words.length; i++) {
      const v = words[i]!;
      words[i] = (v << 24) | ((v & 0xff00) << 8) | ((v >>> 8) & 0xff00) | (v >>> 24);
    }
    if (width === 8) {
      for (let i = 0; i < words.length; i += 2) {
        const first = words[i]!;
        words[i] = words[i + 1]!;
        words[i + 1] = first;
      }
    }
  }
}

/** A size for people, in decimal units: 950 bytes, 3.1 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
