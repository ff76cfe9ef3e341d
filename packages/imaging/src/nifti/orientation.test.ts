import { expect, test } from 'vitest';
import type { Affine, Shape3 } from '../volume/volume.ts';
import { parseNiftiHeader } from './header.ts';
import { type NiftiFields, nifti1Bytes } from './nifti-bytes.test-helper.ts';
import { headerAffine } from './orientation.ts';

function affineOf(fields: NiftiFields): { affine: Affine; warnings: string[] } {
  const header = parseNiftiHeader(nifti1Bytes(fields));
  const warnings: string[] = [];
  const affine = headerAffine(header, header.dim.slice(1, 4) as unknown as Shape3, warnings);
  return { affine, warnings };
}

function expectAffine(actual: Affine, expected: readonly number[]): void {
  expect(actual).toHaveLength(16);
  actual.forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i]!, 5);
  });
}

const half = Math.SQRT1_2;
const qform = { sformCode: 0, qformCode: 1, pixdim: [1, 2, 3, 4, 0, 0, 0, 0], qoffset: [5, 6, 7] };

test('the identity quaternion scales and shifts', () => {
  const { affine, warnings } = affineOf(qform);
  expectAffine(affine, [2, 0, 0, 5, 0, 3, 0, 6, 0, 0, 4, 7, 0, 0, 0, 1]);
  expect(warnings).toEqual([]);
});

test('a quarter turn about z takes x to y', () => {
  // a = d = cos 45 deg: R = [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
  const { affine } = affineOf({ ...qform, quaternion: [0, 0, half] });
  expectAffine(affine, [0, -3, 0, 5, 2, 0, 0, 6, 0, 0, 4, 7, 0, 0, 0, 1]);
});

test('qfac -1 turns the third axis round, 0 counts as 1', () => {
  const minus = affineOf({ ...qform, pixdim: [-1, 2, 3, 4] });
  expectAffine(minus.affine, [2, 0, 0, 5, 0, 3, 0, 6, 0, 0, -4, 7, 0, 0, 0, 1]);
  const zero = affineOf({ ...qform, pixdim: [0, 2, 3, 4] });
  expectAffine(zero.affine, [2, 0, 0, 5, 0, 3, 0, 6, 0, 0, 4, 7, 0, 0, 0, 1]);
});

test('a half turn, where a is 0, survives rounding of b, c, d beyond length 1', () => {
  const { affine } = affineOf({ ...qform, quaternion: [0, 1.00001, 0] });
  expectAffine(affine, [-2, 0, 0, 5, 0, 3, 0, 6, 0, 0, -4, 7, 0, 0, 0, 1]);
});

test('negative, zero and missing voxel sizes are repaired and named', () => {
  const { affine, warnings } = affineOf({ ...qform, pixdim: [1, -2, 0, Number.NaN] });
  expectAffine(affine, [2, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7, 0, 0, 0, 1]);
  expect(warnings).toEqual(['Voxel sizes -2 x 0 x NaN in the header are read as 2 x 1 x 1.']);
});

test('the sform is preferred to the qform', () => {
  const { affine } = affineOf({ ...qform, sformCode: 4 });
  expectAffine(affine, [1, 0, 0, 10, 0, 1, 0, 20, 0, 0, 1, 30, 0, 0, 0, 1]);
});

test('a sheared sform is kept', () => {
  const srow = [1, 0.2, 0, 10, 0, 1, 0.1, 20, 0, 0, 1, 30];
  expectAffine(affineOf({ srow }).affine, [...srow, 0, 0, 0, 1]);
});

test.each([
  ['of zeros', new Array(12).fill(0)],
  ['flat', [1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0]],
  ['not finite', [1, 0, 0, Number.NaN, 0, 1, 0, 0, 0, 0, 1, 0]],
])('an sform %s falls back to the qform', (_, srow) => {
  const { affine, warnings } = affineOf({ ...qform, sformCode: 1, srow });
  expectAffine(affine, [2, 0, 0, 5, 0, 3, 0, 6, 0, 0, 4, 7, 0, 0, 0, 1]);
  expect(warnings).toEqual(['The sform is singular or not finite; the qform is used instead.']);
});

test('without any usable form the grid is centred and x runs from right to left, as in nibabel', () => {
  // shape 2x3x4, sizes 2, 3, 4: origin (n - 1) / 2 * size
  const expected = [-2, 0, 0, 1, 0, 3, 0, -3, 0, 0, 4, -6, 0, 0, 0, 1];
  const neither = affineOf({ ...qform, qformCode: 0 });
  expectAffine(neither.affine, expected);
  expect(neither.warnings[0]).toContain('neither sform nor qform');
  const broken = affineOf({ ...qform, quaternion: [1, 1, 1] });
  expectAffine(broken.affine, expected);
  expect(broken.warnings[0]).toContain('not a rotation');
});

test('metres and microns become mm; metres that cannot be are read as mm', () => {
  const srow = [0.001, 0, 0, 0.01, 0, 0.002, 0, 0.02, 0, 0, 0.003, 0.03];
  const metres = affineOf({ srow, pixdim: [1, 0.001, 0.002, 0.003], xyztUnits: 1 | 8 });
  expectAffine(metres.affine, [1, 0, 0, 10, 0, 2, 0, 20, 0, 0, 3, 30, 0, 0, 0, 1]);
  const microns = affineOf({ srow: srow.map((v) => v * 1e6), pixdim: [1, 1000, 2000, 3000], xyztUnits: 3 });
  expectAffine(microns.affine, [1, 0, 0, 10, 0, 2, 0, 20, 0, 0, 3, 30, 0, 0, 0, 1]);
  const wrong = affineOf({ ...qform, xyztUnits: 1 });
  expectAffine(wrong.affine, [2, 0, 0, 5, 0, 3, 0, 6, 0, 0, 4, 7, 0, 0, 0, 1]);
  expect(wrong.warnings[0]).toContain('mm is assumed');
});

test('voxel sizes that contradict the sform are named', () => {
  const { warnings } = affineOf({ pixdim: [1, 2, 1, 1] });
  expect(warnings).toEqual([
    'Voxels are 1.000 cubic units by the sform but 2.000 by pixdim; the sform is used.',
  ]);
});
