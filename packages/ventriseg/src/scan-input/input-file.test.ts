import { expect, test } from 'vitest';
import { baseName, isNamedLikeVolume, memoryFile, outputName, partnerPaths } from './input-file.ts';

test.each([
  ['/data/sub-01_T1w.nii.gz', 'sub-01_T1w'],
  ['T1.mgz', 'T1'],
  ['scan.HDR', 'scan'],
  ['study.zip', 'study'],
  ['IM-0001.dcm', 'IM-0001'],
  ['/data/dicom/', 'dicom'],
  ['1.3.12.2', '1.3.12.2'],
  ['C:\\scans\\head.nii', 'head'],
  ['/', 'scan'],
  ['.nii', 'scan'],
])('outputs of %s are called after %s', (path, name) => {
  expect(outputName(path)).toBe(name);
});

test('the base name ignores trailing separators', () => {
  expect(baseName('a/b//')).toBe('b');
  expect(baseName('b')).toBe('b');
});

test('hidden companions of a Mac are not scans', () => {
  expect(isNamedLikeVolume('a.zip!/__MACOSX/._T1.nii.gz')).toBe(false);
  expect(isNamedLikeVolume('x/._T1.nii.gz')).toBe(false);
  expect(isNamedLikeVolume('x/T1.nii.gz')).toBe(true);
  expect(isNamedLikeVolume('x/T1.img')).toBe(false);
});

test('the halves of a pair find each other', () => {
  expect(partnerPaths('x/a.hdr')).toContain('x/a.img');
  expect(partnerPaths('x/a.hdr')).toContain('x/a.img.gz');
  expect(partnerPaths('x/a.img.gz')[0]).toBe('x/a.hdr.gz');
  expect(partnerPaths('x/a.nii')).toEqual([]);
});

test('a file in memory gives its head and its whole', async () => {
  const file = memoryFile('a', new Uint8Array([1, 2, 3]));
  expect(file.size).toBe(3);
  expect(await file.readHead(2)).toEqual(new Uint8Array([1, 2]));
  expect(await file.read()).toEqual(new Uint8Array([1, 2, 3]));
});
