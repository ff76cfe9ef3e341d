import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bytesOf, nifti1Bytes } from './nifti-bytes.test-helper.ts';
import { readNifti } from './read.ts';

const path = 'scan.nii.gz';
const counting = Int16Array.from({ length: 24 }, (_, i) => i - 5);

function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const out = bytes.slice();
  for (let i = 0; i < out.length; i += width) out.subarray(i, i + width).reverse();
  return out;
}

test('reads shape, type, sform and voxels of a little-endian file', async () => {
  const scan = await readNifti(nifti1Bytes({}, bytesOf(counting)));
  expect(scan.format).toBe('nifti-1');
  expect(scan.volume.shape).toEqual([2, 3, 4]);
  expect(scan.volume.data).toEqual(counting);
  expect(scan.volume.voxelToWorld).toEqual([1, 0, 0, 10, 0, 1, 0, 20, 0, 0, 1, 30, 0, 0, 0, 1]);
  expect(scan.warnings).toEqual([]);
});

test('reads big-endian and compressed files alike, and leaves the given bytes alone', async () => {
  const big = nifti1Bytes({}, swapped(bytesOf(counting), 2), false);
  const before = big.slice();
  const scan = await readNifti(big);
  expect(scan.volume.data).toEqual(counting);
  expect(scan.header.littleEndian).toBe(false);
  expect(big).toEqual(before);
  expect((await readNifti(gzipSync(big))).volume.data).toEqual(counting);
});

test('the volume does not share memory with the file', async () => {
  const bytes = nifti1Bytes({}, bytesOf(counting));
  const { volume } = await readNifti(bytes);
  bytes.fill(0);
  expect(volume.data).toEqual(counting);
});

test('reads a Node Buffer, whose slice() shares memory', async () => {
  const { volume } = await readNifti(Buffer.from(nifti1Bytes({}, bytesOf(counting))));
  expect(volume.data).toEqual(counting);
});

test('reads from the middle of a larger, unaligned buffer', async () => {
  const file = nifti1Bytes({}, bytesOf(counting));
  const padded = new Uint8Array(file.length + 3);
  padded.set(file, 3);
  expect((await readNifti(padded.subarray(3))).volume.data).toEqual(counting);
});

test('64-bit integers become float64, in both byte orders', async () => {
  const signed = BigInt64Array.of(-1n, 2n ** 40n + 3n, -(2n ** 53n) + 1n, 0n);
  const dim = [3, 2, 2, 1, 1, 1, 1, 1];
  const expected = Float64Array.of(-1, 2 ** 40 + 3, -(2 ** 53) + 1, 0);
  const type = { dim, datatype: 1024, bitpix: 64 };
  expect((await readNifti(nifti1Bytes(type, bytesOf(signed)))).volume.data).toEqual(expected);
  expect((await readNifti(nifti1Bytes(type, swapped(bytesOf(signed), 8), false))).volume.data).toEqual(
    expected,
  );
  const unsigned = BigUint64Array.of(2n ** 64n - 2048n, 7n, 2n ** 63n, 1n);
  const scan = await readNifti(nifti1Bytes({ dim, datatype: 1280, bitpix: 64 }, bytesOf(unsigned)));
  expect(scan.volume.data).toEqual(Float64Array.of(2 ** 64 - 2048, 7, 2 ** 63, 1));
});

test('scaling gives float32, or float64 where float32 would lose digits', async () => {
  const fields = { sclSlope: 0.5, sclInter: -10 };
  const scaled = await readNifti(nifti1Bytes(fields, bytesOf(counting)));
  expect(scaled.volume.data).toEqual(Float32Array.from(counting, (v) => v * 0.5 - 10));
  const wide = Int32Array.from({ length: 24 }, (_, i) => 2 ** 30 + i);
  const { volume } = await readNifti(nifti1Bytes({ ...fields, datatype: 8, bitpix: 32 }, bytesOf(wide)));
  expect(volume.data).toEqual(Float64Array.from(wide, (v) => v * 0.5 - 10));
});

