/**
 * The NIfTI codec against nibabel, both ways, and against nifti-reader-js on real scans.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isCompressed, readHeader, readImage } from 'nifti-reader-js';
import { expect, test } from 'vitest';
import { runPython, skipWithoutPython, testWithPython } from '../../../../test/python-oracle.ts';
import { dataBytes, dataPath, testWithData } from '../../../../test/shared-data.ts';
import { createVolume, type Volume } from '../volume/volume.ts';
import { bytesOf } from './nifti-bytes.test-helper.ts';
import { readNifti } from './read.ts';
import { writeNifti } from './write.ts';

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nifti-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Expected {
  file: string;
  shape: number[];
  affine: number[];
  data: number[];
  scaled: boolean;
}

/** Writes a file of every type, byte order, version and form; prints what nibabel reads back from each. */
const GENERATE = `
import sys, json, itertools, numpy as np, nibabel as nib
folder = sys.argv[1]
rng = np.random.default_rng(3)
A = nib.affines.from_matvec(nib.eulerangles.euler2mat(.3, -.2, 1.1) @ np.diag([-1.5, 2, .75]), [10, -20, 30])
B = nib.affines.from_matvec(np.diag([1, -1.2, 2]), [1, 2, 3])
out = []
def report(name, scaled=False):
    img = nib.load(folder + '/' + name)
    d = np.asarray(img.dataobj).astype(float)
    d = d[..., 0] if d.ndim == 4 else d
    out.append(dict(file=name, shape=d.shape, affine=img.affine.ravel().tolist(),
                    data=d.ravel(order='F').tolist(), scaled=scaled))
types = ['u1', 'i1', 'u2', 'i2', 'u4', 'i4', 'f4', 'f8', 'i8', 'u8']
def values(t):
    if t[0] == 'f': return rng.normal(0, 1000, (3, 4, 5)).astype(t)
    info = np.iinfo(t)
    d = rng.integers(info.min, info.max, (3, 4, 5), dtype=t, endpoint=True)
    d.ravel()[:2] = [info.min, info.max]
    return d
for version, order, t, ext in itertools.product([1, 2], '<>', types, ['nii', 'nii.gz', 'img']):
    cls = {(1, 0): nib.Nifti1Image, (2, 0): nib.Nifti2Image, (1, 1): nib.Nifti1Pair, (2, 1): nib.Nifti2Pair}
    cls = cls[version, ext == 'img']
    header = cls.header_class(endianness=order)
    header.set_data_dtype(np.dtype(t).newbyteorder(order))
    img = cls(values(t), A, header)
    if t in ('i2', 'f4'): img.set_sform(B, 2); img.set_qform(A, 1)
    if t in ('u2', 'f8'): img.set_sform(None, 0); img.set_qform(A, 1)
    if t == 'i1': img.set_sform(None, 0); img.set_qform(None, 0); img.header.set_zooms([2, 3, 4])
    name = f'v{version}{"le" if order == "<" else "be"}_{t}.{ext}'
    img.to_filename(folder + '/' + name)
    report(name)
for t in ['u1', 'i2', 'i4']:
    img = nib.Nifti1Image(rng.normal(5, 1, (3, 4, 5)), A); img.set_data_dtype(t)
    img.to_filename(f'{folder}/scaled_{t}.nii.gz'); report(f'scaled_{t}.nii.gz', True)
img = nib.Nifti1Image(rng.integers(0, 99, (3, 4, 5, 6), dtype='i2'), A)
img.header.extensions.append(nib.nifti1.Nifti1Extension('comment', b'forty characters of comment in the header'))
img.to_filename(folder + '/extended_4d.nii.gz'); report('extended_4d.nii.gz')
print(json.dumps(out))
`;

testWithPython('reads every type, byte order, version and form as nibabel does', ['nibabel'], async () => {
  await inFolder(async (folder) => {
    const cases = JSON.parse(runPython(GENERATE, [folder])) as Expected[];
    expect(cases).toHaveLength(2 * 2 * 10 * 3 + 4);
    for (const { file, shape, affine, data, scaled } of cases) {
      const pair = file.endsWith('.img');
      const bytes = readFileSync(join(folder, pair ? file.replace('.img', '.hdr') : file));
      const options = pair ? { pairedData: readFileSync(join(folder, file)) } : {};
      const { volume } = await readNifti(bytes, { path: file, ...options });
      expect(volume.shape, file).toEqual(shape);
      volume.voxelToWorld.forEach((v, i) => {
        expect(Math.abs(v - affine[i]!), `${file} affine ${i}`).toBeLessThan(1e-5);
      });
      if (scaled) {
        const worst = data.reduce((most, v, i) => Math.max(most, Math.abs(v - volume.data[i]!)), 0);
        expect(worst, file).toBeLessThan(1e-6 * 10);
      } else {
        expect(Array.from(volume.data), file).toEqual(data);
      }
    }
  });
});

