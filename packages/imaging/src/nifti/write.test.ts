import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Affine, Shape3, Volume, VoxelArray } from '../volume/volume.ts';
import { createVolume, voxelCount } from '../volume/volume.ts';
import type { NiftiHeader } from './header.ts';
import { bytesOf, nifti1Bytes } from './nifti-bytes.test-helper.ts';
import { headerAffine } from './orientation.ts';
import { affineToQform } from './qform.ts';
import { readNifti } from './read.ts';
import { writeNifti } from './write.ts';

const TYPES = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
] as const;

/** Voxels of every bit pattern a type can hold, floats finite. */
function voxels(type: (typeof TYPES)[number], count: number, seed: number): VoxelArray {
  let state = seed >>> 0;
  const data = new type(count);
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = data instanceof Float32Array || data instanceof Float64Array ? (state - 2 ** 31) / 1e3 : state;
  }
  return data;
}

/** Rotation about x, y, z, voxel sizes (negative: flipped), shift. */
function affine(angles: readonly number[], sizes: readonly number[], shift: readonly number[]): Affine {
  const [x, y, z] = angles as [number, number, number];
  const [cx, sx, cy, sy, cz, sz] = [x, y, z].flatMap((a) => [Math.cos(a), Math.sin(a)]) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const rotation = [
    [cy * cz, sx * sy * cz - cx * sz, cx * sy * cz + sx * sz],
    [cy * sz, sx * sy * sz + cx * cz, cx * sy * sz - sx * cz],
    [-sy, sx * cy, cx * cy],
  ];
  return [...rotation.flatMap((row, r) => [...row.map((v, c) => v * sizes[c]!), shift[r]!]), 0, 0, 0, 1];
}

function expectClose(actual: Affine, expected: Affine, tolerance: number): void {
  actual.forEach((v, i) => {
    expect(Math.abs(v - expected[i]!)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected[i]!)));
  });
}

const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
const size = fc.double({ min: 0.2, max: 8, noNaN: true }).chain((s) => fc.constantFrom(s, -s));
const anyAffine = fc
  .tuple(fc.tuple(angle, angle, angle), fc.tuple(size, size, size), fc.tuple(angle, angle, angle))
  .map(([angles, sizes, shift]) =>
    affine(
      angles,
      sizes,
      shift.map((v) => 50 * v),
    ),
  );
const anyVolume: fc.Arbitrary<Volume> = fc
  .tuple(
    fc.constantFrom(...TYPES),
    fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
    fc.integer(),
    anyAffine,
  )
  .map(([type, shape, seed, voxelToWorld]) =>
    createVolume(voxels(type, voxelCount(shape as Shape3), seed), shape as Shape3, voxelToWorld),
  );

