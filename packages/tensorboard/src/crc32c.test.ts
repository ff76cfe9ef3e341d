import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c, maskedCrc32c } from './crc32c.ts';

test.each([
  ['nothing', new Uint8Array(0), 0],
  ['the check string 123456789', new TextEncoder().encode('123456789'), 0xe3069283],
  ['32 zero bytes (RFC 3720, B.4)', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of 0xff (RFC 3720, B.4)', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31 (RFC 3720, B.4)', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
])('crc32c of %s', (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

test('crc32c is the remainder of long division by the polynomial', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(crc32c(bytes)).toBe(naiveCrc32c(bytes));
    }),
  );
});

test('the mask rotates right by 15 and adds its constant', () => {
  // 0xe3069283 rotated right by 15 is 0x2507c60d; plus 0xa282ead8.
  expect(maskedCrc32c(new TextEncoder().encode('123456789'))).toBe(0xc78ab0e5);
});

function naiveCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n;
    }
  }
  return Number(crc ^ 0xffffffffn);
}
