import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { dataBytes, testWithData } from '../../../../test/shared-data.ts';
import { writeMgh } from '../mgh/write.ts';
import { writeNifti } from '../nifti/write.ts';
import { readScan } from './scan-file.ts';
import { createVolume } from './volume.ts';

const volume = createVolume(
  Uint8Array.from({ length: 24 }, (_, i) => i),
  [2, 3, 4],
  [-1, 0, 0, 5, 0, 0, 1, 6, 0, -1, 0, 7, 0, 0, 0, 1],
);

test('recognises every format by its first bytes, compressed or not', async () => {
  for (const gzip of [true, false]) {
    const files = {
      'nifti-1': await writeNifti(volume, { gzip }),
      'nifti-2': await writeNifti(volume, { gzip, version: 2 }),
      mgh: await writeMgh(volume, { gzip }),
    };
    for (const [format, bytes] of Object.entries(files)) {
      const scan = await readScan(bytes, { path: 'misleading.dcm' });
      expect(scan.format).toBe(format);
      expect(scan.volume).toEqual(volume);
    }
  }
});

test.each([
  ['DICOM', Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')])],
  ['ZIP', Buffer.from('PK\x03\x04 and more')],
  ['Git LFS', Buffer.from('version https://git-lfs.github.com/spec/v1\n')],
  ['web page', Buffer.from('<!DOCTYPE html>')],
  ['PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47])],
  ['starts with bytes 00 01 02', Buffer.from([0, 1, 2])],
  ['Analyze 7.5', Buffer.concat([Buffer.from([0x5c, 1, 0, 0]), Buffer.alloc(400)])],
])('says what else a file is: %s', async (words, bytes) => {
  for (const file of [bytes, gzipSync(bytes)]) {
    await expect(readScan(file, { path: 'a.nii.gz' })).rejects.toMatchObject({
      code: 'WRONG_MAGIC',
      path: 'a.nii.gz',
      message: expect.stringContaining(words),
    });
  }
});

test('an empty file and one cut inside its header', async () => {
  await expect(readScan(new Uint8Array(0), { path: 'a.nii' })).rejects.toMatchObject({ code: 'EMPTY_FILE' });
  const bytes = await writeNifti(volume, { gzip: false });
  for (const length of [4, 100, 347]) {
    await expect(readScan(bytes.subarray(0, length))).rejects.toMatchObject({ code: 'TRUNCATED' });
  }
});

test('every cut of a small file is refused, or read with all voxels and a warning', async () => {
  const compressed = [await writeNifti(volume), await writeMgh(volume)];
  const plain = [await writeNifti(volume, { gzip: false }), await writeMgh(volume, { gzip: false })];
  for (const bytes of [...compressed, ...plain]) {
    // The last 8 bytes of gzip are checksum and length.
    const needed = compressed.includes(bytes) ? bytes.length - 8 : bytes.length;
    for (let length = 0; length < needed; length += 5) {
      await expect(readScan(bytes.subarray(0, length)), `${length}`).rejects.toMatchObject({
        name: 'ImagingError',
        code: expect.stringMatching(/^(EMPTY_FILE|TRUNCATED|WRONG_MAGIC|BAD_COMPRESSION)$/),
      });
    }
  }
  for (const bytes of compressed) {
    const scan = await readScan(bytes.subarray(0, bytes.length - 4));
    expect(scan.volume).toEqual(volume);
    expect(scan.warnings).toEqual([expect.stringContaining('their checksum is not')]);
  }
});

testWithData('a 256^3 uint8 scan is read in well under a second', async () => {
  const bytes = dataBytes('unlabelled', 't1_crop.nii.gz');
  await readScan(bytes);
  const start = performance.now();
  const scan = await readScan(bytes);
  expect(scan.volume.shape).toEqual([256, 256, 256]);
  expect(performance.now() - start).toBeLessThan(2000);
});
