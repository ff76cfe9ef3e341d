/**
 * The beginning of a file, compressed or not, as far as a codec needs it.
 *
 * Codecs read a header first, learn from it how many bytes the voxels take, and then ask for exactly those.
 */
import { ImagingError } from '../errors.ts';
import { compressionError, type Inflated, inflate, isGzip } from './gzip.ts';

export interface ByteSource {
  /** Up to the first 1024 bytes. */
  readonly head: Uint8Array;
  /**
   * Up to the first `length` bytes; fewer when the file ends earlier. `owned` says that no one else holds the
   * buffer. `available` counts what the file holds, as far as it was read. `cut` says that a compressed file ends
   * too early, so that its checksum is missing even where the bytes are complete.
   *
   * @throws ImagingError BAD_COMPRESSION when a compressed file is damaged.
   */
  readonly read: (length: number) => Promise<FileStart>;
}

export interface FileStart {
  readonly bytes: Uint8Array;
  readonly owned: boolean;
  readonly available: number;
  readonly cut: boolean;
}

const HEAD_LENGTH = 1024;

/**
 * Opens the bytes of a file; gzip is recognised by its magic, not by the file's name.
 *
 * @throws ImagingError EMPTY_FILE, TRUNCATED (gzip that ends before any output), BAD_COMPRESSION.
 */
export async function openBytes(bytes: Uint8Array, path?: string): Promise<ByteSource> {
  const name = path ?? 'scan';
  const where = path === undefined ? {} : { path };
  if (bytes.length === 0) throw new ImagingError('EMPTY_FILE', `${name}: the file is empty (0 bytes)`, where);
  if (!isGzip(bytes)) {
    return {
      head: bytes.subarray(0, HEAD_LENGTH),
      read: async (length) => ({
        bytes: bytes.subarray(0, length),
        owned: false,
        available: bytes.length,
        cut: false,
      }),
    };
  }
  const start = await inflate(bytes, HEAD_LENGTH, 0);
  throwIfDamaged(start, HEAD_LENGTH, bytes, path);
  if (start.bytes.length === 0) {
    if (start.end === 'truncated') {
      throw new ImagingError(
        'TRUNCATED',
        `${name}: the compressed file of ${bytes.length} bytes ends before its header; the file looks truncated`,
        { ...where, cause: start.cause },
      );
    }
    throw new ImagingError('EMPTY_FILE', `${name}: the compressed file is empty inside`, where);
  }
  return {
    head: start.bytes,
    read: async (length) => {
      const inflated = await inflate(bytes, length);
      throwIfDamaged(inflated, length, bytes, path);
      const cut = inflated.end === 'truncated';
      return { bytes: inflated.bytes, owned: true, available: inflated.bytes.length, cut };
    },
  };
}

/** A truncated file is not damaged here: the codec explains it, from the header and what there is. */
function throwIfDamaged(
  inflated: Inflated,
  wanted: number,
  compressed: Uint8Array,
  path: string | undefined,
): void {
  const incomplete = inflated.end === 'trailing' && inflated.bytes.length < wanted;
  if (inflated.end === 'corrupt' || incomplete) throw compressionError(inflated, compressed.length, path);
}
