/**
 * SHA-256 through Web Crypto, which Node and browsers share (in browsers: on https and localhost).
 */

/** Digest, 32 bytes, of parts laid end to end. */
async function digest(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  let bytes = parts[0] ?? new Uint8Array(0);
  if (parts.length > 1) {
    bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

/** SHA-256 in hex of parts laid end to end. */
export async function sha256(...parts: readonly Uint8Array[]): Promise<string> {
  return hex(await digest(...parts));
}

/** SHA-256 in hex of a set of files, whatever their order: the digest of their sorted digests. */
export async function sha256OfSet(files: readonly Uint8Array[]): Promise<string> {
  const digests = await Promise.all(files.map((file) => digest(file)));
  digests.sort((a, b) => (hex(a) < hex(b) ? -1 : 1));
  return hex(await digest(...digests));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
