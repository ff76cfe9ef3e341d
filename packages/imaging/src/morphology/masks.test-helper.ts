/** Masks for tests: drawn as text, random, cut out of real label maps, and what scipy makes of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPython } from '../../../../test/python-oracle.ts';
import { dataBytes } from '../../../../test/shared-data.ts';
import { readScan } from '../volume/scan-file.ts';
import { createVolume, type Shape3, type Vec3, type Volume, voxelCount } from '../volume/volume.ts';

/** An affine of voxel sizes alone. */
export function scaling([x, y, z]: Vec3) {
  return [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, 0, 0, 0, 1];
}

export function maskOf(
  data: ArrayLike<number>,
  shape: Shape3,
  spacing: Vec3 = [1, 1, 1],
): Volume<Uint8Array> {
  return createVolume(Uint8Array.from(data), shape, scaling(spacing));
}

/** Slices drawn as text, one string a row, '.' for background, digits for values. */
export function drawn(slices: string[][], spacing: Vec3 = [1, 1, 1]): Volume<Uint8Array> {
  const shape: Shape3 = [slices[0]![0]!.length, slices[0]!.length, slices.length];
  const cells = slices.flat().join('').split('');
  return maskOf(
    cells.map((cell) => (cell === '.' ? 0 : Number(cell))),
    shape,
    spacing,
  );
}

/** The reverse of `drawn`. */
export function drawing(volume: Volume): string[][] {
  const [nx, ny, nz] = volume.shape;
  const cells = Array.from(volume.data, (value) => (value === 0 ? '.' : String(value))).join('');
  return Array.from({ length: nz }, (_, z) =>
    Array.from({ length: ny }, (_, y) => cells.slice(nx * (y + ny * z), nx * (y + 1 + ny * z))),
  );
}

/** Uniform numbers from 0 to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Voxels set independently with a probability. */
export function randomMask(shape: Shape3, density: number, seed: number, spacing: Vec3 = [1, 1, 1]) {
  const random = seeded(seed);
  return maskOf(
    Array.from({ length: voxelCount(shape) }, () => (random() < density ? 1 : 0)),
    shape,
    spacing,
  );
}

/** The middle 100 voxels of each axis of a FreeSurfer label map: ventricles with what surrounds them. */
export async function realLabels(name = 'map_01.nii.gz'): Promise<Volume> {
  const { volume } = await readScan(dataBytes('label-maps', name), { path: name });
  const start = volume.shape.map((length) => (length - 100) >> 1);
  const data = new Int32Array(100 ** 3);
  for (let at = 0; at < data.length; at++) {
    const [x, y, z] = [at % 100, Math.floor(at / 100) % 100, Math.floor(at / 10_000)];
    const row = y + start[1]! + volume.shape[1] * (z + start[2]!);
    data[at] = volume.data[x + start[0]! + volume.shape[0] * row]!;
  }
  return createVolume(data, [100, 100, 100], scaling([1, 1, 1]));
}

/**
 * Evaluates a Python expression of numpy (np) and scipy.ndimage (ndi) on the masks a and b (bool, [z, y, x]) with
 * `mm` their voxel sizes in that order; returns the result as float64, flattened.
 */
export function scipy(expression: string, a: Volume, b: Volume = a): Float64Array {
  const folder = mkdtempSync(join(tmpdir(), 'ventriseg-scipy-'));
  try {
    const file = (name: string) => join(folder, name);
    writeFileSync(
      file('a'),
      Uint8Array.from(a.data, (value) => (value === 0 ? 0 : 1)),
    );
    writeFileSync(
      file('b'),
      Uint8Array.from(b.data, (value) => (value === 0 ? 0 : 1)),
    );
    const shape = [...a.shape].reverse().join(',');
    const mm = [10, 5, 0].map((diagonal) => a.voxelToWorld[diagonal]).join(',');
    runPython(
      `import sys, numpy as np, scipy.ndimage as ndi
a, b = (np.fromfile(p, np.uint8).reshape(${shape}).astype(bool) for p in sys.argv[1:3])
mm = (${mm})
np.asarray(${expression}).astype(np.float64).tofile(sys.argv[3])`,
      [file('a'), file('b'), file('out')],
    );
    return new Float64Array(Uint8Array.from(readFileSync(file('out'))).buffer);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
