/**
 * A scan as it was read from a file, and the one reader that recognises every supported format.
 *
 * Formats are told apart by their first bytes, never by the file's name: scans are renamed, and `.gz` is often
 * missing or wrong.
 */
import { openBytes } from '../compression/byte-source.ts';
import type { MghHeader } from '../mgh/header.ts';
import { isMghHead } from '../mgh/header.ts';
import { readMgh } from '../mgh/read.ts';
import type { NiftiHeader } from '../nifti/header.ts';
import { isNiftiHead } from '../nifti/header.ts';
import { readNifti } from '../nifti/read.ts';
import { wrongMagicError } from './foreign-formats.ts';
import type { Volume } from './volume.ts';

/** A volume together with where it came from. */
export interface ScanFile {
  readonly volume: Volume;
  readonly format: 'nifti-1' | 'nifti-2' | 'mgh';
  /** The header as decoded; hand a NiftiHeader to `writeNifti` as `template` to keep its geometry exactly. */
  readonly header: NiftiHeader | MghHeader;
  /** What was repaired or left out, each a full sentence for people. */
  readonly warnings: readonly string[];
}

export interface ReadScanOptions {
  /** Name used in errors and warnings. */
  readonly path?: string;
  /** Bytes of the `.img` (or `.img.gz`) when `bytes` are the `.hdr` of a NIfTI pair. */
  readonly pairedData?: Uint8Array;
}

/**
 * Reads a NIfTI-1, NIfTI-2, MGH or MGZ file, compressed or not.
 *
 * @example
 * const { volume, warnings } = await readScan(await readFile('scan.nii.gz'), { path: 'scan.nii.gz' });
 * @throws ImagingError EMPTY_FILE, WRONG_MAGIC, TRUNCATED, BAD_COMPRESSION, BAD_HEADER, BAD_DIMENSIONS,
 * UNSUPPORTED_TYPE, NOT_A_VOLUME, NON_FINITE or BAD_AFFINE, naming `path`.
 */
export async function readScan(bytes: Uint8Array, options: ReadScanOptions = {}): Promise<ScanFile> {
  const { head } = await openBytes(bytes, options.path);
  if (isNiftiHead(head)) return readNifti(bytes, options);
  if (isMghHead(head)) return readMgh(bytes, options);
  throw wrongMagicError(head, 'NIfTI (.nii, .nii.gz, .hdr) or MGH (.mgh, .mgz) scan', options.path);
}