test('what is written is read back: voxels and their type exactly, the affine to the header precision', async () => {
  await fc.assert(
    fc.asyncProperty(anyVolume, fc.constantFrom(1, 2), fc.boolean(), async (volume, version, gzip) => {
      const scan = await readNifti(await writeNifti(volume, { version: version as 1 | 2, gzip }));
      expect(scan.volume.data).toEqual(volume.data);
      expect(scan.volume.shape).toEqual(volume.shape);
      expect(scan.format).toBe(`nifti-${version}`);
      expectClose(scan.volume.voxelToWorld, volume.voxelToWorld, version === 1 ? 1e-6 : 1e-14);
      expect(scan.warnings).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('the qform says the same as the sform', async () => {
  await fc.assert(
    fc.asyncProperty(anyVolume, async (volume) => {
      const { header } = await readNifti(await writeNifti(volume, { gzip: false }));
      expect([header.sformCode, header.qformCode]).toEqual([1, 1]);
      const byQform = headerAffine({ ...header, sformCode: 0 }, volume.shape, []);
      // Near a half turn a = sqrt(1 - b^2 - c^2 - d^2) keeps half the digits of float32: 5e-4 of 8 mm.
      expectClose(byQform, volume.voxelToWorld, 5e-3);
    }),
    { numRuns: 300 },
  );
});

test('the qform of NIfTI-2 is exact to float64, half turns apart', async () => {
  await fc.assert(
    fc.asyncProperty(anyVolume, async (volume) => {
      const { header } = await readNifti(await writeNifti(volume, { gzip: false, version: 2 }));
      expectClose(headerAffine({ ...header, sformCode: 0 }, volume.shape, []), volume.voxelToWorld, 1e-6);
    }),
    { numRuns: 300 },
  );
});

test('half turns about each axis have a = 0 and survive', () => {
  for (const signs of [
    [1, -1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
    [-1, 1, 1],
    [1, 1, 1],
  ]) {
    const voxelToWorld = affine([0, 0, 0], signs, [1, 2, 3]);
    const { quaternion, qfac, exact } = affineToQform(voxelToWorld);
    expect(exact).toBe(true);
    expect(qfac).toBe(signs[0]! * signs[1]! * signs[2]!);
    const turned = signs.map((s) => s * 1).filter((s) => s < 0).length;
    expect(Math.hypot(...quaternion)).toBeCloseTo(turned === 0 ? 0 : 1, 12);
  }
});

test('a sheared affine is written as sform only', async () => {
  const voxelToWorld = [1, 0.1, 0, -3, 0, 1, 0.2, 4, 0, 0, 2, 5, 0, 0, 0, 1];
  const { header, volume } = await readNifti(
    await writeNifti(createVolume(new Uint8Array(8), [2, 2, 2], voxelToWorld), { version: 2 }),
  );
  expect([header.sformCode, header.qformCode]).toEqual([1, 0]);
  expect(volume.voxelToWorld).toEqual(voxelToWorld);
});

const GEOMETRY = [
  'pixdim',
  'xyztUnits',
  'dimInfo',
  'qformCode',
  'sformCode',
  'quaternion',
  'qoffset',
  'srow',
] as const satisfies readonly (keyof NiftiHeader)[];

test.each([
  [
    'qform and sform that differ',
    { qformCode: 1, sformCode: 4, quaternion: [0, 0, 0.3], qoffset: [9, 8, 7] },
  ],
  [
    'a qform alone',
    { qformCode: 3, sformCode: 0, quaternion: [0.1, -0.2, 0.3], pixdim: [-1, 2, 3, 4, 0, 0, 0, 0] },
  ],
  ['neither form', { qformCode: 0, sformCode: 0, pixdim: [1, 0.9, 0.9, 1.2, 2.5, 0, 0, 0] }],
  ['a singular sform', { qformCode: 1, sformCode: 1, srow: new Array(12).fill(0) }],
  [
    'metres',
    {
      xyztUnits: 1,
      srow: [0.001, 0, 0, 0, 0, 0.001, 0, 0, 0, 0, 0.001, 0],
      pixdim: [1, 0.001, 0.001, 0.001],
    },
  ],
])('a template with %s keeps its geometry field by field, big-endian too', async (_, fields) => {
  for (const little of [true, false]) {
    const scan = await readNifti(nifti1Bytes(fields, undefined, little));
    const mask = createVolume(new Uint8Array(24).fill(1), scan.volume.shape, scan.volume.voxelToWorld);
    const written = await readNifti(await writeNifti(mask, { template: scan.header, intent: 'label' }));
    for (const field of GEOMETRY) expect(written.header[field]).toEqual(scan.header[field]);
    expect(written.volume.voxelToWorld).toEqual(scan.volume.voxelToWorld);
    expect(written.header.intentCode).toBe(1002);
    expect(written.volume.data).toEqual(mask.data);
  }
});

test('a template of another grid is refused', async () => {
  const { header, volume } = await readNifti(nifti1Bytes());
  const smaller = createVolume(new Uint8Array(12), [2, 3, 2], volume.voxelToWorld);
  await expect(writeNifti(smaller, { template: header })).rejects.toMatchObject({ code: 'GRID_MISMATCH' });
  const moved = [...volume.voxelToWorld];
  moved[3]! += 0.5;
  await expect(
    writeNifti(createVolume(new Uint8Array(24), volume.shape, moved), { template: header }),
  ).rejects.toMatchObject({ code: 'GRID_MISMATCH', message: expect.stringContaining('0.500 mm') });
});

test('the version follows the template and the length of the axes', async () => {
  const affineOf = affine([0, 0, 0], [1, 1, 1], [0, 0, 0]);
  const long = createVolume(new Uint8Array(40000), [40000, 1, 1], affineOf);
  expect((await readNifti(await writeNifti(long))).format).toBe('nifti-2');
  await expect(writeNifti(long, { version: 1 })).rejects.toMatchObject({ code: 'BAD_DIMENSIONS' });
  const volume = createVolume(new Uint8Array(8), [2, 2, 2], affineOf);
  const { header } = await readNifti(await writeNifti(volume, { version: 2 }));
  expect((await readNifti(await writeNifti(volume, { template: header }))).format).toBe('nifti-2');
  expect((await readNifti(await writeNifti(volume))).format).toBe('nifti-1');
});

test('the description is kept to 79 Latin-1 characters', async () => {
  const volume = createVolume(new Uint8Array(8), [2, 2, 2], affine([0, 0, 0], [1, 1, 1], [0, 0, 0]));
  const written = await readNifti(await writeNifti(volume, { description: `Größe ≥ 3 ${'x'.repeat(100)}` }));
  expect(written.header.description).toBe(`Größe ? 3 ${'x'.repeat(69)}`);
  expect(written.header.intentCode).toBe(0);
});

test('voxels in the middle of a larger array are written alone', async () => {
  const data = Int16Array.from({ length: 30 }, (_, i) => i).subarray(3, 27);
  const volume = createVolume(data, [2, 3, 4], affine([0, 0, 0], [1, 1, 1], [0, 0, 0]));
  const bytes = await writeNifti(volume, { gzip: false });
  expect(Buffer.compare(bytes.subarray(352), bytesOf(data))).toBe(0);
});
