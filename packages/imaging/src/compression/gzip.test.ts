import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openBytes } from './byte-source.ts';
import { gunzip, gzip, inflate, inflateMembers, isGzip } from './gzip.ts';

/** Text-like bytes that deflate to many blocks. */
function sample(length: number): Uint8Array {
  let state = 7;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 24) & 15;
  });
}

describe.each(["Node's zlib", "the web's streams"])('by %s', (platform) => {
  beforeEach(() => {
    if (platform === "the web's streams") {
      vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('gzip and gunzip undo each other, and agree with zlib', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        const compressed = await gzip(bytes);
        expect(isGzip(compressed)).toBe(true);
        expect(new Uint8Array(gunzipSync(compressed))).toEqual(bytes);
        expect(new Uint8Array(await gunzip(gzipSync(bytes)))).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  test('a file larger than every buffer on the way comes out whole', async () => {
    const bytes = sample(3_000_000);
    expect(Buffer.compare(await gunzip(await gzip(bytes)), bytes)).toBe(0);
  });

  test('inflating stops at the limit and keeps exactly that much', async () => {
    const bytes = sample(3_000_000);
    const start = await inflate(gzipSync(bytes), 1024, 0);
    expect(start.end).toBe('limit');
    expect(Buffer.compare(start.bytes, bytes.subarray(0, 1024))).toBe(0);
    const exact = await inflate(gzipSync(bytes), bytes.length);
    expect([exact.end, exact.bytes.length]).toEqual(['complete', bytes.length]);
  });

  test('a stream cut short keeps what came before the cut', async () => {
    const bytes = sample(3_000_000);
    const compressed = gzipSync(bytes);
    const half = await inflate(compressed.subarray(0, compressed.length >> 1));
    expect(half.end).toBe('truncated');
    expect(half.bytes.length).toBeGreaterThan(1_000_000);
    expect(Buffer.compare(half.bytes, bytes.subarray(0, half.bytes.length))).toBe(0);
  });

  test('damage is told by its kind', async () => {
    const compressed = gzipSync(sample(100_000));
    const checksum = Uint8Array.from(compressed);
    checksum[checksum.length - 6]! ^= 0xff;
    expect((await inflate(checksum)).end).toBe('corrupt');
    const padded = new Uint8Array([...compressed, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect((await inflate(padded)).end).toBe('trailing');
    await expect(gunzip(padded)).rejects.toMatchObject({
      code: 'BAD_COMPRESSION',
      message: expect.stringContaining('not gzip follows'),
    });
    const zeros = new Uint8Array([...compressed, 0, 0, 0, 0]);
    expect((await gunzip(zeros)).length).toBe(100_000);
    await expect(gunzip(checksum, 'scan.nii.gz')).rejects.toMatchObject({
      code: 'BAD_COMPRESSION',
      path: 'scan.nii.gz',
      message: expect.stringContaining('scan.nii.gz: the gzip stream is damaged'),
    });
    await expect(gunzip(compressed.subarray(0, 5000), 'a.gz')).rejects.toMatchObject({
      code: 'BAD_COMPRESSION',
      message: expect.stringContaining('ends too early'),
    });
    await expect(gunzip(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'BAD_COMPRESSION' });
  });

  test('a damaged checksum behind the wanted bytes is still found', async () => {
    const compressed = Uint8Array.from(gzipSync(sample(100_000)));
    compressed[compressed.length - 6]! ^= 0xff;
    const source = await openBytes(compressed, 'x.mgz');
    await expect(source.read(90_000)).rejects.toMatchObject({ code: 'BAD_COMPRESSION', path: 'x.mgz' });
  });

  test('several members are read as one file, by the platform or member by member', async () => {
    const parts = [sample(70_000), new Uint8Array(0), sample(5), sample(200_000)];
    const file = Buffer.concat(parts.map((part) => gzipSync(part)));
    const whole = Buffer.concat(parts);
    expect(Buffer.compare(await gunzip(file), whole)).toBe(0);
    const byMember = await inflateMembers(file);
    expect(byMember?.end).toBe('complete');
    expect(Buffer.compare(byMember!.bytes, whole)).toBe(0);
    const limited = await inflateMembers(file, 70_003);
    expect(Buffer.compare(limited!.bytes, whole.subarray(0, 70_003))).toBe(0);
    expect(await inflateMembers(gzipSync(parts[0]!))).toBeUndefined();
  });

  test('the gzip magic inside a member is not taken for the next member', async () => {
    const stored = gzipSync(Uint8Array.of(0x1f, 0x8b, 0x08, 1, 2, 3), { level: 0 });
    const file = Buffer.concat([stored, gzipSync(Uint8Array.of(9))]);
    expect([...(await inflateMembers(file))!.bytes]).toEqual([0x1f, 0x8b, 0x08, 1, 2, 3, 9]);
  });

  test('empty files are named as such', async () => {
    await expect(openBytes(new Uint8Array(0), 'e.nii')).rejects.toMatchObject({
      code: 'EMPTY_FILE',
      path: 'e.nii',
    });
    await expect(openBytes(gzipSync(new Uint8Array(0)))).rejects.toMatchObject({ code: 'EMPTY_FILE' });
    await expect(openBytes(gzipSync(sample(9)).subarray(0, 4))).rejects.toMatchObject({ code: 'TRUNCATED' });
  });
});
