/**
 * Zip archives as files to read from: what the central directory lists (PKWARE APPNOTE 6.3, with Zip64), each
 * entry inflated when it is asked for and checked against its size and CRC-32.
 *
 * Nothing is unpacked to disk, so an entry's path is only a name. The guards: sizes are taken from the directory
 * and are never exceeded; archives that would unpack to more than a limit, or that claim more than deflate can
 * pack, are refused.
 */
import { inflateSync } from 'fflate';
import { VentrisegError } from '../errors.ts';
import { crc32 } from './crc32.ts';
import type { InputFile } from './input-file.ts';

export interface ZipLimits {
  /** Files in the archive. Default 200000. */
  readonly maxEntries?: number;
  /** Bytes of all files together when unpacked. Default 4 GiB. */
  readonly maxBytes?: number;
}

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly headerOffset: number;
}

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const ZIP64_DIRECTORY_END = 0x06064b50;
const ZIP64_LOCATOR = 0x07064b50;
const DIRECTORY_END_LENGTH = 22;
const ZIP64_LOCATOR_LENGTH = 20;
/** Deflate cannot pack better than this. */
const MAX_RATIO = 1032;

/** Whether a file starts like a zip archive, an empty one included. */
export function isZip(head: Uint8Array): boolean {
  if (head.length < 4 || head[0] !== 0x50 || head[1] !== 0x4b) return false;
  return (head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6);
}

/**
 * Lists the files of an archive; folders are left out.
 *
 * @throws VentrisegError BAD_ZIP when the archive is damaged, encrypted, split, or over a limit. Damage inside an
 * entry is found when the entry is read, and then thrown from there.
 */
export function openZip(bytes: Uint8Array, path: string, limits: ZipLimits = {}): InputFile[] {
  const { maxEntries = 200_000, maxBytes = 4 * 1024 ** 3 } = limits;
  const entries = readDirectory(bytes, path);
  if (entries.length > maxEntries) {
    throw badZip(path, `it lists ${entries.length} files, over the limit of ${maxEntries}; unpack it first`);
  }
  let total = 0;
  for (const entry of entries) {
    total += entry.bytes;
    if (entry.bytes > entry.packedBytes * MAX_RATIO + 1024) {
      throw badZip(
        path,
        `"${entry.name}" claims ${entry.bytes} bytes out of ${entry.packedBytes} packed ones, which cannot be`,
      );
    }
  }
  if (total > maxBytes) {
    throw badZip(
      path,
      `it would unpack to ${megabytes(total)} MB, over the limit of ${megabytes(maxBytes)} MB; ` +
        `unpack it and give the folder`,
    );
  }
  return entries.map((entry) => {
    const read = async () => unpack(bytes, entry, path);
    return {
      path: `${path}!/${entry.name}`,
      size: entry.bytes,
      read,
      readHead: async (length: number) => (await read()).subarray(0, length),
    };
  });
}

function readDirectory(bytes: Uint8Array, path: string): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, offset, end } = directoryExtent(view, path);
  const entries: ZipEntry[] = [];
  let at = offset;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw badZip(path, `entry ${i + 1} of ${count} in its directory is damaged; copy or download it again`);
    }
    const flags = view.getUint16(at + 8, true);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > end) throw badZip(path, `its directory ends inside entry ${i + 1} of ${count}`);
    const name = entryName(bytes.subarray(at + 46, at + 46 + nameLength));
    if (!name.endsWith('/')) {
      if ((flags & 1) !== 0) {
        throw badZip(path, `"${name}" is encrypted; unpack it with its password and give the folder`);
      }
      const method = view.getUint16(at + 10, true);
      if (method !== 0 && method !== 8) {
        throw badZip(
          path,
          `"${name}" is packed with method ${method}, only deflate is supported; unpack it first`,
        );
      }
      const extra = at + 46 + nameLength;
      entries.push({
        name,
        method,
        crc: view.getUint32(at + 16, true),
        ...sizes(view, at, extra, extraLength),
      });
    }
    at = next;
  }
  return entries;
}