const LOAD = `
import sys, json, numpy as np, nibabel as nib
out = []
for f in sys.argv[1:]:
    img = nib.load(f); h = img.header; d = np.asanyarray(img.dataobj)
    q, qc = img.get_qform(coded=True); s, sc = img.get_sform(coded=True)
    flat = lambda m: None if m is None else m.ravel().tolist()
    out.append(dict(shape=d.shape, type=d.dtype.name, affine=flat(img.affine), qform=flat(q), sform=flat(s),
      codes=[int(qc), int(sc)], intent=h.get_intent('code')[0], zooms=[float(z) for z in h.get_zooms()[:3]],
      description=bytes(h['descrip'].item()).decode('latin1'), data=d.astype(float).ravel(order='F').tolist()))
print(json.dumps(out))
`;

interface Loaded {
  shape: number[];
  type: string;
  affine: number[];
  qform: number[] | null;
  sform: number[] | null;
  codes: number[];
  intent: number;
  zooms: number[];
  description: string;
  data: number[];
}

testWithPython('nibabel reads what is written: data, type, both forms', ['nibabel'], async () => {
  const voxelToWorld = [0, 0, 1.5, -20, -1, 0, 0, 30, 0, 2, 0, -40, 0, 0, 0, 1];
  const types = [
    Uint8Array,
    Int8Array,
    Uint16Array,
    Int16Array,
    Uint32Array,
    Int32Array,
    Float32Array,
    Float64Array,
  ];
  await inFolder(async (folder) => {
    const volumes: Volume[] = [];
    const files: string[] = [];
    for (const type of types) {
      for (const version of [1, 2] as const) {
        const data = new type(Array.from({ length: 60 }, (_, i) => i * 3.25 - 50));
        volumes.push(createVolume(data, [3, 4, 5], voxelToWorld));
        files.push(join(folder, `${type.name}_${version}.nii.gz`));
        writeFileSync(
          files.at(-1)!,
          await writeNifti(volumes.at(-1)!, { version, intent: 'label', description: 'ventricles' }),
        );
      }
    }
    const loaded = JSON.parse(runPython(LOAD, files)) as Loaded[];
    loaded.forEach((image, i) => {
      const { data } = volumes[i]!;
      expect(image.data).toEqual(Array.from(data));
      expect(image.type).toBe(data.constructor.name.replace('Array', '').toLowerCase());
      expect(image.shape).toEqual([3, 4, 5]);
      expect(image.affine).toEqual(voxelToWorld);
      expect(image.sform).toEqual(voxelToWorld);
      image.qform!.forEach((v, k) => {
        expect(v).toBeCloseTo(voxelToWorld[k]!, 5);
      });
      expect(image.codes).toEqual([1, 1]);
      expect([image.intent, image.description]).toEqual([1002, 'ventricles']);
      expect(image.zooms).toEqual([1, 2, 1.5]);
    });
  });
});

/** Scans whose headers disagree with themselves in every way a scanner or a tool makes them. */
const ODD_SCANS = `
import sys, json, numpy as np, nibabel as nib
folder = sys.argv[1]
A = nib.affines.from_matvec(nib.eulerangles.euler2mat(.3, -.2, 1.1) @ np.diag([-1.5, 2, .75]), [10, -20, 30])
B = nib.affines.from_matvec(np.array([[1, .1, 0], [0, 1.1, .2], [.05, 0, 1.3]]), [-90, -120, -70])
files = []
for i, (s, sc, q, qc) in enumerate([(A, 1, A, 1), (B, 4, A, 1), (B, 2, None, 0), (None, 0, A, 3), (None, 0, None, 0)]):
    for cls in (nib.Nifti1Image, nib.Nifti2Image):
        for order in '<>':
            img = cls(np.arange(60, dtype='i2').reshape(3, 4, 5), A, cls.header_class(endianness=order))
            img.header.set_zooms([1.5, 2, .75]); img.set_sform(s, sc); img.set_qform(q, qc)
            img.header.set_xyzt_units('micron' if i == 2 else 'mm', 'sec')
            files.append(f'{folder}/odd_{i}_{cls.__name__}_{"le" if order == "<" else "be"}.nii.gz')
            img.to_filename(files[-1])
print(json.dumps(files))
`;

testWithPython('nibabel sees the same geometry in a mask as in its scan', ['nibabel'], async () => {
  await inFolder(async (folder) => {
    const scans = JSON.parse(runPython(ODD_SCANS, [folder])) as string[];
    const masks: string[] = [];
    for (const file of scans) {
      const scan = await readNifti(readFileSync(file), { path: file });
      const mask = createVolume(new Uint8Array(60).fill(4), scan.volume.shape, scan.volume.voxelToWorld);
      masks.push(file.replace('.nii.gz', '_mask.nii.gz'));
      writeFileSync(masks.at(-1)!, await writeNifti(mask, { template: scan.header, intent: 'label' }));
    }
    const loaded = JSON.parse(runPython(LOAD, [...scans, ...masks])) as Loaded[];
    for (const [i, file] of scans.entries()) {
      const scan = loaded[i]!;
      const mask = loaded[scans.length + i]!;
      for (const field of ['shape', 'affine', 'qform', 'sform', 'codes', 'zooms'] as const) {
        expect(mask[field], `${file} ${field}`).toEqual(scan[field]);
      }
      expect(mask.data.every((v) => v === 4)).toBe(true);
    }
  });
});

