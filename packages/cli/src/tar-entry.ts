/**
 * Takes one file out of a tar archive (POSIX ustar, as npm packs), so that nothing need be installed or unpacked
 * to disk for it.
 */

const BLOCK = 512;

/** @returns the file's bytes, a view; undefined when the archive has no file of this name, or ends within it */
export function tarEntry(archive: Uint8Array, name: string): Uint8Array | undefined {
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    const size = Number.parseInt(text(header, 124, 12), 8);
    if (text(header, 0, 100) === '' || !Number.isSafeInteger(size)) return undefined;
    const prefix = text(header, 345, 155);
    const path = prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
    const start = at + BLOCK;
    if (path === name) {
      return start + size <= archive.length ? archive.subarray(start, start + size) : undefined;
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}

/** A field up to its first NUL, without padding. */
function text(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end)).trim();
}
