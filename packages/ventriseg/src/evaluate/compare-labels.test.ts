import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVolume, type Volume, writeNifti } from '@ventriseg/imaging';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareLabels } from './compare-labels.ts';
import { evaluateLabels } from './evaluate-labels.ts';

const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1];

/** 20 x 10 x 5 voxels of 1 x 1 x 2 mm; each block fills x from first to last over 4 rows and 3 slices. */
function labelMap(blocks: readonly (readonly [number, number, number])[]): Volume<Uint8Array> {
  const data = new Uint8Array(1000);
  for (const [first, last, label] of blocks) {
    for (let z = 1; z < 4; z++) {
      for (let y = 3; y < 7; y++) data.fill(label, first + 20 * (y + 10 * z), last + 1 + 20 * (y + 10 * z));
    }
  }
  return createVolume(data, [20, 10, 5], affine);
}

const truth = labelMap([
  [2, 6, 4],
  [10, 14, 43],
]);

describe('compareLabels', () => {
  test('scores of a block moved by one voxel, by hand', () => {
    const scores = compareLabels(
      truth,
      labelMap([
        [3, 7, 4],
        [10, 14, 43],
      ]),
    );
    const [left, right, lateral, , all] = scores;
    // 5 columns against 5, 4 in common; a column has 12 voxels of 2 mm^3.
    expect(left).toMatchObject({ name: 'Left-Lateral-Ventricle', labels: [4], volumeErrorMl: 0 });
    expect(left!.dice).toBeCloseTo(0.8, 12);
    expect(left!.jaccard).toBeCloseTo(4 / 6, 12);
    expect(left!.hausdorff95Mm).toBe(1);
    expect(left!.truthMl).toBeCloseTo(0.12, 12);
    expect(right).toMatchObject({ dice: 1, jaccard: 1, hausdorff95Mm: 0, meanSurfaceDistanceMm: 0 });
    expect(lateral!.dice).toBeCloseTo(0.9, 12);
    expect(all).toMatchObject({ name: 'All-Ventricles', dice: lateral!.dice });
    expect(scores.map(({ name }) => name)).toEqual([
      'Left-Lateral-Ventricle',
      'Right-Lateral-Ventricle',
      'Lateral-Ventricles',
      'Lateral-Ventricles-With-Horns',
      'All-Ventricles',
    ]);
  });

  test('what is missing or too much has no distance, and no percentage without a truth', () => {
    const [left, right, third] = compareLabels(
      truth,
      labelMap([
        [2, 6, 4],
        [16, 17, 14],
      ]),
    );
    expect(left!.dice).toBe(1);
    expect(right).toMatchObject({ dice: 0, hausdorff95Mm: null, volumeErrorPercent: -100 });
    expect(third).toMatchObject({ name: '3rd-Ventricle', dice: 0, volumeErrorPercent: null });
    expect(third!.volumeErrorMl).toBeCloseTo(0.048, 12);
  });
});

describe('evaluateLabels', () => {
  let folder = '';
  const write = async (name: string, volume: Volume) => {
    const path = join(folder, name);
    await writeFile(path, await writeNifti(volume, { gzip: false }));
    return path;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evaluate-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('reads each file in its own numbering', async () => {
    // Neuromorphometrics: 52 left, 51 right, 35 brain stem, which FreeSurfer's scheme does not have.
    const manual = await write(
      'manual.nii',
      labelMap([
        [2, 6, 52],
        [10, 14, 51],
        [0, 0, 35],
      ]),
    );
    const ours = await write('ours.nii', truth);
    const { truth: read, prediction, structures } = await evaluateLabels(manual, ours);
    expect([read.scheme, prediction.scheme]).toEqual(['neuromorphometrics', 'freesurfer']);
    expect(read.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(structures.map(({ dice }) => dice)).toEqual([1, 1, 1, 1, 1]);
  });

  test('refuses other grids, unknown numbering and a truth without ventricles', async () => {
    const stated = { truthScheme: 'freesurfer' } as const;
    const ours = await write('ours.nii', truth);
    const moved = await write('moved.nii', { ...truth, voxelToWorld: affine.with(3, 1) });
    await expect(evaluateLabels(moved, ours, stated)).rejects.toMatchObject({
      code: 'GRID_MISMATCH',
      message: expect.stringContaining('same shape but another place'),
    });
    await expect(evaluateLabels(ours, ours)).rejects.toMatchObject({ code: 'SCHEME_UNKNOWN' });
    const empty = await write('empty.nii', labelMap([]));
    await expect(evaluateLabels(empty, ours, stated)).rejects.toMatchObject({ code: 'NO_LABELS' });
  });
});