/** One scan of each kind in the folder of real scans, as paths below it. */
function realScans(): string[][] {
  const first = (folder: string, ending: string, count: number) =>
    readdirSync(dataPath(folder))
      .filter((file) => file.endsWith(ending))
      .slice(0, count)
      .map((file) => [folder, file]);
  return [
    ...first('unlabelled', '.nii.gz', 2),
    ...first('ixi-2mm', '.nii.gz', 2),
    ...first('oasis-manual', '.nii.gz', 2),
    ...first('label-maps', '.nii.gz', 1),
  ];
}

testWithData('reads real scans as nifti-reader-js does', async () => {
  for (const parts of realScans()) {
    const bytes = dataBytes(...parts);
    const { volume } = await readNifti(bytes, { path: parts.join('/') });
    const plain = isCompressed(Uint8Array.from(bytes).buffer)
      ? Uint8Array.from(gunzipSync(bytes)).buffer
      : Uint8Array.from(bytes).buffer;
    const header = readHeader(plain)!;
    expect(volume.shape).toEqual(header.dims.slice(1, 4));
    const image = new Uint8Array(readImage(header, plain));
    // nifti-reader-js leaves scl_slope and scl_inter to its caller.
    const slope = header.scl_slope || 1;
    if (slope === 1 && header.scl_inter === 0) {
      expect(Buffer.compare(bytesOf(volume.data), image), parts.join('/')).toBe(0);
    } else {
      expect(header.datatypeCode, parts.join('/')).toBe(2);
      const scaled = Float32Array.from(image, (v) => v * slope + header.scl_inter);
      expect(Buffer.compare(bytesOf(volume.data), bytesOf(scaled)), parts.join('/')).toBe(0);
    }
    volume.voxelToWorld.forEach((v, i) => {
      expect(v).toBeCloseTo(header.affine[i >> 2]![i & 3]!, 4);
    });
  }
});

const DIGEST = `
import sys, json, hashlib, numpy as np, nibabel as nib
out = []
for f in sys.argv[1:]:
    img = nib.load(f); d = np.asanyarray(img.dataobj)
    out.append(dict(shape=d.shape, affine=img.affine.ravel().tolist(),
      md5=hashlib.md5(np.asarray(d.astype('<f4')).tobytes(order='F')).hexdigest()))
print(json.dumps(out))
`;

testWithData(
  'reads real scans as nibabel does, and a copy with their header has their affine',
  async (context) => {
    skipWithoutPython(context, ['nibabel']);
    await inFolder(async (folder) => {
      const files = realScans().map((parts) => dataPath(...parts));
      const copies: string[] = [];
      const digests: string[] = [];
      const volumes: Volume[] = [];
      for (const [i, file] of files.entries()) {
        const { volume, header } = await readNifti(readFileSync(file), { path: file });
        volumes.push({ ...volume, data: new Uint8Array(0) });
        const floats = volume.data instanceof Float32Array ? volume.data : new Float32Array(volume.data);
        digests.push(createHash('md5').update(floats).digest('hex'));
        copies.push(join(folder, `${i}.nii`));
        writeFileSync(copies[i]!, await writeNifti(volume, { template: header, gzip: false }));
      }
      const loaded = JSON.parse(runPython(DIGEST, [...files, ...copies])) as {
        shape: number[];
        affine: number[];
        md5: string;
      }[];
      for (const [i, file] of files.entries()) {
        expect(digests[i], file).toBe(loaded[i]!.md5);
        expect(volumes[i]!.shape).toEqual(loaded[i]!.shape);
        volumes[i]!.voxelToWorld.forEach((v, k) => {
          expect(Math.abs(v - loaded[i]!.affine[k]!), file).toBeLessThan(1e-4);
        });
        expect(loaded[files.length + i]).toEqual(loaded[i]);
      }
    });
  },
);

test('nifti-reader-js reads what is written', async () => {
  const data = Float32Array.from({ length: 24 }, (_, i) => i / 7);
  const voxelToWorld = [0, -1.25, 0, 3, 2, 0, 0, 4, 0, 0, 0.5, 5, 0, 0, 0, 1];
  for (const version of [1, 2] as const) {
    const bytes = await writeNifti(createVolume(data, [2, 3, 4], voxelToWorld), { version, gzip: false });
    const buffer = Uint8Array.from(bytes).buffer;
    const header = readHeader(buffer)!;
    expect(header.affine.flat()).toEqual(voxelToWorld);
    expect(new Float32Array(readImage(header, buffer))).toEqual(data);
  }
});
