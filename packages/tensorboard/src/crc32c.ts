/**
 * CRC-32C (Castagnoli polynomial, reflected form 0x82f63b78) and TensorFlow's mask over it.
 *
 * Table driven, one byte a step: about 400 MB/s here, where an event is a few kilobytes. The mask (rotate right
 * by 15 bits, add a constant) is that of TFRecord files: it keeps the checksum of data that itself contains
 * checksums from degenerating.
 */

const table = makeTable();

function makeTable(): Uint32Array {
  const entries = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) {
      remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
    }
    entries[byte] = remainder;
  }
  return entries;
}

/** CRC-32C of the bytes, an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    crc = table[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The masked CRC-32C that TFRecord framing stores, an unsigned 32-bit number. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
