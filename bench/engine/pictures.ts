/**
 * Pictures to time on: heads of the size that 2017's slices have, textured ellipses on exact zeros with a darker
 * figure inside to be found. Both engines read the same file.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SeededRandom } from 'onnx-autograd';
import { SIZE } from './networks.ts';

export interface PictureFiles {
  /** Raw float32 [count, 1, SIZE, SIZE], 0 to 1. */
  readonly images: string;
  /** Raw float32 of the same shape, 0 or 1. */
  readonly targets: string;
}

/** Writes `count` pictures and their masks into a folder; the same ones for the same seed. */
export async function writePictures(directory: string, count: number, seed: number): Promise<PictureFiles> {
  const random = new SeededRandom(seed);
  const pixels = SIZE * SIZE;
  const images = new Float32Array(count * pixels);
  const targets = new Float32Array(count * pixels);
  for (let n = 0; n < count; n++) {
    const head = ellipse(random, 34, 42);
    const ventricle = ellipse(random, 6, 12);
    for (let i = 0; i < pixels; i++) {
      const row = Math.floor(i / SIZE);
      const column = i % SIZE;
      if (!inside(head, row, column)) continue;
      const found = inside(ventricle, row, column);
      targets[n * pixels + i] = found ? 1 : 0;
      images[n * pixels + i] = (found ? 0.15 : 0.55) + random.uniform(-0.1, 0.1);
    }
  }
  const files = { images: join(directory, 'images.f32'), targets: join(directory, 'targets.f32') };
  await writeFile(files.images, new Uint8Array(images.buffer));
  await writeFile(files.targets, new Uint8Array(targets.buffer));
  return files;
}

/** The first `count` numbers of one of the files. */
export async function readNumbers(path: string, count: number): Promise<Float32Array> {
  const { buffer, byteOffset } = await readFile(path);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + count * Float32Array.BYTES_PER_ELEMENT));
}

interface Ellipse {
  readonly row: number;
  readonly column: number;
  readonly high: number;
  readonly wide: number;
}

function ellipse(random: SeededRandom, smallest: number, largest: number): Ellipse {
  return {
    row: SIZE / 2 + random.uniform(-4, 4),
    column: SIZE / 2 + random.uniform(-4, 4),
    high: random.uniform(smallest, largest),
    wide: random.uniform(smallest, largest),
  };
}

function inside({ row, column, high, wide }: Ellipse, atRow: number, atColumn: number): boolean {
  return ((atRow - row) / high) ** 2 + ((atColumn - column) / wide) ** 2 < 1;
}
