/**
 * Gzip by what the platform has, without a dependency: zlib in Node, CompressionStream and DecompressionStream in
 * browsers (see gzip-chunks.ts).
 *
 * Inflating keeps what came out before a failure, because a truncated scan is best explained by its own header
 * ("says 14.2 MB, only 3.1 MB follow"), and stops once the caller has enough, so that the first volume of a long
 * 4-D series does not cost the whole series.
 */
import { ImagingError } from '../errors.ts';
import { gunzipChunks, gzipChunks } from './gzip-chunks.ts';

/** How inflating ended: at the end of the stream, at the caller's limit, or by one of three failures. */
export type InflateEnd = 'complete' | 'limit' | 'truncated' | 'trailing' | 'corrupt';

export interface Inflated {
  /**
   * What could be inflated, at most `limit` bytes, in a buffer of its own. After a failure the last few blocks
   * before it may be missing: platforms drop what is queued when a stream fails.
   */
  readonly bytes: Uint8Array;
  readonly end: InflateEnd;
  /** The platform's error for `truncated`, `trailing` and `corrupt`. */
  readonly cause?: unknown;
}

/** Deflate cannot do better than about 1032:1; a larger size in the trailer is not believed. */
const LARGEST_RATIO = 1032;
/** Output beyond the limit (footers) that is still inflated and checked before the rest is left unread. */
const SURPLUS_CHECKED = 1 << 20;

/** Whether the bytes start with the gzip magic 1f 8b. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Compresses bytes to one gzip member. */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const { bytes: compressed, cause } = await drain(
    gzipChunks(bytes),
    Number.POSITIVE_INFINITY,
    0,
    bytes.length / 4,
  );
  if (cause !== undefined) throw cause;
  return compressed;
}

/**
 * Decompresses a whole gzip stream.
 *
 * @param path named in errors
 * @throws ImagingError BAD_COMPRESSION when the bytes are not gzip, are damaged or end too early.
 */
export async function gunzip(bytes: Uint8Array, path?: string): Promise<Uint8Array> {
  const inflated = await inflate(bytes);
  if (inflated.end === 'complete') return inflated.bytes;
  throw compressionError(inflated, bytes.length, path);
}

/**
 * Decompresses up to `limit` bytes, keeping what came before a failure.
 *
 * Up to `checkBeyond` further bytes are inflated and dropped, so that a scan with a short footer is still read
 * to its checksum.
 */
export async function inflate(
  bytes: Uint8Array,
  limit = Number.POSITIVE_INFINITY,
  checkBeyond = SURPLUS_CHECKED,
): Promise<Inflated> {
  if (!isGzip(bytes)) {
    return { bytes: new Uint8Array(0), end: 'corrupt', cause: new Error('no gzip magic 1f 8b at the start') };
  }
  const inflated = await drain(gunzipChunks(bytes), limit, checkBeyond, sizeHint(bytes));
  if (inflated.end !== 'trailing' || inflated.bytes.length >= limit) return inflated;
  return (await inflateMembers(bytes, limit, checkBeyond)) ?? inflated;
}

/**
 * Decompresses a gzip stream of several members, one by one. Node does so by itself; browsers, as the Compression
 * Streams standard asks, stop behind the first. A member ends where the next one's magic follows and everything
 * before it inflates with the right checksum. Undefined when there are no further members.
 */
export async function inflateMembers(
  bytes: Uint8Array,
  limit = Number.POSITIVE_INFINITY,
  checkBeyond = SURPLUS_CHECKED,
): Promise<Inflated | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let start = 0;
  for (let next = nextMagic(bytes, 1); next > 0 && length < limit; next = nextMagic(bytes, next + 1)) {
    const member = bytes.subarray(start, next);
    const part = await drain(gunzipChunks(member), limit - length, checkBeyond, sizeHint(member));
    if (part.end !== 'complete' && part.end !== 'limit') continue;
    parts.push(part.bytes);
    length += part.bytes.length;
    start = next;
  }
  if (start === 0) return undefined;
  let last: Inflated = { bytes: new Uint8Array(0), end: 'limit' };
  if (length < limit) {
    const member = bytes.subarray(start);
    last = await drain(gunzipChunks(member), limit - length, checkBeyond, sizeHint(member));
    parts.push(last.bytes);
    length += last.bytes.length;
  }
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return { ...last, bytes: joined };
}

/** Where the next gzip magic (1f 8b 08, the last for deflate) starts; -1 when there is none. */
function nextMagic(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x1f, from); at >= 0; at = bytes.indexOf(0x1f, at + 1)) {
    if (bytes[at + 1] === 0x8b && bytes[at + 2] === 0x08) return at;
  }
  return -1;
}

/** The error for an inflation that did not succeed. */
export function compressionError(inflated: Inflated, compressedLength: number, path?: string): ImagingError {
  const reason = inflated.cause instanceof Error ? inflated.cause.message : String(inflated.cause);
  const kinds: Partial<Record<InflateEnd, string>> = {
    truncated: `the gzip stream of ${compressedLength} bytes ends too early; the file looks truncated`,
    trailing: `something that is not gzip follows the gzip stream (${reason})`,
  };
  const what =
    kinds[inflated.end] ??
    `the gzip stream is damaged after ${inflated.bytes.length} decompressed bytes (${reason})`;
  return new ImagingError('BAD_COMPRESSION', `${path ?? 'gzip data'}: ${what}; copy or download it again`, {
    ...(path === undefined ? {} : { path }),
    cause: inflated.cause,
  });
}

/** The decompressed size of the last member, from the trailer; only a hint for the first allocation. */
function sizeHint(bytes: Uint8Array): number {
  if (bytes.length < 18) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Math.min(view.getUint32(bytes.length - 4, true), bytes.length * LARGEST_RATIO);
}

async function drain(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
  checkBeyond: number,
  hint: number,
): Promise<Inflated> {
  let output = new Uint8Array(Math.min(Math.max(Math.ceil(hint), 1024), limit));
  let length = 0;
  let surplus = 0;
  const result = (end: InflateEnd, cause?: unknown): Inflated => ({
    bytes: length === output.length ? output : output.subarray(0, length),
    end,
    ...(cause === undefined ? {} : { cause }),
  });
  try {
    for await (const value of chunks) {
      const wanted = Math.min(value.length, limit - length);
      if (length + wanted > output.length) {
        const grown = new Uint8Array(Math.min(limit, Math.max(length + wanted, 2 * output.length)));
        grown.set(output.subarray(0, length));
        output = grown;
      }
      output.set(wanted === value.length ? value : value.subarray(0, wanted), length);
      length += wanted;
      surplus += value.length - wanted;
      if (length === limit && surplus > checkBeyond) return result('limit');
    }
    return result('complete');
  } catch (cause) {
    return result(failureKind(cause, length), cause);
  }
}

/** Tells the platforms' errors apart: zlib codes in Node, wording in browsers. */
function failureKind(cause: unknown, length: number): InflateEnd {
  const code = String((cause as { code?: unknown } | null)?.code ?? '');
  const message = cause instanceof Error ? cause.message : String(cause);
  if (code === 'Z_BUF_ERROR' || /truncat|unexpected end|incomplete|unexpected eof/i.test(message)) {
    return 'truncated';
  }
  if (length > 0 && /junk|trailing|extra|after (the )?end|incorrect header check/i.test(message))
    return 'trailing';
  return 'corrupt';
}
