/**
 * The NIfTI-1 and NIfTI-2 headers, decoded to one form.
 *
 * Field offsets are those of nifti1.h and nifti2.h (nifti.nimh.nih.gov). The version and the byte order come
 * from `sizeof_hdr` (348 or 540, either way round), as the standard asks.
 */
import { ImagingError } from '../errors.ts';
import { wrongMagicError } from '../volume/foreign-formats.ts';
import type { Vec3 } from '../volume/volume.ts';

export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  /** True for `.nii`, false for the `.hdr` of a pair. */
  readonly singleFile: boolean;
  /** dim[0..7]: number of dimensions, then their sizes, as stored. */
  readonly dim: readonly number[];
  readonly datatype: number;
  readonly bitpix: number;
  /** pixdim[0..7]: qfac, then voxel sizes in the header's own units, as stored. */
  readonly pixdim: readonly number[];
  readonly voxOffset: number;
  readonly sclSlope: number;
  readonly sclInter: number;
  readonly calMin: number;
  readonly calMax: number;
  /** Space (bits 0-2: 1 metre, 2 mm, 3 micron) and time units. */
  readonly xyztUnits: number;
  readonly dimInfo: number;
  readonly intentCode: number;
  readonly qformCode: number;
  readonly sformCode: number;
  /** Quaternion b, c, d; a follows from them. */
  readonly quaternion: Vec3;
  readonly qoffset: Vec3;
  /** srow_x, srow_y, srow_z: 12 numbers, in the header's own units. */
  readonly srow: readonly number[];
  readonly description: string;
}

/** Byte offsets of the fields that are read and written, by version. */
export const NIFTI_OFFSETS = {
  1: {
    size: 348,
    magic: 344,
    dimInfo: 39,
    dim: 40,
    intentCode: 68,
    datatype: 70,
    bitpix: 72,
    pixdim: 76,
    voxOffset: 108,
    sclSlope: 112,
    sclInter: 116,
    xyztUnits: 123,
    calMax: 124,
    calMin: 128,
    description: 148,
    qformCode: 252,
    sformCode: 254,
    quaternion: 256,
    qoffset: 268,
    srow: 280,
  },
  2: {
    size: 540,
    magic: 4,
    datatype: 12,
    bitpix: 14,
    dim: 16,
    pixdim: 104,
    voxOffset: 168,
    sclSlope: 176,
    sclInter: 184,
    calMax: 192,
    calMin: 200,
    description: 240,
    qformCode: 344,
    sformCode: 348,
    quaternion: 352,
    qoffset: 376,
    srow: 400,
    xyztUnits: 500,
    intentCode: 504,
    dimInfo: 524,
  },
} as const;

/** Whether a file starts with the size of a NIfTI header, in either byte order; the magic is checked later. */
export function isNiftiHead(head: Uint8Array): boolean {
  return head.length >= 4 && claimedSize(head) !== 0;
}

/**
 * Decodes a header from the first bytes of a file.
 *
 * @throws ImagingError WRONG_MAGIC, TRUNCATED (shorter than a header), BAD_DIMENSIONS (dim[0] outside 1..7)
 */
export function parseNiftiHeader(head: Uint8Array, path?: string): NiftiHeader {
  const where = path === undefined ? {} : { path };
  const found = detect(head);
  if (found === undefined) {
    const size = head.length < 4 ? 0 : claimedSize(head);
    if (size !== 0 && head.length < size) {
      throw new ImagingError(
        'TRUNCATED',
        `${path ?? 'scan'}: a NIfTI header has ${size} bytes but the file holds ${head.length}; it looks truncated`,
        where,
      );
    }
    throw wrongMagicError(head, 'NIfTI file', path);
  }
  const { version, littleEndian: little, singleFile } = found;
  const at = NIFTI_OFFSETS[version];
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const one = version === 1;
  const int16or32 = (offset: number) => (one ? view.getInt16(offset, little) : view.getInt32(offset, little));
  const real = (offset: number, index = 0) =>
    one ? view.getFloat32(offset + 4 * index, little) : view.getFloat64(offset + 8 * index, little);
  const size = (index: number) =>
    one ? view.getInt16(at.dim + 2 * index, little) : Number(view.getBigInt64(at.dim + 8 * index, little));
  const reals = (offset: number, count: number) => Array.from({ length: count }, (_, i) => real(offset, i));
  const dim = Array.from({ length: 8 }, (_, i) => size(i));
  if (!(dim[0]! >= 1 && dim[0]! <= 7)) {
    throw new ImagingError(
      'BAD_DIMENSIONS',
      `${path ?? 'scan'}: header says ${dim[0]} dimensions, 1 to 7 are possible; the header looks damaged`,
      where,
    );
  }
  return {
    version,
    littleEndian: little,
    singleFile,
    dim,
    datatype: view.getInt16(at.datatype, little),
    bitpix: view.getInt16(at.bitpix, little),
    pixdim: reals(at.pixdim, 8),
    voxOffset: one ? real(at.voxOffset) : Number(view.getBigInt64(at.voxOffset, little)),
    sclSlope: real(at.sclSlope),
    sclInter: real(at.sclInter),
    calMin: real(at.calMin),
    calMax: real(at.calMax),
    xyztUnits: one ? view.getUint8(at.xyztUnits) : view.getInt32(at.xyztUnits, little),
    dimInfo: view.getUint8(at.dimInfo),
    intentCode: int16or32(at.intentCode),
    qformCode: int16or32(at.qformCode),
    sformCode: int16or32(at.sformCode),
    quaternion: [real(at.quaternion, 0), real(at.quaternion, 1), real(at.quaternion, 2)],
    qoffset: [real(at.qoffset, 0), real(at.qoffset, 1), real(at.qoffset, 2)],
    srow: reals(at.srow, 12),
    description: latin1(head.subarray(at.description, at.description + 80)),
  };
}

function claimedSize(head: Uint8Array): 0 | 348 | 540 {
  const view = new DataView(head.buffer, head.byteOffset, 4);
  const little = view.getInt32(0, true);
  const big = view.getInt32(0, false);
  return little === 348 || big === 348 ? 348 : little === 540 || big === 540 ? 540 : 0;
}

function detect(
  head: Uint8Array,
): { version: 1 | 2; littleEndian: boolean; singleFile: boolean } | undefined {
  if (head.length < 4) return undefined;
  const size = claimedSize(head);
  if (size === 0 || head.length < size) return undefined;
  const version = size === 348 ? 1 : 2;
  const magic = latin1(head.subarray(NIFTI_OFFSETS[version].magic, NIFTI_OFFSETS[version].magic + 4));
  const singleFile = magic === `n+${version}`;
  if (!singleFile && magic !== `ni${version}`) return undefined;
  const littleEndian = new DataView(head.buffer, head.byteOffset, 4).getInt32(0, true) === size;
  return { version, littleEndian, singleFile };
}

/** Text up to the first zero byte. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
