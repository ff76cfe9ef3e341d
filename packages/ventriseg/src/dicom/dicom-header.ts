/**
 * What ventriseg needs to know of one DICOM file: which series it belongs to, how it was acquired, where its
 * slice lies. Pixels are never decoded here; parsing stops where they begin (about 0.1 ms a file).
 *
 * Of the patient only sex and age are kept: names, identifiers and the date of birth do not leave
 * `readDicomHeader`. The day of the scan does, for the time between two scans; no result tells it.
 */
import dicomParser, { type DataSet } from 'dicom-parser';
import { ageYearsFrom } from './patient-age.ts';

/** The header of a DICOM image, without anything that names the patient. */
export interface DicomHeader {
  /** Path of the file, as it was given. */
  readonly path: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly seriesNumber: number | undefined;
  readonly instanceNumber: number | undefined;
  readonly seriesDescription: string;
  readonly protocolName: string;
  /** 'MR', 'CT', ...; upper case. */
  readonly modality: string;
  /** Values of ImageType (0008,0008), upper case: 'ORIGINAL', 'PRIMARY', 'M', ... */
  readonly imageType: readonly string[];
  /** Values of ScanningSequence (0018,0020), upper case: 'SE', 'GR', 'IR', 'EP'. */
  readonly scanningSequence: readonly string[];
  readonly sequenceName: string;
  /** '2D', '3D' or ''. */
  readonly acquisitionType: string;
  readonly bodyPart: string;
  readonly hasContrastAgent: boolean;
  readonly sliceThicknessMm: number | undefined;
  readonly repetitionTimeMs: number | undefined;
  readonly echoTimeMs: number | undefined;
  readonly inversionTimeMs: number | undefined;
  readonly rows: number;
  readonly columns: number;
  /** Images in this file: 1, or the frames of a multi-frame object. */
  readonly frames: number;
  /** Centre of the first voxel, DICOM's LPS mm; undefined in multi-frame objects. */
  readonly positionLps: readonly number[] | undefined;
  /** Directions of rows and columns, LPS, 6 numbers. */
  readonly orientationLps: readonly number[] | undefined;
  /** Bytes the file must have for its uncompressed pixels to be complete; undefined when they are compressed. */
  readonly bytesNeeded: number | undefined;
  /** Patient's sex as coded: 'M', 'F' or 'O'. */
  readonly sex: string | undefined;
  /** Patient's age at the examination, in years. */
  readonly ageYears: number | undefined;
  /** Day of the scan, YYYYMMDD; undefined when the header does not tell one. */
  readonly acquisitionDate: string | undefined;
}

/** What a file turned out to be. */
export type DicomFile =
  | { readonly kind: 'image'; readonly header: DicomHeader }
  /** DICOM, but not an image: a report, a PDF, a DICOMDIR, raw data. */
  | { readonly kind: 'other-dicom'; readonly sopClassUid: string }
  /** DICOM, but its header cannot be read. */
  | { readonly kind: 'unreadable-dicom'; readonly reason: string }
  /** `bytes` end before the pixels begin and before the header says what it must: give more of the file. */
  | { readonly kind: 'needs-more' }
  | { readonly kind: 'not-dicom' };

const PIXEL_DATA = 'x7fe00010';
const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/**
 * Reads the header of a DICOM file; never throws on what a file holds.
 *
 * @param bytes the file, or its beginning; with `isWhole` false the answer may be 'needs-more'.
 */
