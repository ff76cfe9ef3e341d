import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runNiimath } from '../../../../test/niimath-oracle.ts';
import { testWithPython } from '../../../../test/python-oracle.ts';
import { testWithData } from '../../../../test/shared-data.ts';
import { labelMask } from '../metrics/label-mask.ts';
import { drawn, maskOf, randomMask, realLabels, scipy } from '../morphology/masks.test-helper.ts';
import { writeNifti } from '../nifti/index.ts';
import { readScan } from '../volume/scan-file.ts';
import type { Volume } from '../volume/volume.ts';
import type { Connectivity } from './connectivity.ts';
import { keepComponents } from './keep-components.ts';
import { labelComponents } from './label-components.ts';

const connectivities: Connectivity[] = [6, 18, 26];

/** Repeated relaxation of minima: slow and plainly right. */
function naiveLabels(mask: Volume, connectivity: Connectivity, byValue: boolean): number[] {
  const [nx, ny, nz] = mask.shape;
  const reach = { 6: 1, 18: 2, 26: 3 }[connectivity];
  const group = Array.from(mask.data, (value, at) => (value === 0 ? -1 : at));
  for (let changed = true; changed; ) {
    changed = false;
    for (let a = 0; a < group.length; a++) {
      for (let b = 0; b < group.length; b++) {
        const d = [
          Math.abs((a % nx) - (b % nx)),
          Math.abs((Math.floor(a / nx) % ny) - (Math.floor(b / nx) % ny)),
          Math.abs(Math.floor(a / (nx * ny)) - Math.floor(b / (nx * ny))),
        ];
        if (Math.max(...d) > 1 || d[0]! + d[1]! + d[2]! > reach || nz === 0) continue;
        if (group[a]! < 0 || group[b]! < 0 || (byValue && mask.data[a] !== mask.data[b])) continue;
        if (group[b]! < group[a]!) {
          group[a] = group[b]!;
          changed = true;
        }
      }
    }
  }
  const roots = [...new Set(group.filter((root) => root >= 0))].sort((p, q) => p - q);
  return group.map((root) => roots.indexOf(root) + 1);
}

describe('labelComponents', () => {
  const corners = drawn([
    ['1..', '...', '...'],
    ['...', '.1.', '1..'],
  ]);

  test('joins by faces, edges or corners', () => {
    // (0,0,0)-(1,1,1) share a corner; (1,1,1)-(0,2,1) share an edge.
    expect(labelComponents(corners, { connectivity: 6 }).sizes).toEqual([15, 1, 1, 1]);
    expect(labelComponents(corners, { connectivity: 18 }).sizes).toEqual([15, 1, 2]);
    expect(labelComponents(corners, { connectivity: 26 }).sizes).toEqual([15, 3]);
  });

  test('joins the arms of a U at its bottom, numbered by first voxel', () => {
    const { labels, sizes } = labelComponents(drawn([['1.1', '1.1', '111']]), { connectivity: 6 });
    expect([...labels]).toEqual([1, 0, 1, 1, 0, 1, 1, 1, 1]);
    expect(sizes).toEqual([2, 7]);
  });

  test('does not wrap around the ends of rows', () => {
    expect(labelComponents(drawn([['..1', '1..']]), { connectivity: 6 }).sizes).toEqual([4, 1, 1]);
  });

  test('by value, touching labels stay apart', () => {
    const map = drawn([['1122', '1122']]);
    expect(labelComponents(map).sizes).toEqual([0, 8]);
    expect(labelComponents(map, { byValue: true }).sizes).toEqual([0, 4, 4]);
  });

  test('an empty mask has no components', () => {
    expect(labelComponents(maskOf(new Uint8Array(8), [2, 2, 2])).sizes).toEqual([8]);
  });

  test('refuses data that do not fit the shape', () => {
    expect(() => labelComponents({ data: new Uint8Array(7), shape: [2, 2, 2] })).toThrow(
      /needs 8 voxels, got 7/,
    );
  });

  test('agrees with naive relaxation on random label maps', () => {
    fc.assert(
      fc.property(
        fc.tuple(
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 1, max: 4 }),
        ),
        fc.infiniteStream(fc.integer({ min: 0, max: 3 }).map((value) => (value === 3 ? 0 : value))),
        fc.constantFrom(...connectivities),
        fc.boolean(),
        (shape, values, connectivity, byValue) => {
          const mask = maskOf([...values.take(shape[0] * shape[1] * shape[2])], shape);
          const { labels } = labelComponents(mask, { connectivity, byValue });
          expect([...labels]).toEqual(naiveLabels(mask, connectivity, byValue));
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  testWithPython('numbers as scipy.ndimage.label does', ['scipy.ndimage'], () => {
    for (const [i, connectivity] of connectivities.entries()) {
      const mask = randomMask([23, 17, 19], [0.3, 0.15, 0.1][i]!, 5 + i);
      const structure = `ndi.generate_binary_structure(3, ${i + 1})`;
      const { labels, sizes } = labelComponents(mask, { connectivity });
      expect(sizes.length).toBeGreaterThan(50);
      expect([...labels]).toEqual([...scipy(`ndi.label(a, ${structure})[0]`, mask)]);
    }
  });

  testWithData('finds the same components of a real cortex as niimath', async () => {
    const cortex = labelMask(await realLabels(), [3, 42]);
    const file = await writeNifti(cortex, { gzip: false });
    for (const connectivity of [6, 26] as const) {
      const { volume } = await readScan(await runNiimath(file, ['-bwlabel', String(connectivity)]));
      const { labels, sizes } = labelComponents(cortex, { connectivity });
      // niimath numbers by size and fills enclosed background; the partition of the mask must be the same.
      const theirs = new Map<number, number>();
      for (let at = 0; at < labels.length; at++) {
        const mine = labels[at]!;
        if (mine === 0) continue;
        if (!theirs.has(mine)) theirs.set(mine, volume.data[at]!);
        if (theirs.get(mine) !== volume.data[at]) throw new Error(`voxel ${at} is in another component`);
      }
      expect(new Set(theirs.values()).size).toBe(sizes.length - 1);
      expect(sizes.length).toBeGreaterThan(10);
    }
  });
});

describe('keepComponents', () => {
  const map = drawn([['44.4', '44..', '..55']]);

  test('drops components below a size and counts what went', () => {
    const { volume, kept, removed, removedVoxels } = keepComponents(map, 2, { connectivity: 6 });
    expect([...volume.data]).toEqual([4, 4, 0, 0, 4, 4, 0, 0, 0, 0, 5, 5]);
    expect({ kept, removed, removedVoxels }).toEqual({ kept: 2, removed: 1, removedVoxels: 1 });
    expect(map.data[3]).toBe(4);
  });

  test('keeps the largest of each label by rank', () => {
    const { volume } = keepComponents(map, ({ rank }) => rank === 0, { connectivity: 6, byValue: true });
    expect([...volume.data]).toEqual([4, 4, 0, 0, 4, 4, 0, 0, 0, 0, 5, 5]);
  });

  test('a rule sees label, size, value and rank', () => {
    const seen: object[] = [];
    keepComponents(map, (component) => seen.push(component) > 0, { connectivity: 6 });
    expect(seen).toEqual([
      { label: 1, voxels: 4, value: 4, rank: 0 },
      { label: 2, voxels: 1, value: 4, rank: 2 },
      { label: 3, voxels: 2, value: 5, rank: 1 },
    ]);
  });
});
