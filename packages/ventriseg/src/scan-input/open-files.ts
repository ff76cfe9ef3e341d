/**
 * Opens the scan among a set of files: the most suitable DICOM series, or else the one NIfTI or MGH file.
 *
 * This is what folders, zips and files dropped on the page have in common. Strangers (text, reports, other
 * series) are expected and only spoken of when nothing usable is left.
 */
import { chooseSeries } from '../dicom/choose-series.ts';
import { type DicomFile, type FoundSeries, groupSeries, readDicomHeader } from '../dicom/index.ts';
import type { SeriesConverter } from '../dicom/series-converter.ts';
import { VentrisegError } from '../errors.ts';
import { inBatches } from './in-batches.ts';
import { type InputFile, isNamedLikeVolume, partnerPaths } from './input-file.ts';
import { openSeries } from './open-series.ts';
import { openVolume } from './open-volume.ts';
import type { OpenedScan, OpenScanOptions } from './opened-scan.ts';

export interface OpenFilesOptions extends OpenScanOptions {
  readonly converter: SeriesConverter;
  /** Only this series is looked at; for a single DICOM file whose series lies around it. */
  readonly seriesInstanceUid?: string;
}

/** Enough of a file to reach its pixels, but for long private headers. */
const HEAD_BYTES = 128 * 1024;

/**
 * Opens the one scan that a set of files holds.
 *
 * @param path what the user named: a folder, a zip; goes into messages, the name and the source
 * @throws VentrisegError NO_DICOM_IMAGES, NOT_A_SCAN (several NIfTI or MGH files), SERIES_NOT_FOUND,
 * SERIES_AMBIGUOUS, INCOMPLETE_SERIES, DICOM_CONVERSION_FAILED, BAD_ZIP; ImagingError for a damaged scan.
 */
export async function openFiles(
  path: string,
  files: readonly InputFile[],
  options: OpenFilesOptions,
): Promise<OpenedScan> {
  const { found, unreadable } = await scanHeaders(files, options);
  const { seriesInstanceUid: only } = options;
  const series = only === undefined ? found.series : found.series.filter((s) => s.seriesInstanceUid === only);
  if (series.length === 0) return openOnlyVolume(path, files, found, unreadable, options);
  const chosen = chooseSeries(series, options.series, path);
  const scan = await openSeries(path, chosen, files, options.converter, options);
  const lost = [...unreadable, ...found.unreadable.map((file) => `${file.path}: ${file.reason}`)];
  return lost.length === 0 ? scan : { ...scan, warnings: [...scan.warnings, lostWarning(lost)] };
}

async function scanHeaders(
  files: readonly InputFile[],
  options: OpenScanOptions,
): Promise<{ found: FoundSeries; unreadable: string[] }> {
  const unreadable: string[] = [];
  const headers = await inBatches(
    files,
    async (file) => {
      try {
        return { path: file.path, file: await readHeader(file) };
      } catch (error) {
        if (!(error instanceof VentrisegError) || error.code !== 'UNREADABLE_FILE') throw error;
        unreadable.push(error.message);
        return { path: file.path, file: { kind: 'not-dicom' } satisfies DicomFile };
      }
    },
    { ...options, stage: 'headers' },
  );
  return { found: groupSeries(headers), unreadable };
}

/** The DICOM header of a file, read from its beginning where that is enough. */
export async function readHeader(file: InputFile): Promise<DicomFile> {
  const head = await file.readHead(HEAD_BYTES);
  const isWhole = head.length >= file.size;
  const answer = readDicomHeader(head, file.path, isWhole);
  return answer.kind === 'needs-more' ? readDicomHeader(await file.read(), file.path) : answer;
}

async function openOnlyVolume(
  path: string,
  files: readonly InputFile[],
  found: FoundSeries,
  unreadable: readonly string[],
  options: OpenFilesOptions,
): Promise<OpenedScan> {
  const volumes = files.filter((file) => isNamedLikeVolume(file.path));
  if (volumes.length > 1) {
    const names = volumes.slice(0, 5).map((file) => file.path);
    const more = volumes.length > names.length ? ` and ${volumes.length - names.length} more` : '';
    throw new VentrisegError(
      'NOT_A_SCAN',
      `${path}: holds no DICOM images but ${volumes.length} scans (${names.join(', ')}${more}); name one of them`,
      { path },
    );
  }
  const volume = volumes[0];
  if (volume === undefined) throw noImages(path, found, unreadable);
  if (options.series !== undefined) {
    throw new VentrisegError(
      'SERIES_NOT_FOUND',
      `${path}: series "${options.series}" was asked for, but there is no DICOM series, only ${volume.path}`,
      { path },
    );
  }
  const partners = new Set(partnerPaths(volume.path));
  return openVolume(
    path,
    volume,
    files.find((file) => partners.has(file.path)),
  );
}

function noImages(path: string, found: FoundSeries, unreadable: readonly string[]): VentrisegError {
  const lost = [...unreadable, ...found.unreadable.map((file) => `${file.path}: ${file.reason}`)];
  const parts = [
    found.otherDicom > 0 ? `${found.otherDicom} DICOM without pixels, such as reports` : '',
    lost.length > 0 ? `${lost.length} unreadable, the first one ${lost[0]}` : '',
  ].filter((part) => part !== '');
  const what =
    found.files === 0
      ? 'holds no files'
      : `holds no DICOM image among ${found.files === 1 ? '1 file' : `${found.files} files`}` +
        (parts.length > 0 ? ` (${parts.join('; ')})` : '');
  return new VentrisegError(
    'NO_DICOM_IMAGES',
    `${path}: ${what}; give a folder or zip with a DICOM series, or a NIfTI or MGH file`,
    { path },
  );
}

function lostWarning(lost: readonly string[]): string {
  const files = lost.length === 1 ? '1 file' : `${lost.length} files`;
  return `${files} could not be read and may belong to the series: ${lost.slice(0, 3).join('; ')}.`;
}
