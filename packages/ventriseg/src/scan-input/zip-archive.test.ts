import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { python, testWithPython } from '../../../../test/python-oracle.ts';
import { crc32 } from './crc32.ts';
import { isZip, openZip } from './zip-archive.ts';

const text = (value: string) => new TextEncoder().encode(value);
const zip = (content: Zippable) => zipSync(content);
const long = text('the same words again and again; '.repeat(500));

async function contents(bytes: Uint8Array) {
  const files = openZip(bytes, 'a.zip');
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file.path, new TextDecoder().decode(await file.read())])),
  );
}

test('CRC-32 of the standard check string', () => {
  expect(crc32(text('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test('files are listed with nested paths and read back; folders are left out', async () => {
  const archive = zip({
    folder: { sub: { 'a.txt': [long, { level: 9 }] }, empty: {} },
    'b.txt': [text('b'), { level: 0 }],
  });
  expect(await contents(archive)).toEqual({
    'a.zip!/folder/sub/a.txt': new TextDecoder().decode(long),
    'a.zip!/b.txt': 'b',
  });
  const [first] = openZip(archive, 'a.zip');
  expect(first!.size).toBe(long.length);
  expect(await first!.readHead(8)).toEqual(long.subarray(0, 8));
});

test('paths that lead out of a folder are only names', () => {
  const [file] = openZip(zip({ '../../etc/passwd': text('x') }), 'a.zip');
  expect(file!.path).toBe('a.zip!/../../etc/passwd');
});

test('an empty archive has no files', () => {
  const empty = zip({});
  expect(isZip(empty)).toBe(true);
  expect(openZip(empty, 'a.zip')).toEqual([]);
});

test('a comment at the end is passed over', async () => {
  const archive = zip({ a: text('a') });
  const comment = text('a remark');
  const bytes = new Uint8Array(archive.length + comment.length);
  bytes.set(archive);
  bytes.set(comment, archive.length);
  new DataView(bytes.buffer).setUint16(archive.length - 2, comment.length, true);
  expect(await contents(bytes)).toEqual({ 'a.zip!/a': 'a' });
});

test('what is no zip is told from its first bytes', () => {
  expect(isZip(text('PK'))).toBe(false);
  expect(isZip(text('PKxx'))).toBe(false);
  expect(isZip(zip({ a: text('a') }))).toBe(true);
});

test('an archive cut anywhere is refused, never read wrongly', () => {
  const archive = zip({ 'a.txt': long, 'b.txt': text('b') });
  for (let length = 4; length < archive.length; length++) {
    expect(() => openZip(archive.subarray(0, length), 'a.zip'), `${length} bytes`).toThrow(/cannot be used/);
  }
});

test('a flipped byte in the packed data is found', async () => {
  const archive = zip({ 'a.txt': long });
  const packedAt = 30 + 'a.txt'.length;
  for (let at = packedAt; at < packedAt + 40; at += 3) {
    const damaged = archive.slice();
    damaged[at]! ^= 0x10;
    const [file] = openZip(damaged, 'a.zip');
    await expect(file!.read(), `byte ${at}`).rejects.toMatchObject({ code: 'BAD_ZIP', path: 'a.zip' });
  }
});

test('archives over a limit are refused before anything is unpacked', () => {
  const archive = zip({ a: long, b: long });
  expect(() => openZip(archive, 'a.zip', { maxBytes: 2 * long.length })).not.toThrow();
  expect(() => openZip(archive, 'a.zip', { maxBytes: 2 * long.length - 1 })).toThrow(/would unpack to/);
  expect(() => openZip(archive, 'a.zip', { maxEntries: 1 })).toThrow(/lists 2 files, over the limit of 1/);
});

test('a size that deflate cannot reach is refused; a false smaller one is found on reading', async () => {
  const sizeAt = (bytes: Uint8Array) => bytes.length - 22 - (46 + 'a'.length) + 24;
  const claims = (size: number) => {
    const bytes = zip({ a: long });
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(sizeAt(bytes), size, true);
    return bytes;
  };
  expect(() => openZip(claims(2e9), 'a.zip')).toThrow(/claims 2000000000 bytes/);
  const [file] = openZip(claims(100), 'a.zip');
  await expect(file!.read()).rejects.toThrow(/damaged/);
});

test('encrypted and unusually packed entries are named', () => {
  const directoryAt = (bytes: Uint8Array) => bytes.length - 22 - (46 + 'a.dcm'.length);
  const changed = (offset: number, value: number) => {
    const bytes = zip({ 'a.dcm': long });
    new DataView(bytes.buffer, bytes.byteOffset).setUint16(directoryAt(bytes) + offset, value, true);
    return bytes;
  };
  expect(() => openZip(changed(8, 1), 'a.zip')).toThrow(/"a.dcm" is encrypted; unpack it with its password/);
  expect(() => openZip(changed(10, 14), 'a.zip')).toThrow(/"a.dcm" is packed with method 14/);
});

const PYTHON_ZIP = `
import sys, zipfile
path = sys.argv[1]
with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
    with z.open(zipfile.ZipInfo('streamed.txt'), 'w', force_zip64=True) as f:
        f.write(b'streamed with zip64 fields')
    z.writestr('B\\u00fccher/gr\\u00fc\\u00dfe.txt', 'x' * 5000)
    z.writestr('dir/', '')
`;

testWithPython('archives of another implementation, with Zip64 fields and umlauts', ['zipfile'], async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ventriseg-zip-'));
  try {
    const path = join(folder, 'python.zip');
    writeFileSync(join(folder, 'make.py'), PYTHON_ZIP);
    execFileSync(python, [join(folder, 'make.py'), path]);
    expect(await contents(readFileSync(path))).toEqual({
      'a.zip!/streamed.txt': 'streamed with zip64 fields',
      'a.zip!/Bücher/grüße.txt': 'x'.repeat(5000),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
