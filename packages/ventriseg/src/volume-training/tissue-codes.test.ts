import { createVolume } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { locateClasses, segmentClasses } from '../volumes/index.ts';
import { codeCount, codes, codesOfLabels, mirroredCode, readingOfRole } from './tissue-codes.ts';

const unit = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const row = (...labels: number[]) => createVolume(Int16Array.from(labels), [labels.length, 1, 1], unit);
const coded = (scheme: 'freesurfer' | 'neuromorphometrics', ...labels: number[]) => [
  ...codesOfLabels(row(...labels), scheme, true, 'labels.nii').data,
];

test('4 is the left lateral ventricle in one scheme, the third in the other', () => {
  expect(coded('freesurfer', 4, 43, 5, 44, 14, 15)).toEqual([2, 3, 4, 5, 6, 7]);
  expect(coded('neuromorphometrics', 52, 51, 50, 49, 4, 11)).toEqual([10, 11, 4, 5, 6, 7]);
});

test('plexus, white matter, parcels, tissue outside the brain', () => {
  expect(coded('freesurfer', 31, 136, 137, 63, 163, 164)).toEqual([8, 8, 8, 9, 9, 9]);
  expect(coded('freesurfer', 2, 41, 3002, 4035, 13101, 14175)).toEqual([13, 13, 13, 13, 13, 13]);
  expect(coded('neuromorphometrics', 44, 45, 81, 88, 89)).toEqual([13, 13, 13, 13, 1]);
  expect(coded('freesurfer', 0, 3, 24, 1001, 2035, 11101, 511, 516)).toEqual([0, 1, 1, 1, 1, 1, 0, 0]);
});

test('a fraction is no label', () => {
  const volume = createVolume(Float32Array.of(0, 2.5), [2, 1, 1], unit);
  expect(() => codesOfLabels(volume, 'freesurfer', true, 'x.nii')).toThrow('x.nii: voxel 1 is 2.5');
});

test('around a brain whose outer fluid has no label it is open what is inside the skull', () => {
  const side = 41;
  const data = new Int16Array(side ** 3);
  const at = (x: number, y: number, z: number) => x + side * (y + side * z);
  for (let z = 12; z < 29; z++) {
    for (let y = 12; y < 29; y++) {
      // A cleft of 5 voxels that nobody labelled.
      for (let x = 12; x < 29; x++) if (x < 18 || x > 22) data[at(x, y, z)] = 2;
    }
  }
  const { data: found } = codesOfLabels(
    createVolume(data, [side, side, side], unit),
    'freesurfer',
    false,
    'x',
  );
  expect(found[at(20, 20, 20)]).toBe(codes.inside);
  expect(found[at(5, 20, 20)]).toBe(codes.insideOrOutside);
  expect(found[at(0, 20, 20)]).toBe(codes.outside);
});

test('mirroring twice changes nothing, and changes exactly what has a side', () => {
  mirroredCode.forEach((other, code) => {
    expect(mirroredCode[other]).toBe(code);
  });
  const unpaired = [...mirroredCode].flatMap((other, code) => (other === code ? [code] : []));
  const { outside, inside, third, fourth, insideOrOutside, whiteMatter } = codes;
  expect(unpaired).toEqual([outside, inside, third, fourth, insideOrOutside, whiteMatter]);
});

test.each([
  ['segment', segmentClasses.length],
  ['locate', locateClasses.length],
] as const)('%s: every code has a label, every class one that means it alone', (role, classes) => {
  const { labelOfCode, allowed } = readingOfRole[role];
  expect(labelOfCode).toHaveLength(codeCount);
  expect(Math.max(...labelOfCode)).toBe(allowed.length - 1);
  expect(allowed.slice(0, classes)).toEqual(Array.from({ length: classes }, (_, k) => [k]));
});
