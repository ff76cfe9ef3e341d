import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVolume, voxelVolumeMl, writeNifti } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { readLabelledHead } from './labelled-head.ts';
import { codes } from './tissue-codes.ts';

test('ventricles of a coarse scan keep their volume at 1 mm, thin ones as well', async () => {
  const root = mkdtempSync(join(tmpdir(), 'ventriseg-head-'));
  try {
    const side = 48;
    const labels = new Uint8Array(side ** 3);
    const image = new Float32Array(labels.length);
    for (let z = 0, at = 0; z < side; z++) {
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++, at++) {
          const [dx, dy, dz] = [x - 23.5, y - 23.5, z - 23.5];
          if (Math.hypot(dx, dy, dz) < 20) labels[at] = 2;
          if (Math.hypot((dx + 4) / 1.6, dy / 9, dz / 5) < 1) labels[at] = 4;
          if (Math.hypot((dx - 4) / 3, dy / 9, dz / 5) < 1) labels[at] = 43;
          image[at] = labels[at] === 2 ? 100 : 20;
        }
      }
    }
    const affine = [-2, 0, 0, 48, 0, 2, 0, -48, 0, 0, 2, -48, 0, 0, 0, 1];
    const coarse = createVolume(labels, [side, side, side], affine);
    const path = (name: string) => join(root, `${name}.nii.gz`);
    writeFileSync(path('image'), await writeNifti(createVolume(image, [side, side, side], affine)));
    writeFileSync(path('labels'), await writeNifti(coarse, { intent: 'label' }));
    const head = await readLabelledHead({
      subject: 'ball',
      person: 'ball',
      dataset: undefined,
      head: undefined,
      split: undefined,
      imagePath: path('image'),
      labelsPath: path('labels'),
      scheme: 'freesurfer',
    });
    const ml = (data: Uint8Array, wanted: readonly number[], voxelMl: number) =>
      voxelMl * data.reduce((n, value) => n + Number(wanted.includes(value)), 0);
    const before = ml(labels, [4, 43], voxelVolumeMl(coarse));
    const sides = [codes.leftLateral, codes.rightLateral];
    const after = sides.map((code) => ml(head.codes.data, [code], voxelVolumeMl(head.codes)));
    expect(voxelVolumeMl(head.codes)).toBeCloseTo(0.001, 6);
    expect((after[0]! + after[1]!) / before).toBeCloseTo(1, 2);
    expect(after[0]! / ml(labels, [4], voxelVolumeMl(coarse))).toBeGreaterThan(0.93);
  } finally {
    rmSync(root, { recursive: true });
  }
});
