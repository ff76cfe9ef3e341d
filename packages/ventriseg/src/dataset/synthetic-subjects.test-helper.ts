/** Small made-up FreeSurfer subjects for tests of datasets. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createVolume, type Volume, writeMgh, writeNifti } from '@ventriseg/imaging';

/** LIA, 1 mm: the grid of conformed scans, which pass unchanged. */
export const conformedAffine = [-1, 0, 0, 128, 0, 0, 1, -128, 0, -1, 0, 128, 0, 0, 0, 1];
/** [i0, i1, j0, j1, k0, k1), voxels. */
export type Box = readonly [number, number, number, number, number, number];

/** A conformed volume; each box [i0, i1, j0, j1, k0, k1) is filled with its value. */
export function conformedVolume(boxes: readonly (readonly [Box, number])[]): Volume<Uint8Array> {
  const data = new Uint8Array(256 ** 3);
  for (const [[i0, i1, j0, j1, k0, k1], value] of boxes) {
    for (let k = k0; k < k1; k++) {
      for (let j = j0; j < j1; j++) data.fill(value, i0 + 256 * (j + 256 * k), i1 + 256 * (j + 256 * k));
    }
  }
  return createVolume(data, [256, 256, 256], conformedAffine);
}

export async function writeScan(path: string, volume: Volume): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    path.endsWith('.nii') ? await writeNifti(volume, { gzip: false }) : await writeMgh(volume),
  );
  return path;
}

export const head = (brightness: number): readonly [Box, number] => [[60, 200, 50, 210, 40, 220], brightness];
/** Left lateral ventricle 128-139, right 116-127, each slice 20 x 60 voxels; third ventricle below. */
export const ventricleBoxes: readonly (readonly [Box, number])[] = [
  [[128, 140, 100, 120, 90, 150], 4],
  [[116, 128, 100, 120, 90, 150], 43],
  [[124, 132, 120, 130, 110, 130], 14],
  [[60, 70, 60, 70, 60, 70], 2],
];

/** Makes `subjects/<name>/mri` with T1.mgz, a row of 201 at voxel row 101 in a head of 100, 101, ..., and aseg.mgz. */
export async function writeSubjects(root: string, names: readonly string[]): Promise<void> {
  const labels = conformedVolume(ventricleBoxes);
  for (const [k, subject] of names.entries()) {
    const mri = join(root, 'subjects', subject, 'mri');
    const image = conformedVolume([head(100 + k), [[60, 200, 101, 102, 40, 220], 201]]);
    await writeScan(join(mri, 'T1.mgz'), image);
    await writeScan(join(mri, 'aseg.mgz'), labels);
  }
}
