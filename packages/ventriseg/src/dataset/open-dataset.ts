/** Opens a prepared dataset, and checks that its arrays are what its manifest says. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { VentrisegError } from '../errors.ts';
import { decodeNpyHeader } from '../npy/index.ts';
import { type DatasetManifest, datasetManifestSchema, type SplitName } from './manifest.ts';

export interface Dataset {
  readonly directory: string;
  readonly manifest: DatasetManifest;
  /** Intensities of all slices, 0 to 255: `count * rows * columns`, slice by slice, row by row. */
  readonly images: Uint8Array;
  /** Class numbers in the same order; 0 is background. */
  readonly labels: Uint8Array;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** Positions in the arrays of a split's slices, in increasing order. */
  slicesOf(split: SplitName): Uint32Array;
  /** One slice's intensities, a view and not a copy. */
  image(position: number): Uint8Array;
  /** One slice's class numbers, a view and not a copy. */
  label(position: number): Uint8Array;
}

/** Arrays are read in pieces of this many bytes; a single read of more than 2 GiB is refused by Node. */
const pieceBytes = 2 ** 28;

/**
 * Opens the folder that `prepareDataset` made, its arrays read into memory.
 *
 * @throws VentrisegError NO_SUCH_FILE when there is no manifest; BAD_DATASET when the manifest, the arrays' headers
 * and the files' sizes do not fit together.
 */
export async function openDataset(directory: string): Promise<Dataset> {
  const manifest = await readManifest(directory);
  const { rows, columns } = manifest.plan.crop;
  const images = await readArray(directory, manifest, 'images');
  const labels = await readArray(directory, manifest, 'labels');
  const count = manifest.arrays.images.shape[0];
  const pixels = rows * columns;
  const view = (array: Uint8Array, position: number) => {
    if (!Number.isInteger(position) || position < 0 || position >= count) {
      throw new VentrisegError('BAD_ARGUMENT', `slice ${position} is not one of the dataset's ${count}`);
    }
    return array.subarray(position * pixels, (position + 1) * pixels);
  };
  return {
    directory,
    manifest,
    images,
    labels,
    count,
    rows,
    columns,
    slicesOf: (split) => {
      const positions = manifest.subjects
        .filter((subject) => subject.split === split)
        .flatMap(({ offset, slices }) => slices.map((_, k) => offset + k));
      return Uint32Array.from(positions).sort();
    },
    image: (position) => view(images, position),
    label: (position) => view(labels, position),
  };
}

async function readManifest(directory: string): Promise<DatasetManifest> {
  const path = join(directory, 'manifest.json');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new VentrisegError(
      'NO_SUCH_FILE',
      `${directory}: is not a dataset, its manifest.json cannot be read`,
      {
        path,
        cause,
      },
    );
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new VentrisegError('BAD_DATASET', `${path}: is not JSON`, { path, cause });
  }
  const parsed = datasetManifestSchema.safeParse(json);
  if (!parsed.success) {
    throw new VentrisegError('BAD_DATASET', `${path}: ${z.prettifyError(parsed.error)}`, {
      path,
      cause: parsed.error,
    });
  }
  checkSubjects(parsed.data, path);
  return parsed.data;
}

/** The subjects' slices must fill the arrays from first to last, and no person be in two splits. */
function checkSubjects(manifest: DatasetManifest, path: string): void {
  const bad = (what: string) => new VentrisegError('BAD_DATASET', `${path}: ${what}`, { path });
  const splitOf = new Map<string, SplitName>();
  let next = 0;
  for (const { subject, person, split, offset, slices } of manifest.subjects) {
    if (offset !== next) throw bad(`subject ${subject} starts at slice ${offset}, expected ${next}`);
    next += slices.length;
    const other = splitOf.get(person);
    if (other !== undefined && other !== split)
      throw bad(`person ${person} is in both ${other} and ${split}`);
    splitOf.set(person, split);
  }
  const { rows, columns } = manifest.plan.crop;
  for (const { file, shape } of Object.values(manifest.arrays)) {
    if (shape.join('x') !== [next, rows, columns].join('x')) {
      throw bad(`${file} is ${shape.join('x')}, but subjects and crop make ${next}x${rows}x${columns}`);
    }
  }
}

async function readArray(
  directory: string,
  manifest: DatasetManifest,
  name: 'images' | 'labels',
): Promise<Uint8Array> {
  const expected = manifest.arrays[name];
  const path = join(directory, expected.file);
  const file = await open(path).catch((cause: unknown) => {
    throw new VentrisegError('BAD_DATASET', `${path}: named by the manifest, but cannot be read`, {
      path,
      cause,
    });
  });
  try {
    const head = new Uint8Array(1024);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const { type, shape, dataOffset } = decodeNpyHeader(head.subarray(0, bytesRead), path);
    const size = (await file.stat()).size;
    const bytes = expected.shape.reduce((product, n) => product * n, 1);
    if (type !== 'uint8' || shape.join('x') !== expected.shape.join('x') || size !== dataOffset + bytes) {
      throw new VentrisegError(
        'BAD_DATASET',
        `${path}: holds ${type} ${shape.join('x')} in ${size} bytes, but the manifest says uint8 ` +
          `${expected.shape.join('x')}, which takes ${dataOffset + bytes}`,
        { path },
      );
    }
    const data = new Uint8Array(bytes);
    for (let done = 0; done < bytes; ) {
      const { bytesRead: piece } = await file.read(
        data,
        done,
        Math.min(pieceBytes, bytes - done),
        dataOffset + done,
      );
      if (piece === 0) throw new VentrisegError('BAD_DATASET', `${path}: ends at byte ${done}`, { path });
      done += piece;
    }
    return data;
  } finally {
    await file.close();
  }
}
