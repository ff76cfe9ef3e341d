/**
 * Reads a prepared dataset, wherever its files lie, and checks that its arrays are what its manifest says. Works in
 * browsers too; `openDataset` reads a folder on disk through it, `datasetInFiles` what a user dropped on a page.
 */
import { z } from 'zod';
import { VentrisegError } from '../errors.ts';
import { decodeNpyHeader } from '../npy/index.ts';
import { baseName, type InputFile } from '../scan-input/input-file.ts';
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

/** One file of a dataset. */
export interface DatasetFile {
  /** Bytes. */
  readonly size: number;
  /** The first `length` bytes, or the whole file when it is shorter. */
  readHead(length: number): Promise<Uint8Array>;
  /** All bytes from `position` on. */
  readFrom(position: number): Promise<Uint8Array>;
}

/** Where a dataset's files are. */
export interface DatasetFiles {
  /** The dataset's place, for messages. */
  readonly path: string;
  /** A file by its name in the dataset's folder. @throws where there is none, or it cannot be read */
  open(name: string): Promise<DatasetFile>;
}

const manifestFile = 'manifest.json';

/**
 * The dataset in files that were dropped, picked or unzipped: the folder that holds the topmost manifest.json.
 *
 * @param path what was given, for messages
 * @example
 * const dataset = await readDataset(datasetInFiles('dataset.zip', await openZip(bytes, 'dataset.zip')));
 */
export function datasetInFiles(path: string, files: readonly InputFile[]): DatasetFiles {
  const depth = (file: InputFile) => file.path.split('/').length;
  const manifest = files
    .filter((file) => baseName(file.path) === manifestFile)
    .sort((a, b) => depth(a) - depth(b))[0];
  const folder = manifest?.path.slice(0, -manifestFile.length) ?? '';
  return {
    path,
    async open(name) {
      const file = files.find((one) => one.path === folder + name);
      if (file === undefined) throw new Error(`it is not among the ${files.length} files`);
      return {
        size: file.size,
        readHead: (length) => file.readHead(length),
        readFrom: async (position) => (await file.read()).subarray(position),
      };
    },
  };
}

/**
 * Reads a dataset, its arrays into memory.
 *
 * @throws VentrisegError NO_SUCH_FILE when there is no manifest; BAD_DATASET when the manifest, the arrays' headers
 * and the files' sizes do not fit together.
 */
export async function readDataset(files: DatasetFiles): Promise<Dataset> {
  const manifest = await readManifest(files);
  const { rows, columns } = manifest.plan.crop;
  const images = await readArray(files, manifest, 'images');
  const labels = await readArray(files, manifest, 'labels');
  const count = manifest.arrays.images.shape[0];
  const pixels = rows * columns;
  const view = (array: Uint8Array, position: number) => {
    if (!Number.isInteger(position) || position < 0 || position >= count) {
      throw new VentrisegError('BAD_ARGUMENT', `slice ${position} is not one of the dataset's ${count}`);
    }
    return array.subarray(position * pixels, (position + 1) * pixels);
  };
  return {
    directory: files.path,
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

async function readManifest(files: DatasetFiles): Promise<DatasetManifest> {
  const path = `${files.path}/${manifestFile}`;
  let text: string;
  try {
    text = new TextDecoder().decode(await (await files.open(manifestFile)).readFrom(0));
  } catch (cause) {
    throw new VentrisegError(
      'NO_SUCH_FILE',
      `${files.path}: is not a dataset, its ${manifestFile} cannot be read`,
      { path, cause },
    );
  }
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
  files: DatasetFiles,
  manifest: DatasetManifest,
  name: 'images' | 'labels',
): Promise<Uint8Array> {
  const expected = manifest.arrays[name];
  const path = `${files.path}/${expected.file}`;
  const file = await files.open(expected.file).catch((cause: unknown) => {
    throw new VentrisegError('BAD_DATASET', `${path}: named by the manifest, but cannot be read`, {
      path,
      cause,
    });
  });
  const { type, shape, dataOffset } = decodeNpyHeader(await file.readHead(1024), path);
  const bytes = expected.shape.reduce((product, n) => product * n, 1);
  if (type !== 'uint8' || shape.join('x') !== expected.shape.join('x') || file.size !== dataOffset + bytes) {
    throw new VentrisegError(
      'BAD_DATASET',
      `${path}: holds ${type} ${shape.join('x')} in ${file.size} bytes, but the manifest says uint8 ` +
        `${expected.shape.join('x')}, which takes ${dataOffset + bytes}`,
      { path },
    );
  }
  return file.readFrom(dataOffset);
}
