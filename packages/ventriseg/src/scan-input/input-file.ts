/**
 * One file of whatever the user named, wherever it lies: on disk, in a zip, or in the page's memory.
 *
 * Opening a folder looks at the beginning of every file but reads only the chosen ones whole, so that a study of
 * several gigabytes needs no more memory than one series.
 */
export interface InputFile {
  /** Path for messages; inside a zip, the zip's path followed by `!/` and the entry's. */
  readonly path: string;
  /** Bytes when unpacked. */
  readonly size: number;
  /** The whole file. */
  read(): Promise<Uint8Array>;
  /** The first `length` bytes, or the whole file when it is shorter. */
  readHead(length: number): Promise<Uint8Array>;
}

/** A file that is already in memory. */
export function memoryFile(path: string, bytes: Uint8Array): InputFile {
  return {
    path,
    size: bytes.length,
    read: async () => bytes,
    readHead: async (length) => bytes.subarray(0, length),
  };
}

/** The last part of a path, without trailing separators; '' when there is none. */
export function baseName(path: string): string {
  return path.replace(/[\\/]+$/, '').replace(/^.*[\\/]/s, '');
}

const SCAN_ENDINGS = /\.(nii|hdr|img|mgh|mgz|zip|dcm|ima|dicom)(\.gz)?$/i;

/** The name outputs are called after: the last part of the path without the endings of scans. */
export function outputName(path: string): string {
  return baseName(path).replace(SCAN_ENDINGS, '') || 'scan';
}

const VOLUME_ENDINGS = /\.((nii|hdr)(\.gz)?|mgh|mgz|mgh\.gz)$/i;

/** Whether a file is named like a scan that is one file (or the header of a pair), and no hidden companion. */
export function isNamedLikeVolume(path: string): boolean {
  return VOLUME_ENDINGS.test(path) && !baseName(path).startsWith('.') && !path.includes('__MACOSX/');
}

/**
 * The other half of a NIfTI pair, by name: `scan.hdr` and `scan.img`, each perhaps with `.gz`.
 *
 * @returns the half's ending swapped, in the order to try; empty when `path` is no half of a pair
 */
export function partnerPaths(path: string): string[] {
  const match = /\.(hdr|img)(\.gz)?$/i.exec(path);
  if (match === null) return [];
  const stem = path.slice(0, match.index);
  const isHeader = match[1]!.toLowerCase() === 'hdr';
  const endings = isHeader ? ['img', 'IMG'] : ['hdr', 'HDR'];
  const zipped = match[2] === undefined ? ['', '.gz'] : ['.gz', ''];
  return zipped.flatMap((gz) => endings.map((ending) => `${stem}.${ending}${gz}`));
}
