/**
 * Names what a file is when it is not a scan that can be read here, so that the message can say what to do.
 */
import { ImagingError } from '../errors.ts';

interface ForeignFormat {
  readonly name: string;
  readonly offset: number;
  /** Bytes as a Latin-1 string. */
  readonly magic: string;
  readonly advice: string;
}

const FOREIGN_FORMATS: readonly ForeignFormat[] = [
  { name: 'a DICOM file', offset: 128, magic: 'DICM', advice: 'give the folder of the DICOM series' },
  { name: 'a ZIP archive', offset: 0, magic: 'PK\x03\x04', advice: 'unpack it first' },
  { name: 'an NRRD file', offset: 0, magic: 'NRRD', advice: 'convert it to NIfTI' },
  { name: 'a MINC 1 file', offset: 0, magic: 'CDF\x01', advice: 'convert it to NIfTI with mnc2nii' },
  { name: 'an HDF5 file', offset: 0, magic: '\x89HDF', advice: 'convert it to NIfTI' },
  { name: 'a PNG picture', offset: 0, magic: '\x89PNG', advice: 'a scan is needed, not a picture of it' },
  {
    name: 'a JPEG picture',
    offset: 0,
    magic: '\xff\xd8\xff',
    advice: 'a scan is needed, not a picture of it',
  },
  { name: 'a PDF document', offset: 0, magic: '%PDF', advice: 'a scan is needed' },
  { name: 'a bzip2 file', offset: 0, magic: 'BZh', advice: 'unpack it first' },
  { name: 'an xz file', offset: 0, magic: '\xfd7zXZ', advice: 'unpack it first' },
  { name: 'a zstd file', offset: 0, magic: '\x28\xb5\x2f\xfd', advice: 'unpack it first' },
  { name: 'a tar archive', offset: 257, magic: 'ustar', advice: 'unpack it first' },
  {
    name: 'a Git LFS pointer',
    offset: 0,
    magic: 'version https://git-lfs',
    advice: 'fetch the file itself with git lfs pull',
  },
  { name: 'a web page', offset: 0, magic: '<!', advice: 'the download returned a page instead of the file' },
  {
    name: 'a web page',
    offset: 0,
    magic: '<html',
    advice: 'the download returned a page instead of the file',
  },
];

/** The WRONG_MAGIC error: what was expected, what the file is instead, what to do. */
export function wrongMagicError(head: Uint8Array, expected: string, path?: string): ImagingError {
  const found = FOREIGN_FORMATS.find((format) => startsWithAt(head, format.magic, format.offset));
  const what =
    found !== undefined
      ? `is ${found.name}, not a ${expected}; ${found.advice}`
      : isAnalyze(head)
        ? `is an Analyze 7.5 header without the NIfTI magic, so left and right are unknown; convert it to NIfTI`
        : `is not a ${expected}; it starts with bytes ${hex(head)}`;
  return new ImagingError('WRONG_MAGIC', `${path ?? 'scan'}: ${what}`, path === undefined ? {} : { path });
}

function startsWithAt(bytes: Uint8Array, magic: string, offset: number): boolean {
  if (bytes.length < offset + magic.length) return false;
  for (let i = 0; i < magic.length; i++) if (bytes[offset + i] !== magic.charCodeAt(i)) return false;
  return true;
}

function isAnalyze(head: Uint8Array): boolean {
  if (head.length < 348) return false;
  const view = new DataView(head.buffer, head.byteOffset, 4);
  return view.getInt32(0, true) === 348 || view.getInt32(0, false) === 348;
}

function hex(head: Uint8Array): string {
  return Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