/** Where the central directory lies, from the record at the archive's end. */
function directoryExtent(view: DataView, path: string): { count: number; offset: number; end: number } {
  const size = view.byteLength;
  // The record may be followed by a comment of up to 65535 bytes.
  for (let at = size - DIRECTORY_END_LENGTH; at >= Math.max(0, size - DIRECTORY_END_LENGTH - 0xffff); at--) {
    if (view.getUint32(at, true) !== DIRECTORY_END) continue;
    let count = view.getUint16(at + 10, true);
    let offset = view.getUint32(at + 16, true);
    if (view.getUint16(at + 4, true) !== 0 && view.getUint16(at + 4, true) !== 0xffff) {
      throw badZip(path, 'it is one part of a split archive; join the parts or unpack it first');
    }
    const locator = at - ZIP64_LOCATOR_LENGTH;
    if ((count === 0xffff || offset === 0xffffffff) && locator >= 0) {
      if (view.getUint32(locator, true) === ZIP64_LOCATOR) {
        const record = Number(view.getBigUint64(locator + 8, true));
        if (record + 56 > size || view.getUint32(record, true) !== ZIP64_DIRECTORY_END) {
          throw badZip(path, 'its Zip64 directory is damaged; copy or download it again');
        }
        count = Number(view.getBigUint64(record + 32, true));
        offset = Number(view.getBigUint64(record + 48, true));
      }
    }
    if (offset > at) throw badZip(path, 'its directory lies past its end; copy or download it again');
    return { count, offset, end: at };
  }
  throw badZip(path, `its directory is missing at the end of ${size} bytes; it looks cut off, copy it again`);
}

/** Sizes and offset of an entry; fields of all ones are in the Zip64 extra field, in this order. */
function sizes(view: DataView, at: number, extra: number, extraLength: number) {
  let bytes = view.getUint32(at + 24, true);
  let packedBytes = view.getUint32(at + 20, true);
  let headerOffset = view.getUint32(at + 42, true);
  for (let field = extra; field + 4 <= extra + extraLength; ) {
    const length = view.getUint16(field + 2, true);
    if (view.getUint16(field, true) === 1) {
      let value = field + 4;
      const end = Math.min(value + length, extra + extraLength);
      const next = (current: number) => {
        if (current !== 0xffffffff || value + 8 > end) return current;
        value += 8;
        return Number(view.getBigUint64(value - 8, true));
      };
      bytes = next(bytes);
      packedBytes = next(packedBytes);
      headerOffset = next(headerOffset);
    }
    field += 4 + length;
  }
  return { bytes, packedBytes, headerOffset };
}

function unpack(archive: Uint8Array, entry: ZipEntry, path: string): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const at = entry.headerOffset;
  if (at + 30 > archive.length || view.getUint32(at, true) !== LOCAL_HEADER) {
    throw badZip(path, `"${entry.name}" is not where the directory says; copy or download it again`);
  }
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + entry.packedBytes > archive.length) {
    throw badZip(path, `"${entry.name}" is cut off; copy or download it again`);
  }
  const packed = archive.subarray(start, start + entry.packedBytes);
  let unpacked: Uint8Array;
  try {
    unpacked = entry.method === 0 ? packed : inflateSync(packed, { out: new Uint8Array(entry.bytes) });
  } catch (cause) {
    throw badZip(path, `"${entry.name}" cannot be inflated; copy or download it again`, cause);
  }
  if (unpacked.length !== entry.bytes || crc32(unpacked) !== entry.crc) {
    throw badZip(path, `"${entry.name}" is damaged (its checksum is wrong); copy or download it again`);
  }
  return unpacked;
}

/** Names are UTF-8 or some old code page, which Latin-1 shows well enough; Windows tools write backslashes. */
function entryName(bytes: Uint8Array): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    name = new TextDecoder('latin1').decode(bytes);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would break messages into lines
  return name.replaceAll('\\', '/').replace(/[\u0000-\u001f\u007f]+/g, '_');
}

function badZip(path: string, what: string, cause?: unknown): VentrisegError {
  return new VentrisegError('BAD_ZIP', `${path}: the zip archive cannot be used: ${what}`, { path, cause });
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
