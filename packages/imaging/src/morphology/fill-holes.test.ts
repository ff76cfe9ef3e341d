import { describe, expect, test } from 'vitest';
import { runNiimath } from '../../../../test/niimath-oracle.ts';
import { testWithPython } from '../../../../test/python-oracle.ts';
import { testWithData } from '../../../../test/shared-data.ts';
import { labelMask } from '../metrics/label-mask.ts';
import { writeNifti } from '../nifti/index.ts';
import { readScan } from '../volume/scan-file.ts';
import { fillHoles } from './fill-holes.ts';
import { drawing, drawn, maskOf, randomMask, realLabels, scipy } from './masks.test-helper.ts';

describe('fillHoles', () => {
  const ring = ['.....', '.111.', '.1.1.', '.111.', '.....'];
  const disc = ['.....', '.111.', '.111.', '.111.', '.....'];
  const empty = ['.....', '.....', '.....', '.....', '.....'];

  test('fills a single slice in two dimensions', () => {
    const { mask, filledVoxels } = fillHoles(drawn([ring]));
    expect(drawing(mask)).toEqual([disc]);
    expect(filledVoxels).toBe(1);
  });

  test('a tube open at its ends is filled slice by slice only', () => {
    const tube = drawn([empty, ring, ring, empty]);
    expect(fillHoles(tube).filledVoxels).toBe(0);
    expect(drawing(fillHoles(tube, { axis: 2 }).mask)).toEqual([empty, disc, disc, empty]);
    expect(fillHoles(tube, { axis: 2 }).filledVoxels).toBe(2);
    expect(fillHoles(tube, { axis: 0 }).filledVoxels).toBe(0);
  });

  test('a closed box is filled in 3-D', () => {
    const { mask, filledVoxels } = fillHoles(drawn([empty, disc, ring, disc, empty]));
    expect(drawing(mask)).toEqual([empty, disc, disc, disc, empty]);
    expect(filledVoxels).toBe(1);
  });

  test('a tube that ends at the border of the grid is open there', () => {
    expect(fillHoles(drawn([ring, ring, ring])).filledVoxels).toBe(0);
  });

  test('a diagonal gap leaks with 8 neighbours and not with 4', () => {
    const gap = ['.....', '..11.', '.1.1.', '.111.', '.....'];
    expect(fillHoles(drawn([gap]), { connectivity: 6 }).filledVoxels).toBe(1);
    expect(fillHoles(drawn([gap]), { connectivity: 18 }).filledVoxels).toBe(0);
  });

  test('values other than 1 are foreground and become 1; an empty mask stays empty', () => {
    expect(drawing(fillHoles(drawn([ring.map((row) => row.replaceAll('1', '7'))])).mask)).toEqual([disc]);
    expect(fillHoles(maskOf(new Uint8Array(27), [3, 3, 3]))).toMatchObject({ filledVoxels: 0 });
  });

  test('refuses an axis that does not exist', () => {
    expect(() => fillHoles(drawn([ring]), { axis: 3 as 2 })).toThrow(/axis must be 0, 1 or 2, got 3/);
  });

  testWithPython('equals scipy in 3-D and in slices along each axis', ['scipy.ndimage'], () => {
    for (const [i, connectivity] of ([6, 18, 26] as const).entries()) {
      const mask = randomMask([21, 18, 15], [0.6, 0.85, 0.9][i]!, 31 + i);
      const solid = fillHoles(mask, { connectivity });
      expect(solid.filledVoxels).toBeGreaterThan(0);
      const structure = `ndi.generate_binary_structure(3, ${i + 1})`;
      expect([...solid.mask.data]).toEqual([...scipy(`ndi.binary_fill_holes(a, ${structure})`, mask)]);
      for (const axis of [0, 1, 2] as const) {
        const flat = `ndi.generate_binary_structure(2, ${Math.min(i + 1, 2)})`;
        const slices = `[ndi.binary_fill_holes(s, ${flat}) for s in np.moveaxis(a, ${2 - axis}, 0)]`;
        const expected = scipy(`np.moveaxis(np.array(${slices}), 0, ${2 - axis})`, mask);
        expect([...fillHoles(mask, { connectivity, axis }).mask.data]).toEqual([...expected]);
      }
    }
  });

  testWithData('fills what niimath fills in a real cortex', async () => {
    const cortex = labelMask(await realLabels(), [3, 42, 2]);
    const file = await writeNifti(cortex, { gzip: false });
    for (const [flag, connectivity] of [
      ['-fillh', 6],
      ['-fillh26', 26],
    ] as const) {
      const { volume } = await readScan(await runNiimath(file, [flag]));
      const { mask, filledVoxels } = fillHoles(cortex, { connectivity });
      expect(filledVoxels).toBeGreaterThan(0);
      let differ = 0;
      for (let at = 0; at < mask.data.length; at++) if (mask.data[at] !== volume.data[at]) differ++;
      expect(differ).toBe(0);
    }
  });
});
