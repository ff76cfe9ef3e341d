/**
 * DICOM images grouped into series by SeriesInstanceUID.
 *
 * A folder from a scanner or a PACS mixes series, files that are no images, and sometimes the same image twice;
 * the grouping keeps each image once and counts the rest, so that messages can say what was found.
 */
import { type DicomFile, type DicomHeader, readDicomHeader } from './dicom-header.ts';

/** The images of one SeriesInstanceUID. */
export interface DicomSeries {
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly number: number | undefined;
  /** SeriesDescription, or ProtocolName where that is empty; may be ''. */
  readonly description: string;
  readonly modality: string;
  /** Slices: files, or frames of multi-frame files. */
  readonly images: number;
  /** One header a file, by instance number, then path; at least one. */
  readonly headers: readonly DicomHeader[];
  /** Files left out because they hold an image (SOPInstanceUID) that is already there. */
  readonly duplicates: number;
}

/** What a set of files holds. */
export interface FoundSeries {
  /** By series number, then UID. */
  readonly series: readonly DicomSeries[];
  /** All files looked at. */
  readonly files: number;
  /** DICOM files that are no images. */
  readonly otherDicom: number;
  /** DICOM files whose header cannot be read, with the parser's reason. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Groups files by series.
 *
 * @param files whole files; those that are not DICOM are passed over and only counted
 */
export function findSeries(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): FoundSeries {
  return groupSeries(files.map(({ path, bytes }) => ({ path, file: readDicomHeader(bytes, path) })));
}

/** Groups headers that were read before; see `findSeries`. */
export function groupSeries(
  files: readonly { readonly path: string; readonly file: DicomFile }[],
): FoundSeries {
  const bySeries = new Map<string, DicomHeader[]>();
  const unreadable: { path: string; reason: string }[] = [];
  let otherDicom = 0;
  for (const { path, file } of files) {
    if (file.kind === 'other-dicom') otherDicom++;
    else if (file.kind === 'unreadable-dicom') unreadable.push({ path, reason: file.reason });
    else if (file.kind === 'image') {
      const headers = bySeries.get(file.header.seriesInstanceUid);
      if (headers === undefined) bySeries.set(file.header.seriesInstanceUid, [file.header]);
      else headers.push(file.header);
    }
  }
  const series = [...bySeries.values()].map(seriesOf);
  series.sort(
    (a, b) =>
      (a.number ?? Number.POSITIVE_INFINITY) - (b.number ?? Number.POSITIVE_INFINITY) ||
      compareText(a.seriesInstanceUid, b.seriesInstanceUid),
  );
  return { series, files: files.length, otherDicom, unreadable };
}

function seriesOf(headers: readonly DicomHeader[]): DicomSeries {
  const sorted = [...headers].sort(
    (a, b) => (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0) || compareText(a.path, b.path),
  );
  const seen = new Set<string>();
  const unique = sorted.filter(({ sopInstanceUid }) => {
    if (sopInstanceUid === '') return true;
    if (seen.has(sopInstanceUid)) return false;
    seen.add(sopInstanceUid);
    return true;
  });
  const first = unique[0]!;
  return {
    seriesInstanceUid: first.seriesInstanceUid,
    studyInstanceUid: first.studyInstanceUid,
    number: first.seriesNumber,
    description: first.seriesDescription || first.protocolName,
    modality: first.modality,
    images: unique.reduce((sum, header) => sum + header.frames, 0),
    headers: unique,
    duplicates: sorted.length - unique.length,
  };
}

/** A series in words, for messages: `#4 "T1 MPRAGE" (MR, 176 images)`. */
export function describeSeries(series: DicomSeries): string {
  const number = series.number === undefined ? `UID ${series.seriesInstanceUid}` : `#${series.number}`;
  const images = series.images === 1 ? '1 image' : `${series.images} images`;
  return `${number} "${series.description}" (${series.modality || 'no modality'}, ${images})`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