test.each([
  [0, 5],
  [Number.NaN, 5],
  [Number.POSITIVE_INFINITY, 0],
  [1, 0],
])('slope %d with intercept %d leaves the voxels and their type alone', async (sclSlope, sclInter) => {
  const { volume } = await readNifti(nifti1Bytes({ sclSlope, sclInter }, bytesOf(counting)));
  expect(volume.data).toEqual(counting);
});

test('an intercept that is not a number is taken as 0, with a warning', async () => {
  const scan = await readNifti(nifti1Bytes({ sclSlope: 2, sclInter: Number.NaN }, bytesOf(counting)));
  expect(scan.volume.data).toEqual(Float32Array.from(counting, (v) => v * 2));
  expect(scan.warnings).toEqual(['The intercept scl_inter is NaN; 0 is used.']);
});

test('some voxels that are not finite become 0 and are counted; none finite is an error', async () => {
  const float = { datatype: 16, bitpix: 32 };
  const voxels = Float32Array.from(counting);
  voxels[3] = Number.NaN;
  voxels[7] = Number.NEGATIVE_INFINITY;
  const scan = await readNifti(nifti1Bytes(float, bytesOf(voxels)));
  expect([scan.volume.data[3], scan.volume.data[7], scan.volume.data[8]]).toEqual([0, 0, 3]);
  expect(scan.warnings).toEqual(['2 of 24 voxels are NaN or infinite; they were replaced by 0.']);
  const none = nifti1Bytes(float, bytesOf(new Float32Array(24).fill(Number.NaN)));
  await expect(readNifti(none, { path })).rejects.toMatchObject({ code: 'NON_FINITE', path });
});

test('of a 4-D file the first volume is read, with a warning; a fourth axis of 1 is silent', async () => {
  const two = Int16Array.from({ length: 48 }, (_, i) => i);
  const scan = await readNifti(nifti1Bytes({ dim: [4, 2, 3, 4, 2, 1, 1, 1] }, bytesOf(two)));
  expect(scan.volume.data).toEqual(two.subarray(0, 24));
  expect(scan.warnings).toEqual(['The file holds 2 volumes (2x3x4x2); only the first is read.']);
  const one = await readNifti(nifti1Bytes({ dim: [5, 2, 3, 4, 1, 1, 1, 1] }, bytesOf(counting)));
  expect(one.warnings).toEqual([]);
});

test('a pair takes its voxels from the other file', async () => {
  const fields = { magic: 'ni1', voxOffset: 0 };
  const hdr = nifti1Bytes(fields, new Uint8Array(0)).subarray(0, 348);
  for (const pairedData of [bytesOf(counting), gzipSync(bytesOf(counting))]) {
    expect((await readNifti(hdr, { pairedData })).volume.data).toEqual(counting);
  }
  const shifted = nifti1Bytes({ ...fields, voxOffset: 16 }).subarray(0, 348);
  const pairedData = Buffer.concat([new Uint8Array(16), bytesOf(counting)]);
  expect((await readNifti(shifted, { pairedData })).volume.data).toEqual(counting);
  await expect(readNifti(hdr, { path: 'a.hdr' })).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
    message: expect.stringContaining('.img'),
  });
  await expect(readNifti(hdr, { path: 'a.hdr', pairedData: new Uint8Array(0) })).rejects.toMatchObject({
    code: 'EMPTY_FILE',
    path: 'a.img',
  });
});

test.each([
  ['negative', [3, -5, 3, 4, 1, 1, 1, 1]],
  ['zero', [3, 2, 0, 4, 1, 1, 1, 1]],
  ['far too large', [3, 32767, 32767, 32767, 1, 1, 1, 1]],
  ['no dimensions', [0, 2, 3, 4, 1, 1, 1, 1]],
  ['eight dimensions', [8, 2, 3, 4, 1, 1, 1, 1]],
])('%s sizes are refused before anything is allocated', async (_, dim) => {
  for (const bytes of [nifti1Bytes({ dim }), gzipSync(nifti1Bytes({ dim }))]) {
    await expect(readNifti(bytes, { path })).rejects.toMatchObject({ code: 'BAD_DIMENSIONS', path });
  }
});

test('a picture of two dimensions is not a volume', async () => {
  await expect(readNifti(nifti1Bytes({ dim: [2, 4, 6, 1, 1, 1, 1, 1] }), { path })).rejects.toMatchObject({
    code: 'NOT_A_VOLUME',
    message: expect.stringContaining('4x6'),
  });
});

