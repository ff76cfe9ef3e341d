/**
 * Writing NIfTI-1 and NIfTI-2, little-endian, single file.
 *
 * With a template the header's geometry is copied field by field, not derived again from the affine: a scan whose
 * qform and sform differ, or whose units are not mm, gets a mask that every program lays on it the same way.
 */
import { gzip } from '../compression/gzip.ts';
import { ImagingError } from '../errors.ts';
import { storedBytes } from '../volume/stored-voxels.ts';
import type { Volume } from '../volume/volume.ts';
import { datatypeOf } from './datatypes.ts';
import { NIFTI_OFFSETS, type NiftiHeader } from './header.ts';
import { headerAffine } from './orientation.ts';
import { affineToQform } from './qform.ts';

export interface WriteNiftiOptions {
  /** Header of the scan the volume lies on: its qform, sform, pixdim and units are kept exactly. */
  readonly template?: NiftiHeader;
  /** At most 79 characters of Latin-1; longer texts are cut, other characters become "?". */
  readonly description?: string;
  /** Marks the voxels as labels (NIFTI_INTENT_LABEL). */
  readonly intent?: 'label';
  /** Default: the template's, else 1; 2 when an axis is longer than 32767. */
  readonly version?: 1 | 2;
  /** Default true. */
  readonly gzip?: boolean;
}

type Geometry = Pick<
  NiftiHeader,
  'pixdim' | 'xyztUnits' | 'dimInfo' | 'qformCode' | 'sformCode' | 'quaternion' | 'qoffset' | 'srow'
>;

const INTENT_LABEL = 1002;
const LONGEST_AXIS_NIFTI1 = 32767;
const SCANNER_ANATOMICAL = 1;
const UNITS_MM = 2;

/**
 * Encodes a volume; voxels keep their type. Without a template, sform and qform (code 1, scanner) both say
 * `voxelToWorld`; the qform is left out (code 0) when the affine is sheared.
 *
 * @throws ImagingError GRID_MISMATCH when the volume does not lie on the template's grid; BAD_DIMENSIONS when an
 * axis is too long for version 1
 */
export async function writeNifti(volume: Volume, options: WriteNiftiOptions = {}): Promise<Uint8Array> {
  const { template } = options;
  if (template !== undefined) checkTemplate(volume, template);
  const tooLong = volume.shape.some((n) => n > LONGEST_AXIS_NIFTI1);
  if (tooLong && options.version === 1) {
    throw new ImagingError(
      'BAD_DIMENSIONS',
      `NIfTI-1 axes have at most ${LONGEST_AXIS_NIFTI1} voxels, got ${volume.shape.join('x')}; write version 2`,
    );
  }
  const version = options.version ?? (tooLong ? 2 : (template?.version ?? 1));
  const header = encodeHeader(volume, version, template ?? geometryOf(volume), options);
  const voxels = storedBytes(volume.data, true);
  const bytes = new Uint8Array(header.length + voxels.length);
  bytes.set(header);
  bytes.set(voxels, header.length);
  return options.gzip === false ? bytes : gzip(bytes);
}

function checkTemplate(volume: Volume, template: NiftiHeader): void {
  const shape = template.dim.slice(1, 4);
  if (!volume.shape.every((n, i) => n === shape[i])) {
    throw new ImagingError(
      'GRID_MISMATCH',
      `volume is ${volume.shape.join('x')} but the template header is ${shape.join('x')}; resample it first`,
    );
  }
  const affine = headerAffine(template, volume.shape, []);
  const [nx, ny, nz] = volume.shape;
  let worst = 0;
  for (let row = 0; row < 3; row++) {
    const difference = (column: number) =>
      Math.abs(affine[4 * row + column]! - volume.voxelToWorld[4 * row + column]!);
    worst = Math.max(worst, difference(0) * nx + difference(1) * ny + difference(2) * nz + difference(3));
  }
  const smallestStep = Math.min(...affineToQform(affine).voxelSizes);
  if (worst > 0.01 * smallestStep) {
    throw new ImagingError(
      'GRID_MISMATCH',
      `volume and template header place the grid up to ${worst.toPrecision(3)} mm apart; ` +
        `resample the volume to the template's grid, or write it without a template`,
    );
  }
}

function geometryOf(volume: Volume): Geometry {
  const qform = affineToQform(volume.voxelToWorld);
  return {
    pixdim: [qform.qfac, ...qform.voxelSizes, 1, 1, 1, 1],
    xyztUnits: UNITS_MM,
    dimInfo: 0,
    qformCode: qform.exact ? SCANNER_ANATOMICAL : 0,
    sformCode: SCANNER_ANATOMICAL,
    quaternion: qform.quaternion,
    qoffset: qform.offset,
    srow: volume.voxelToWorld.slice(0, 12),
  };
}

/** The header and the four bytes saying that no extension follows. */
function encodeHeader(
  volume: Volume,
  version: 1 | 2,
  geometry: Geometry,
  options: WriteNiftiOptions,
): Uint8Array {
  const at = NIFTI_OFFSETS[version];
  const voxOffset = at.size + 4;
  const bytes = new Uint8Array(voxOffset);
  const view = new DataView(bytes.buffer);
  const one = version === 1;
  const integer = (offset: number, value: number) =>
    one ? view.setInt16(offset, value, true) : view.setInt32(offset, value, true);
  const reals = (offset: number, values: readonly number[]) => {
    values.forEach((value, i) => {
      if (one) view.setFloat32(offset + 4 * i, value, true);
      else view.setFloat64(offset + 8 * i, value, true);
    });
  };
  view.setInt32(0, at.size, true);
  bytes.set(latin1(one ? 'n+1\0' : 'n+2\0\r\n\x1a\n'), at.magic);
  [3, ...volume.shape, 1, 1, 1, 1].forEach((n, i) => {
    if (one) view.setInt16(at.dim + 2 * i, n, true);
    else view.setBigInt64(at.dim + 8 * i, BigInt(n), true);
  });
  view.setInt16(at.datatype, datatypeOf(volume.data), true);
  view.setInt16(at.bitpix, 8 * volume.data.BYTES_PER_ELEMENT, true);
  reals(at.pixdim, geometry.pixdim);
  if (one) view.setFloat32(at.voxOffset, voxOffset, true);
  else view.setBigInt64(at.voxOffset, BigInt(voxOffset), true);
  reals(at.sclSlope, [1]);
  reals(at.sclInter, [0]);
  if (one) view.setUint8(at.xyztUnits, geometry.xyztUnits);
  else view.setInt32(at.xyztUnits, geometry.xyztUnits, true);
  view.setUint8(at.dimInfo, geometry.dimInfo);
  integer(at.intentCode, options.intent === 'label' ? INTENT_LABEL : 0);
  bytes.set(latin1((options.description ?? '').slice(0, 79)), at.description);
  integer(at.qformCode, geometry.qformCode);
  integer(at.sformCode, geometry.sformCode);
  reals(at.quaternion, geometry.quaternion);
  reals(at.qoffset, geometry.qoffset);
  reals(at.srow, geometry.srow);
  if (one) view.setUint8(NIFTI1_REGULAR, 'r'.charCodeAt(0));
  return bytes;
}

/** Offset of `regular`, which Analyze readers expect to be "r". */
const NIFTI1_REGULAR = 38;

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? code : '?'.charCodeAt(0);
  });
}
