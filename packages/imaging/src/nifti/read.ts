/**
 * Reading NIfTI-1 and NIfTI-2, single files and pairs, compressed or not, in either byte order.
 */
import { type ByteSource, openBytes } from '../compression/byte-source.ts';
import { ImagingError } from '../errors.ts';
import { replaceNonFinite } from '../volume/finite-voxels.ts';
import { checkAffine, checkDimensions } from '../volume/header-checks.ts';
import type { ReadScanOptions, ScanFile } from '../volume/scan-file.ts';
import { bytesPerVoxel, readStoredVoxels, type StoredType } from '../volume/stored-voxels.ts';
import { createVolume, type Shape3, type VoxelArray } from '../volume/volume.ts';
import { storedTypeOf } from './datatypes.ts';
import { NIFTI_OFFSETS, type NiftiHeader, parseNiftiHeader } from './header.ts';
import { headerAffine } from './orientation.ts';

/**
 * Reads a NIfTI file; of a 4-D series the first volume, with a warning.
 *
 * Voxels keep their type, except that 64-bit integers become float64, and that scaled voxels (scl_slope,
 * scl_inter) become float32, or float64 when stored in 32 bits or more as integers, or as float64.
 *
 * @throws ImagingError EMPTY_FILE, WRONG_MAGIC, TRUNCATED, BAD_COMPRESSION, BAD_HEADER, BAD_DIMENSIONS,
 * BAD_AFFINE, UNSUPPORTED_TYPE, NOT_A_VOLUME, NON_FINITE, BAD_ARGUMENT (a pair without its `.img`)
 */
export async function readNifti(
  bytes: Uint8Array,
  options: ReadScanOptions = {},
): Promise<ScanFile & { readonly header: NiftiHeader }> {
  const { path, pairedData } = options;
  const source = await openBytes(bytes, path);
  const header = parseNiftiHeader(source.head, path);
  const warnings: string[] = [];
  const shape = volumeShape(header, path, warnings);
  const type = storedTypeOf(header.datatype, path);
  if (header.bitpix !== 8 * bytesPerVoxel(type)) {
    warnings.push(
      `The header says ${header.bitpix} bits a voxel but ${type} has ${8 * bytesPerVoxel(type)}.`,
    );
  }
  const voxelToWorld = headerAffine(header, shape, warnings);
  checkAffine(voxelToWorld, path);
  const voxels = await voxelSource(header, source, pairedData, path);
  const offset = voxelOffset(header, path, warnings);
  const { littleEndian } = header;
  const stored = await readStoredVoxels(voxels, { offset, shape, type, littleEndian, path, warnings });
  const data = applyScaling(stored, type, header, warnings);
  replaceNonFinite(data, path, warnings);
  const format = header.version === 1 ? 'nifti-1' : 'nifti-2';
  return { volume: createVolume(data, shape, voxelToWorld), format, header, warnings };
}

/** The three spatial sizes. */
function volumeShape(header: NiftiHeader, path: string | undefined, warnings: string[]): Shape3 {
  const { dim } = header;
  const sizes = dim.slice(1, dim[0]! + 1);
  if (sizes.length < 3) {
    throw new ImagingError(
      'NOT_A_VOLUME',
      `${path ?? 'scan'}: header says ${sizes.join('x')}, a picture of ${sizes.length} dimensions; ` +
        `a volume of three is needed`,
      path === undefined ? {} : { path },
    );
  }
  const shape: Shape3 = [sizes[0]!, sizes[1]!, sizes[2]!];
  checkDimensions(shape, path);
  const volumes = sizes.slice(3).reduce((product, n) => product * Math.max(1, n), 1);
  if (volumes > 1)
    warnings.push(`The file holds ${volumes} volumes (${sizes.join('x')}); only the first is read.`);
  return shape;
}

async function voxelSource(
  header: NiftiHeader,
  source: ByteSource,
  pairedData: Uint8Array | undefined,
  path: string | undefined,
): Promise<ByteSource> {
  if (header.singleFile) return source;
  if (pairedData !== undefined) return openBytes(pairedData, path?.replace(/\.hdr(\.gz)?$/i, '.img$1'));
  throw new ImagingError(
    'BAD_ARGUMENT',
    `${path ?? 'scan'}: is the header of a NIfTI pair; its voxels are in the .img file beside it, give both`,
    path === undefined ? {} : { path },
  );
}

function voxelOffset(header: NiftiHeader, path: string | undefined, warnings: string[]): number {
  const offset = header.voxOffset;
  // A single file has four bytes of extension flags behind its header.
  const least = header.singleFile ? NIFTI_OFFSETS[header.version].size + 4 : 0;
  if (offset === 0 && header.singleFile) {
    warnings.push(`The header does not say where the voxels start (vox_offset 0); byte ${least} is assumed.`);
    return least;
  }
  if (!Number.isSafeInteger(offset) || offset < least) {
    throw new ImagingError(
      'BAD_HEADER',
      `${path ?? 'scan'}: header says that voxels start at byte ${offset} (vox_offset), the least is ${least}`,
      path === undefined ? {} : { path },
    );
  }
  return offset;
}

function applyScaling(
  data: VoxelArray,
  type: StoredType,
  header: NiftiHeader,
  warnings: string[],
): VoxelArray {
  const slope = header.sclSlope;
  let inter = header.sclInter;
  if (slope === 0 || !Number.isFinite(slope)) return data;
  if (!Number.isFinite(inter)) {
    warnings.push(`The intercept scl_inter is ${inter}; 0 is used.`);
    inter = 0;
  }
  if (slope === 1 && inter === 0) return data;
  const n = data.length;
  const scaled = needsFloat64(type) ? new Float64Array(n) : new Float32Array(n);
  for (let i = 0; i < n; i++) scaled[i] = data[i]! * slope + inter;
  return scaled;
}

function needsFloat64(type: StoredType): boolean {
  return type === 'int32' || type === 'uint32' || type === 'int64' || type === 'uint64' || type === 'float64';
}