test.each([
  [128, 24, 'RGB24'],
  [32, 64, 'complex64'],
  [1536, 128, 'float128'],
  [1, 1, 'binary'],
  [77, 8, 'no NIfTI type'],
])('datatype %d is refused by name', async (datatype, bitpix, name) => {
  await expect(readNifti(nifti1Bytes({ datatype, bitpix }), { path })).rejects.toMatchObject({
    code: 'UNSUPPORTED_TYPE',
    message: expect.stringContaining(name),
  });
});

test('a truncated file says how much is missing', async () => {
  const dim = [3, 181, 217, 181, 1, 1, 1, 1];
  const noise = new Uint8Array(3_100_000).map((_, i) => (i * 2654435761) >>> 13);
  const message =
    'scan.nii.gz: header says 181x217x181 int16 (14.2 MB) but only 3.1 MB follow; the file looks truncated';
  const raw = nifti1Bytes({ dim }, noise);
  await expect(readNifti(raw, { path })).rejects.toMatchObject({ code: 'TRUNCATED', path, message });
  await expect(readNifti(gzipSync(raw), { path })).rejects.toMatchObject({ code: 'TRUNCATED', message });
  const cut = gzipSync(raw);
  await expect(readNifti(cut.subarray(0, cut.length >> 1), { path })).rejects.toMatchObject({
    code: 'TRUNCATED',
    message: expect.stringMatching(/181x217x181 int16 \(14.2 MB\) but only \d\.\d MB follow/),
  });
  await expect(readNifti(raw.subarray(0, 352), { path })).rejects.toMatchObject({ code: 'TRUNCATED' });
  await expect(readNifti(raw.subarray(0, 200), { path })).rejects.toMatchObject({ code: 'TRUNCATED' });
  await expect(readNifti(raw.subarray(0, 348), { path })).rejects.toMatchObject({ code: 'TRUNCATED' });
});

test('a compressed file with a flipped bit is refused', async () => {
  const bytes = gzipSync(nifti1Bytes({}, bytesOf(counting)));
  bytes[bytes.length - 7]! ^= 4;
  await expect(readNifti(bytes, { path })).rejects.toMatchObject({ code: 'BAD_COMPRESSION', path });
});

test.each([-1, 100, 352.5, Number.NaN, 1e9])('vox_offset %d is refused', async (voxOffset) => {
  for (const bytes of [nifti1Bytes({ voxOffset }), gzipSync(nifti1Bytes({ voxOffset }))]) {
    await expect(readNifti(bytes, { path })).rejects.toMatchObject({ code: 'BAD_HEADER', path });
  }
});

test('vox_offset 0 in a single file is read as 352, with a warning; extensions are skipped', async () => {
  const zero = await readNifti(nifti1Bytes({ voxOffset: 0 }, bytesOf(counting)));
  expect(zero.volume.data).toEqual(counting);
  expect(zero.warnings).toHaveLength(1);
  const extended = nifti1Bytes({ voxOffset: 384 }, Buffer.concat([new Uint8Array(32), bytesOf(counting)]));
  expect((await readNifti(extended)).volume.data).toEqual(counting);
});

test('a wrong magic is refused, and Analyze is named', async () => {
  await expect(readNifti(nifti1Bytes({ magic: 'xyz' }), { path })).rejects.toMatchObject({
    code: 'WRONG_MAGIC',
    message: expect.stringContaining('Analyze'),
  });
  await expect(readNifti(new Uint8Array(400).fill(65), { path })).rejects.toMatchObject({
    code: 'WRONG_MAGIC',
  });
  await expect(readNifti(Uint8Array.of(1), { path })).rejects.toMatchObject({ code: 'WRONG_MAGIC' });
});

test('an affine without extent names the file', async () => {
  const srow = [1e-6, 0, 0, 0, 0, 1e-6, 0, 0, 0, 0, 1e-6, 0];
  await expect(readNifti(nifti1Bytes({ srow }), { path })).rejects.toMatchObject({
    code: 'BAD_AFFINE',
    path,
  });
});
