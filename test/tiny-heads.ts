/**
 * Made-up heads for tests from end to end: bright balls with dark ventricles in them, on small grids, so that
 * reading, conforming and training take seconds. FreeSurfer's folders and numbers.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createVolume, type Volume, writeMgh, writeNifti } from '@ventriseg/imaging';

/** Voxels along each axis, 4 mm each: 176 mm. */
const SIZE = 44;
const VOXEL_MM = 4;
const CENTRE = (SIZE - 1) / 2;
/** LIA, as FreeSurfer stores. */
const half = CENTRE * VOXEL_MM;
export const tinyAffine = [-4, 0, 0, half, 0, 0, 4, -half, 0, -4, 0, half, 0, 0, 0, 1];

/** A head, and its labels: 4 left and 43 right lateral ventricle, 2 white matter, 14 third ventricle. */
export function tinyHead(seed: number): { image: Volume<Uint8Array>; labels: Volume<Uint8Array> } {
  const image = new Uint8Array(SIZE ** 3);
  const labels = new Uint8Array(SIZE ** 3);
  for (let z = 0, at = 0; z < SIZE; z++) {
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++, at++) {
        const [i, j, k] = [x - CENTRE, y - CENTRE, z - CENTRE];
        const radius = Math.hypot(i, j, k * 0.9);
        if (radius > 19) continue;
        // Grain that depends on the seed, so that no two heads are the same.
        image[at] = 110 + ((at * (seed + 3)) % 7);
        const inVentricle = Math.abs(i) < 4 && Math.hypot(j + 1, k * 0.6) < 3 + (seed % 3) * 0.4;
        if (inVentricle) {
          image[at] = 30 + ((at * (seed + 5)) % 5);
          labels[at] = i < 0 ? 43 : 4;
        } else if (Math.abs(i) < 1 && j > 3 && j < 6 && Math.abs(k) < 3) labels[at] = 14;
        else labels[at] = 2;
      }
    }
  }
  const shape = [SIZE, SIZE, SIZE] as const;
  return {
    image: createVolume(image, shape, tinyAffine),
    labels: createVolume(labels, shape, tinyAffine),
  };
}

/** `<root>/<name>/mri/{T1,aseg}.mgz` for each name. */
export async function writeTinySubjects(root: string, names: readonly string[]): Promise<void> {
  for (const [seed, name] of names.entries()) {
    const { image, labels } = tinyHead(seed);
    await writeVolume(join(root, name, 'mri', 'T1.mgz'), image);
    await writeVolume(join(root, name, 'mri', 'aseg.mgz'), labels);
  }
}

export async function writeVolume(path: string, volume: Volume): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, /\.mg[hz]$/.test(path) ? await writeMgh(volume) : await writeNifti(volume));
  return path;
}

/** A recipe that trains in seconds on slices of 32 x 32. */
export const tinyRecipe = {
  name: 'tiny',
  description: 'A network for tests',
  network: { kind: 'encoder-decoder', filters: [4, 8], skips: true },
  loss: [
    [1, { kind: 'soft-dice' }],
    [1, { kind: 'cross-entropy' }],
  ],
  optimiser: { kind: 'adam' },
  learningRate: 0.01,
  clipNorm: 5,
  augmentation: { rotation: 5, shift: 1, noise: 0.02 },
  batchSize: 8,
  stepsPerEpoch: 10,
  epochs: 2,
};

/** What prepare is told to make such slices. */
export const tinySlices = ['--size', '64', '--crop', '32x32', '--slices', '108-148'];