export function readDicomHeader(bytes: Uint8Array, path: string, isWhole = true): DicomFile {
  const syntax = recognise(bytes);
  if (syntax === undefined) return { kind: 'not-dicom' };
  let dataSet: DataSet;
  try {
    dataSet = dicomParser.parseDicom(bytes, {
      untilTag: PIXEL_DATA,
      inflater: () => {
        throw new UnsupportedSyntax('its transfer syntax is deflate, which is not supported');
      },
      ...(syntax === 'part-10' ? {} : { TransferSyntaxUID: syntax }),
    });
  } catch (error) {
    if (!isWhole) return { kind: 'needs-more' };
    if (syntax !== 'part-10') return { kind: 'not-dicom' };
    return { kind: 'unreadable-dicom', reason: parserReason(error) };
  }
  const hasPixels = dataSet.elements[PIXEL_DATA] !== undefined;
  if (!hasPixels && !isWhole) return { kind: 'needs-more' };
  const rows = dataSet.uint16('x00280010') ?? 0;
  const columns = dataSet.uint16('x00280011') ?? 0;
  const seriesInstanceUid = text(dataSet, 'x0020000e');
  const sopClassUid = text(dataSet, 'x00080016') || text(dataSet, 'x00020002');
  if (!hasPixels || rows === 0 || columns === 0 || seriesInstanceUid === '') {
    if (syntax !== 'part-10' && sopClassUid === '') return { kind: 'not-dicom' };
    return { kind: 'other-dicom', sopClassUid };
  }
  const transferSyntaxUid = syntax === 'part-10' ? text(dataSet, 'x00020010') : syntax;
  const sex = text(dataSet, 'x00100040').toUpperCase();
  const day = text(dataSet, 'x00080022') || text(dataSet, 'x00080020');
  return {
    kind: 'image',
    header: {
      path,
      sopClassUid,
      sopInstanceUid: text(dataSet, 'x00080018'),
      studyInstanceUid: text(dataSet, 'x0020000d'),
      seriesInstanceUid,
      transferSyntaxUid,
      seriesNumber: number(dataSet, 'x00200011'),
      instanceNumber: number(dataSet, 'x00200013'),
      seriesDescription: text(dataSet, 'x0008103e'),
      protocolName: text(dataSet, 'x00181030'),
      modality: text(dataSet, 'x00080060').toUpperCase(),
      imageType: values(dataSet, 'x00080008'),
      scanningSequence: values(dataSet, 'x00180020'),
      sequenceName: text(dataSet, 'x00180024') || text(dataSet, 'x00189005'),
      acquisitionType: text(dataSet, 'x00180023').toUpperCase(),
      bodyPart: text(dataSet, 'x00180015').toUpperCase(),
      hasContrastAgent: text(dataSet, 'x00180010') !== '',
      sliceThicknessMm: number(dataSet, 'x00180050'),
      repetitionTimeMs: number(dataSet, 'x00180080'),
      echoTimeMs: number(dataSet, 'x00180081'),
      inversionTimeMs: number(dataSet, 'x00180082'),
      rows,
      columns,
      frames: Math.max(1, number(dataSet, 'x00280008') ?? 1),
      positionLps: numbers(dataSet, 'x00200032', 3),
      orientationLps: numbers(dataSet, 'x00200037', 6),
      bytesNeeded: pixelsEnd(dataSet),
      sex: sex === 'M' || sex === 'F' || sex === 'O' ? sex : undefined,
      ageYears: ageYearsFrom(text(dataSet, 'x00101010'), text(dataSet, 'x00100030'), day),
      acquisitionDate: day === '' ? undefined : day,
    },
  };
}

/**
 * 'part-10' for a file with DICOM's preamble; the transfer syntax for one that begins at once with group 0008, as
 * old archives and some scanners write; undefined when it is not DICOM.
 */
function recognise(bytes: Uint8Array): string | undefined {
  if (bytes.length >= 132 && latin1(bytes, 128, 4) === 'DICM') return 'part-10';
  if (bytes.length < 16 || bytes[0] !== 8 || bytes[1] !== 0 || bytes[3] !== 0) return undefined;
  return /^[A-Z]{2}$/.test(latin1(bytes, 4, 2)) ? EXPLICIT_LITTLE_ENDIAN : IMPLICIT_LITTLE_ENDIAN;
}

function latin1(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}

/** dicom-parser throws strings, Errors, and `{ exception, dataSet }`; the data set is not passed on. */
function parserReason(error: unknown): string {
  if (error instanceof UnsupportedSyntax) return error.message;
  const inner = typeof error === 'object' && error !== null && 'exception' in error ? error.exception : error;
  return `its header is damaged or cut off (${inner instanceof Error ? inner.message : String(inner)})`;
}

class UnsupportedSyntax extends Error {}

function pixelsEnd(dataSet: DataSet): number | undefined {
  const element = dataSet.elements[PIXEL_DATA]!;
  return element.hadUndefinedLength === true ? undefined : element.dataOffset + element.length;
}

/** All values of an element as one line without control characters; '' when absent or of another kind. */
function text(dataSet: DataSet, tag: string): string {
  const element = dataSet.elements[tag];
  if (element === undefined || element.items !== undefined || element.length === 0) return '';
  if (element.dataOffset + element.length > dataSet.byteArray.length) return '';
  return (
    (dataSet.string(tag) ?? '')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replace(/[\u0000-\u001f\u007f]+/g, ' ')
      .trim()
  );
}

function values(dataSet: DataSet, tag: string): string[] {
  return text(dataSet, tag)
    .toUpperCase()
    .split('\\')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

function numbers(dataSet: DataSet, tag: string, count: number): number[] | undefined {
  const found = text(dataSet, tag).split('\\').map(Number.parseFloat);
  return found.length === count && found.every(Number.isFinite) ? found : undefined;
}

function number(dataSet: DataSet, tag: string): number | undefined {
  const found = Number.parseFloat(text(dataSet, tag));
  return Number.isFinite(found) ? found : undefined;
}
