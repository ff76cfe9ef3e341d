/**
 * Opens whatever the user names on disk: a NIfTI or MGH file, a DICOM folder, one file of a DICOM series, a zip.
 *
 * What a file is, is told from its bytes, not from its name. Node only; the page uses `openFiles`.
 */
import { basename, dirname, resolve } from 'node:path';
import type { SeriesConverter } from '../dicom/series-converter.ts';
import { VentrisegError } from '../errors.ts';
import { diskFile, listFolder, statOrUndefined } from './disk-files.ts';
import { type InputFile, outputName, partnerPaths } from './input-file.ts';
import { nodeDcm2niixConverter } from './node-converter.ts';
import { openFiles, readHeader } from './open-files.ts';
import { openVolume } from './open-volume.ts';
import type { OpenedScan, OpenScanOptions } from './opened-scan.ts';
import { isZip, openZip } from './zip-archive.ts';

const DICOMDIR_CLASS = '1.2.840.10008.1.3.10';

/** Options of `openScan`. */
export interface OpenScanFromDiskOptions extends OpenScanOptions {
  /** Turns DICOM series into volumes; by default dcm2niix. */
  readonly converter?: SeriesConverter;
}

/**
 * Opens a scan.
 *
 * - `.nii`, `.nii.gz`, `.mgh`, `.mgz`, or either half of a `.hdr`/`.img` pair;
 * - a folder with DICOM files at any depth, among anything else: the series that looks most like a T1-weighted
 *   3-D head scan, or the one that `series` names;
 * - one DICOM file: its whole series in that folder; a DICOMDIR: the folder it lies in;
 * - a zip of such a folder, or of one NIfTI or MGH file.
 *
 * @example
 * const scan = await openScan('study.zip', { series: 'mprage' });
 * console.log(scan.source.series?.chosenBecause, scan.volume.shape);
 * @throws VentrisegError NO_SUCH_FILE, UNREADABLE_FILE, NOT_A_SCAN, NO_DICOM_IMAGES, SERIES_NOT_FOUND,
 * SERIES_AMBIGUOUS, INCOMPLETE_SERIES, DICOM_CONVERSION_FAILED, BAD_ZIP; ImagingError for a scan that is
 * damaged; the signal's reason when aborted.
 */
export async function openScan(path: string, options: OpenScanFromDiskOptions = {}): Promise<OpenedScan> {
  options.signal?.throwIfAborted();
  const found = await statOrUndefined(path);
  if (found === undefined) {
    throw new VentrisegError('NO_SUCH_FILE', `${path}: there is no such file or folder; check the path`, {
      path,
    });
  }
  const converter = options.converter ?? nodeDcm2niixConverter();
  if (found.isDirectory()) return openFolder(path, { ...options, converter });
  if (!found.isFile()) {
    throw new VentrisegError('NOT_A_SCAN', `${path}: is neither a file nor a folder`, { path });
  }
  const file = diskFile(path, found.size);
  if (isZip(await file.readHead(4))) {
    return openFiles(path, openZip(await file.read(), path), { ...options, converter });
  }
  const dicom = await readHeader(file);
  if (dicom.kind === 'image') {
    const around = await listFolder(dirname(path), { recursive: false, ...signalOf(options) });
    const { seriesInstanceUid } = dicom.header;
    return openFiles(path, around, { ...options, converter, seriesInstanceUid });
  }
  if (dicom.kind === 'other-dicom') {
    if (dicom.sopClassUid === DICOMDIR_CLASS) return openFolder(dirname(path), { ...options, converter });
    throw new VentrisegError(
      'NO_DICOM_IMAGES',
      `${path}: is a DICOM file without an image (class ${dicom.sopClassUid || 'unknown'}); name an image of the ` +
        `series, or its folder`,
      { path },
    );
  }
  if (dicom.kind === 'unreadable-dicom') {
    throw new VentrisegError('NOT_A_SCAN', `${path}: is DICOM but cannot be read: ${dicom.reason}`, { path });
  }
  if (options.series !== undefined) {
    throw new VentrisegError(
      'SERIES_NOT_FOUND',
      `${path}: series "${options.series}" was asked for, but the file is not DICOM; leave the series out`,
      { path },
    );
  }
  return openOneOrPair(path, file);
}

async function openFolder(
  path: string,
  options: OpenScanOptions & { readonly converter: SeriesConverter },
): Promise<OpenedScan> {
  const files = await listFolder(path, { recursive: true, ...signalOf(options) });
  const scan = await openFiles(path, files, options);
  // `.` and `..` have no name of their own.
  return { ...scan, name: outputName(basename(resolve(path))) };
}

async function openOneOrPair(path: string, file: InputFile): Promise<OpenedScan> {
  let partner: InputFile | undefined;
  for (const candidate of partnerPaths(path)) {
    const found = await statOrUndefined(candidate);
    if (found?.isFile() && partner === undefined) partner = diskFile(candidate, found.size);
  }
  if (!/\.img(\.gz)?$/i.test(path)) return openVolume(path, file, partner);
  if (partner !== undefined) return openVolume(path, partner, file);
  try {
    return await openVolume(path, file);
  } catch (error) {
    if (!(error instanceof VentrisegError)) throw error;
    const hdr = partnerPaths(path)[0];
    throw new VentrisegError('NOT_A_SCAN', `${path}: its header ${hdr} is missing; put it beside the data`, {
      path,
      cause: error,
    });
  }
}

function signalOf({ signal }: OpenScanOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
