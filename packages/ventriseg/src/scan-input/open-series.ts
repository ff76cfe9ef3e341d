/**
 * One DICOM series to a volume: read its files, check that they are complete, convert, take the right image.
 */
import { readNifti } from '@ventriseg/imaging';
import type { ChosenSeries } from '../dicom/choose-series.ts';
import { type DicomHeader, describeSeries, findSliceGaps } from '../dicom/index.ts';
import type { ConvertedImage, SeriesConverter, SeriesFile } from '../dicom/series-converter.ts';
import { VentrisegError } from '../errors.ts';
import { inBatches } from './in-batches.ts';
import { type InputFile, outputName } from './input-file.ts';
import type { OpenedScan, OpenScanOptions } from './opened-scan.ts';
import { sha256OfSet } from './sha256.ts';

/**
 * Opens a chosen series.
 *
 * @param path what the user named; goes into messages, the name and the source
 * @param files the files of the series, in any order; matched to the series' headers by path
 * @throws VentrisegError INCOMPLETE_SERIES when slices or pixels are missing, DICOM_CONVERSION_FAILED;
 * ImagingError when the converted image is no volume.
 */
export async function openSeries(
  path: string,
  chosen: ChosenSeries,
  files: readonly InputFile[],
  converter: SeriesConverter,
  options: OpenScanOptions = {},
): Promise<OpenedScan> {
  const { signal, onProgress } = options;
  const { series } = chosen;
  requireNoGaps(path, chosen);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seriesFiles = await inBatches(
    series.headers,
    async (header) => readComplete(header, byPath.get(header.path)!, path),
    { ...options, stage: 'reading' },
  );
  const sha256 = await sha256OfSet(seriesFiles.map(({ bytes }) => bytes));
  signal?.throwIfAborted();
  onProgress?.({ stage: 'converting', done: 0, total: 1 });
  const converted = await converter.convert(seriesFiles, { path, ...(signal && { signal }) });
  signal?.throwIfAborted();
  const { image, warnings } = pickImage(converted.images, describeSeries(series));
  const scan = await readNifti(image.nifti, { path });
  onProgress?.({ stage: 'converting', done: 1, total: 1 });
  const { sex, ageYears, acquisitionDate } = series.headers[0]!;
  return {
    name: outputName(path),
    volume: scan.volume,
    header: scan.header,
    format: scan.format,
    warnings: [
      ...chosen.warnings,
      ...duplicateWarning(series.duplicates),
      ...converted.warnings,
      ...warnings,
      ...scan.warnings,
    ],
    source: {
      path,
      sha256,
      kind: 'dicom',
      series: {
        description: series.description,
        modality: series.modality,
        seriesInstanceUid: series.seriesInstanceUid,
        number: series.number,
        images: series.images,
        chosenBecause: chosen.because,
      },
      patient: { ...(sex !== undefined && { sex }), ...(ageYears !== undefined && { ageYears }) },
      ...(acquisitionDate !== undefined && { acquisitionDate }),
    },
  };
}

function requireNoGaps(path: string, { series }: ChosenSeries): void {
  const gaps = findSliceGaps(series.headers);
  if (gaps === undefined) return;
  throw new VentrisegError(
    'INCOMPLETE_SERIES',
    `${path}: ${describeSeries(series)} has ${gaps.positions} slices ${round(gaps.spacingMm)} mm apart with gaps of ` +
      `up to ${round(gaps.largestGapMm)} mm: ${gaps.missing} ${gaps.missing === 1 ? 'slice is' : 'slices are'} ` +
      `missing; export the series again`,
    { path },
  );
}

async function readComplete(header: DicomHeader, file: InputFile, path: string): Promise<SeriesFile> {
  const bytes = await file.read();
  if (header.bytesNeeded !== undefined && bytes.length < header.bytesNeeded) {
    throw new VentrisegError(
      'INCOMPLETE_SERIES',
      `${file.path}: its ${header.columns}x${header.rows} image needs ${header.bytesNeeded} bytes but the file has ` +
        `${bytes.length}; it looks truncated, export the series again`,
      { path },
    );
  }
  return { path: file.path, bytes };
}

/**
 * The image to measure among those made from one series: a magnitude image, the largest, of the earliest echo,
 * which is the most T1-weighted and has the most signal.
 */
export function pickImage(
  images: readonly ConvertedImage[],
  series: string,
): { image: ConvertedImage; warnings: string[] } {
  const measurable = images.filter(({ content }) => content !== 'other');
  const resampled = measurable.filter(({ content }) => content === 'resampled');
  const candidates = resampled.length > 0 ? resampled : measurable.length > 0 ? measurable : images;
  const image = [...candidates].sort(
    (a, b) => b.nifti.length - a.nifti.length || (a.echoTimeMs ?? Infinity) - (b.echoTimeMs ?? Infinity),
  )[0]!;
  const warnings: string[] = [];
  if (measurable.length === 0)
    warnings.push(`${series} holds no magnitude image; its phase image was taken.`);
  if (resampled.length > 0) {
    warnings.push(`The slices of ${series} are not equally spaced or are tilted; they were resampled.`);
  }
  if (candidates.length > 1) {
    const times = candidates.map(({ echoTimeMs }) => echoTimeMs);
    const echoes = times.every((time) => time !== undefined) && new Set(times).size === times.length;
    warnings.push(
      echoes
        ? `${series} has ${times.length} echoes (${times.join(', ')} ms); the one at ${image.echoTimeMs} ms was taken.`
        : `${series} gives ${candidates.length} volumes; the ${echoDescription(image, candidates)} was taken.`,
    );
  }
  return { image, warnings };
}

function echoDescription(image: ConvertedImage, candidates: readonly ConvertedImage[]): string {
  const largest = candidates.filter(({ nifti }) => nifti.length === image.nifti.length);
  return largest.length === 1 ? 'largest' : 'first of the largest';
}

function duplicateWarning(duplicates: number): string[] {
  if (duplicates === 0) return [];
  const files = duplicates === 1 ? '1 file repeats an image' : `${duplicates} files repeat images`;
  return [`${files} of the series and ${duplicates === 1 ? 'was' : 'were'} left out.`];
}

function round(mm: number): number {
  return Math.round(mm * 100) / 100;
}
