/**
 * Reading FreeSurfer's MGH and MGZ. Whatever follows the voxels (TR, flip angle, tags) is not needed here.
 */
import { openBytes } from '../compression/byte-source.ts';
import { replaceNonFinite } from '../volume/finite-voxels.ts';
import { checkAffine, checkDimensions } from '../volume/header-checks.ts';
import type { ScanFile } from '../volume/scan-file.ts';
import { readStoredVoxels } from '../volume/stored-voxels.ts';
import { createVolume, type Shape3 } from '../volume/volume.ts';
import { MGH_HEADER_LENGTH, type MghHeader, mghAffine, mghStoredType, parseMghHeader } from './header.ts';

/**
 * Reads an MGH or MGZ file, compressed or not; of several frames the first, with a warning.
 *
 * @throws ImagingError EMPTY_FILE, WRONG_MAGIC, TRUNCATED, BAD_COMPRESSION, BAD_DIMENSIONS, BAD_AFFINE,
 * UNSUPPORTED_TYPE, NON_FINITE
 */
export async function readMgh(
  bytes: Uint8Array,
  options: { readonly path?: string } = {},
): Promise<ScanFile & { readonly header: MghHeader }> {
  const { path } = options;
  const source = await openBytes(bytes, path);
  const header = parseMghHeader(source.head, path);
  const warnings: string[] = [];
  const [nx, ny, nz, frames] = header.dim;
  const shape: Shape3 = [nx, ny, nz];
  checkDimensions(shape, path);
  if (frames > 1)
    warnings.push(`The file holds ${frames} frames (${header.dim.join('x')}); only the first is read.`);
  if (!header.goodRas) {
    warnings.push(
      "The file says nothing of its orientation; FreeSurfer's default is used (1 mm, LIA, centred).",
    );
  }
  const type = mghStoredType(header, path);
  const voxelToWorld = mghAffine(header, shape);
  checkAffine(voxelToWorld, path);
  const data = await readStoredVoxels(source, {
    offset: MGH_HEADER_LENGTH,
    shape,
    type,
    littleEndian: false,
    path,
    warnings,
  });
  replaceNonFinite(data, path, warnings);
  return { volume: createVolume(data, shape, voxelToWorld), format: 'mgh', header, warnings };
}
