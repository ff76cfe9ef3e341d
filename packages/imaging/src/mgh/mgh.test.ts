import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runPython, skipWithoutPython, testWithPython } from '../../../../test/python-oracle.ts';
import { dataPath, testWithData } from '../../../../test/shared-data.ts';
import { createVolume, type Shape3, type VoxelArray, voxelCount } from '../volume/volume.ts';
import { readMgh } from './read.ts';
import { writeMgh } from './write.ts';

interface MghFields {
  dim?: readonly number[];
  type?: number;
  good?: number;
  geometry?: readonly number[];
}

/** An MGH file written field by field: 2x3x4 shorts counting up, and a footer. */
function mghBytes({
  dim = [2, 3, 4, 1],
  type = 4,
  good = 1,
  geometry = GEOMETRY,
}: MghFields = {}): Uint8Array {
  const bytes = new Uint8Array(284 + 48 * Math.max(1, dim[3]!) + 20);
  const view = new DataView(bytes.buffer);
  [1, ...dim, type, 0].forEach((v, i) => {
    view.setInt32(4 * i, v);
  });
  view.setInt16(28, good);
  geometry.forEach((v, i) => {
    view.setFloat32(30 + 4 * i, v);
  });
  for (let i = 0; i < 24 * Math.max(1, dim[3]!); i++) view.setInt16(284 + 2 * i, i - 5);
  return bytes;
}

/** Spacing 1 2 4; i to A, j to L, k to S; centre 10 20 30. */
const GEOMETRY = [1, 2, 4, 0, 1, 0, -1, 0, 0, 0, 0, 1, 10, 20, 30];
const counting = Int16Array.from({ length: 24 }, (_, i) => i - 5);

test('reads voxels and geometry; the centre is at dim / 2', async () => {
  for (const bytes of [mghBytes(), gzipSync(mghBytes()), Buffer.from(mghBytes())]) {
    const scan = await readMgh(bytes);
    expect(scan.format).toBe('mgh');
    expect(scan.volume.data).toEqual(counting);
    expect(scan.volume.shape).toEqual([2, 3, 4]);
    // x = -2 j + 10 + 3, y = i + 20 - 1, z = 4 k + 30 - 8
    expect(scan.volume.voxelToWorld).toEqual([0, -2, 0, 13, 1, 0, 0, 19, 0, 0, 4, 22, 0, 0, 0, 1]);
    expect(scan.warnings).toEqual([]);
  }
});

test('without geometry the default is 1 mm, LIA, centred', async () => {
  const scan = await readMgh(mghBytes({ good: 0, geometry: new Array(15).fill(7) }));
  expect(scan.volume.voxelToWorld).toEqual([-1, 0, 0, 1, 0, 0, 1, -2, 0, -1, 0, 1.5, 0, 0, 0, 1]);
  expect(scan.warnings).toHaveLength(1);
});

test('of several frames the first is read, with a warning', async () => {
  const scan = await readMgh(mghBytes({ dim: [2, 3, 4, 3] }));
  expect(scan.volume.data).toEqual(counting);
  expect(scan.warnings).toEqual(['The file holds 3 frames (2x3x4x3); only the first is read.']);
});

test('unsigned shorts are read', async () => {
  const { volume } = await readMgh(mghBytes({ type: 10 }));
  expect(volume.data).toEqual(Uint16Array.from(counting));
});

test.each([
  ['BAD_DIMENSIONS', { dim: [2, -3, 4, 1] }],
  ['BAD_DIMENSIONS', { dim: [0, 3, 4, 1] }],
  ['BAD_DIMENSIONS', { dim: [32767, 32767, 32767, 1] }],
  ['UNSUPPORTED_TYPE', { type: 6 }],
  ['BAD_AFFINE', { geometry: [1, 2, 4, ...new Array(12).fill(0)] }],
  ['BAD_AFFINE', { geometry: [Number.NaN, ...GEOMETRY.slice(1)] }],
  ['TRUNCATED', { dim: [2, 3, 40, 1] }],
] as const)('%s names the file: %j', async (code, fields) => {
  await expect(readMgh(mghBytes(fields), { path: 'x.mgz' })).rejects.toMatchObject({
    code,
    path: 'x.mgz',
    message: expect.stringContaining('x.mgz: '),
  });
});

test('damaged files are refused by kind', async () => {
  await expect(readMgh(new Uint8Array(0))).rejects.toMatchObject({ code: 'EMPTY_FILE' });
  await expect(readMgh(mghBytes().subarray(0, 100))).rejects.toMatchObject({ code: 'TRUNCATED' });
  await expect(readMgh(new Uint8Array(300).fill(3))).rejects.toMatchObject({ code: 'WRONG_MAGIC' });
  await expect(readMgh(mghBytes().subarray(0, 300), { path: 'a.mgh' })).rejects.toMatchObject({
    code: 'TRUNCATED',
    message: 'a.mgh: header says 2x3x4 int16 (48 bytes) but only 16 bytes follow; the file looks truncated',
  });
});

