import { createVolume, type Vec3 } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { nearParts } from './near-parts.ts';

/** A volume of voxels of 2 x 1 x 1 mm with cubes of 4 voxels of a label at these places. */
function cubes(...list: readonly { label: number; at: Vec3 }[]) {
  const [nx, ny, nz] = [50, 80, 80];
  const data = new Uint8Array(nx * ny * nz);
  for (const { label, at } of list) {
    for (let n = 0; n < 64; n++) {
      const [i, j, k] = [at[0] + (n % 4), at[1] + (Math.floor(n / 4) % 4), at[2] + Math.floor(n / 16)];
      data[i + nx * (j + ny * k)] = label;
    }
  }
  return createVolume(data, [nx, ny, nz], [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
}
const countOf = (data: Uint8Array, label: number) => data.filter((value) => value === label).length;

test('parts across gaps of a few mm are kept, whatever their labels; islands far off are not', () => {
  const ventricles = [
    { label: 4, at: [10, 30, 30] },
    // 6 mm beside, 5 mm behind, 6 mm below.
    { label: 43, at: [17, 30, 30] },
    { label: 4, at: [10, 21, 30] },
    { label: 14, at: [10, 21, 20] },
    // A fourth ventricle may lie anywhere.
    { label: 15, at: [10, 2, 60] },
  ] as const;
  const whole = cubes(...ventricles);
  expect(nearParts(whole).data).toEqual(whole.data);
  // 41 mm in front.
  const { data } = nearParts(cubes(...ventricles, { label: 4, at: [10, 75, 30] }));
  expect(data).toEqual(whole.data);
  expect(countOf(data, 4)).toBe(128);
});

test('nothing stays nothing', () => {
  expect(countOf(nearParts(cubes()).data, 0)).toBe(50 * 80 * 80);
});
