import { expect, test } from 'vitest';
import { freeName, middleOf } from './measured-scan.ts';

test('a name that is taken is numbered', () => {
  expect(freeName('T1', [])).toBe('T1');
  expect(freeName('T1', [{ name: 'T1' }, { name: 'T1_2' }])).toBe('T1_3');
});

test('the middle of the labels is their centre of mass, else that of the scan', () => {
  const data = new Uint8Array(4 * 3 * 2);
  const volume = { data, shape: [4, 3, 2], voxelToWorld: [] } as unknown as Parameters<typeof middleOf>[0];
  expect(middleOf(volume)).toEqual([2, 1, 1]);
  // Voxels (0, 1, 1) and (2, 1, 1).
  data[16] = 4;
  data[18] = 43;
  expect(middleOf(volume)).toEqual([1, 1, 1]);
});