test('what is written is read back, types widened where MGH has none', async () => {
  const kept: [VoxelArray, VoxelArray][] = [
    [Uint8Array.of(0, 255), Uint8Array.of(0, 255)],
    [Int8Array.of(-128, 127), Int16Array.of(-128, 127)],
    [Int16Array.of(-32768, 7), Int16Array.of(-32768, 7)],
    [Uint16Array.of(65535, 7), Int32Array.of(65535, 7)],
    [Int32Array.of(-(2 ** 31), 2035), Int32Array.of(-(2 ** 31), 2035)],
    [Uint32Array.of(2 ** 31 - 1, 4), Int32Array.of(2 ** 31 - 1, 4)],
    [Float32Array.of(1.5, -7e20), Float32Array.of(1.5, -7e20)],
    [Float64Array.of(0.1, 3), Float32Array.of(0.1, 3)],
  ];
  for (const [data, expected] of kept) {
    const volume = createVolume(data, [2, 1, 1], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    expect((await readMgh(await writeMgh(volume))).volume.data).toEqual(expected);
    expect((await readMgh(await writeMgh(volume, { gzip: false }))).volume.data).toEqual(expected);
  }
  const large = createVolume(
    Uint32Array.of(2 ** 31),
    [1, 1, 1],
    [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  );
  await expect(writeMgh(large)).rejects.toMatchObject({ code: 'UNSUPPORTED_TYPE' });
});

test('any affine survives, sheared ones too', async () => {
  const entry = fc.double({ min: -1, max: 1, noNaN: true });
  const side = fc.integer({ min: 1, max: 300 });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 12, maxLength: 12 }), side, async (e, n) => {
      const rows = e.map((v, i) => (i % 4 === 3 ? 100 * v : i % 5 === 0 ? 3 + v : v));
      const shape: Shape3 = [n, 2, 3];
      const volume = createVolume(new Uint8Array(voxelCount(shape)), shape, [...rows, 0, 0, 0, 1]);
      const back = (await readMgh(await writeMgh(volume, { gzip: false }))).volume.voxelToWorld;
      back.forEach((v, i) => {
        expect(Math.abs(v - volume.voxelToWorld[i]!)).toBeLessThan(2e-4);
      });
    }),
    { numRuns: 100 },
  );
});

const GENERATE = `
import sys, json, numpy as np, nibabel as nib
folder = sys.argv[1]
rng = np.random.default_rng(3)
A = nib.affines.from_matvec(nib.eulerangles.euler2mat(.3, -.2, 1.1) @ np.diag([-1.5, 2, .75]), [10, -20, 30])
out = []
for t in ['u1', 'i2', 'i4', 'f4']:
    for ext in ['mgh', 'mgz']:
        for frames in [1, 3]:
            shape = (3, 4, 5) if frames == 1 else (3, 4, 5, frames)
            d = (rng.normal(0, 50, shape)).astype(t)
            name = f'{folder}/{t}_{frames}.{ext}'
            nib.MGHImage(d, A).to_filename(name)
            img = nib.load(name); d = np.asarray(img.dataobj).reshape(3, 4, 5, frames)[..., 0]
            out.append(dict(file=name, affine=img.affine.ravel().tolist(), data=d.astype(float).ravel(order='F').tolist()))
print(json.dumps(out))
`;

const LOAD = `
import sys, json, hashlib, numpy as np, nibabel as nib
out = []
for f in sys.argv[1:]:
    img = nib.load(f); d = np.asanyarray(img.dataobj)
    out.append(dict(shape=d.shape, affine=img.affine.ravel().tolist(), type=d.dtype.name,
      md5=hashlib.md5(np.asarray(d.astype(d.dtype.newbyteorder('<'))).tobytes(order='F')).hexdigest()))
print(json.dumps(out))
`;

testWithPython('reads what nibabel writes', ['nibabel'], async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mgh-'));
  try {
    const cases = JSON.parse(runPython(GENERATE, [folder])) as {
      file: string;
      affine: number[];
      data: number[];
    }[];
    expect(cases).toHaveLength(16);
    for (const { file, affine, data } of cases) {
      const { volume } = await readMgh(readFileSync(file), { path: file });
      expect(Array.from(volume.data), file).toEqual(data);
      volume.voxelToWorld.forEach((v, i) => {
        expect(Math.abs(v - affine[i]!)).toBeLessThan(1e-5);
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

testWithData(
  'reads FreeSurfer subjects as nibabel does, and nibabel reads them written again',
  async (context) => {
    skipWithoutPython(context, ['nibabel']);
    const files = readdirSync(dataPath('freesurfer-subjects'), { recursive: true })
      .map((file) => dataPath('freesurfer-subjects', String(file)))
      .filter((file) => /ecog.mri.(T1|aseg)\.mgz$/.test(file));
    expect(files).toHaveLength(2);
    const folder = mkdtempSync(join(tmpdir(), 'mgh-'));
    try {
      const copies: string[] = [];
      const own: { md5: string; affine: readonly number[] }[] = [];
      for (const [i, file] of files.entries()) {
        const { volume } = await readMgh(readFileSync(file), { path: file });
        own.push({ md5: createHash('md5').update(volume.data).digest('hex'), affine: volume.voxelToWorld });
        copies.push(join(folder, `${i}.mgh`));
        writeFileSync(copies[i]!, await writeMgh(volume, { gzip: false }));
      }
      const loaded = JSON.parse(runPython(LOAD, [...files, ...copies])) as {
        shape: number[];
        affine: number[];
        type: string;
        md5: string;
      }[];
      for (const [i, file] of files.entries()) {
        const theirs = loaded[i]!;
        const copy = loaded[files.length + i]!;
        expect(own[i]!.md5, file).toBe(theirs.md5);
        expect([copy.md5, copy.type, copy.shape], file).toEqual([theirs.md5, theirs.type, theirs.shape]);
        theirs.affine.forEach((v, k) => {
          expect(Math.abs(own[i]!.affine[k]! - v), file).toBeLessThan(1e-4);
          expect(Math.abs(copy.affine[k]! - v), file).toBeLessThan(1e-4);
        });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
