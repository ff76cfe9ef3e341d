/**
 * A scan and its labels in memory, whether both were read or the image was synthesised from the labels: the point
 * from which slices are cut in one way.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readScan, sameGrid, type Volume, voxelSizesMm } from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { VentrisegError } from '../errors.ts';
import { conformScan, type ScanFrame } from '../intensity/index.ts';
import { distinctLabels, resolveLabelScheme, toCanonicalLabels } from '../labels/index.ts';
import { drawContrastName, synthesiseImage } from '../synthesis/index.ts';
import type { SubjectRecord, SynthesiseRequest } from './manifest.ts';
import type { SubjectSource } from './sources.ts';

export interface LabelledScan {
  /** 256^3, 1 mm, LIA, uint8. */
  readonly conformed: Volume<Uint8Array>;
  /** Ventricles under their canonical numbers, on the grid they come on. */
  readonly canonical: Volume<Uint8Array>;
  readonly record: Pick<
    SubjectRecord,
    'image' | 'synthesis' | 'labels' | 'scheme' | 'schemeGuessed' | 'shape' | 'voxelMm' | 'warnings'
  >;
}

interface HashedScan {
  readonly volume: Volume;
  readonly sha256: string;
  readonly warnings: readonly string[];
}

/** Reads a label map; see {@link lastLabelMapKept}. */
export type LabelMapReader = (path: string) => Promise<HashedScan>;

/** Largest distance in mm between the grids of a scan and of its labels. */
const gridToleranceMm = 0.1;

/** A reader that does not read the same file twice in a row: copies of one map come one after another. */
export function lastLabelMapKept(): LabelMapReader {
  let last: { path: string; scan: HashedScan } | undefined;
  return async (path) => {
    if (last?.path !== path) last = { path, scan: await readHashed(path) };
    return last.scan;
  };
}

/** @throws VentrisegError GRID_MISMATCH, BAD_LABELS or SCHEME_*; ImagingError when a file is broken. */
export async function readLabelledScan(
  source: SubjectSource,
  imagePath: string,
  frame: ScanFrame,
  signal?: AbortSignal,
): Promise<LabelledScan> {
  const image = await readHashed(imagePath);
  signal?.throwIfAborted();
  const labelMap = await readHashed(source.labelsPath);
  signal?.throwIfAborted();
  requireSameGrid(image.volume, labelMap.volume, source.labelsPath, imagePath);
  const { scheme, guessed } = schemeOf(labelMap.volume, source);
  const { volume, warnings } = conformScan(image.volume, frame);
  return {
    conformed: volume,
    canonical: toCanonicalLabels(labelMap.volume, scheme, source.labelsPath),
    record: {
      image: { path: imagePath, sha256: image.sha256 },
      synthesis: null,
      labels: { path: source.labelsPath, sha256: labelMap.sha256 },
      scheme,
      schemeGuessed: guessed,
      shape: [...image.volume.shape],
      voxelMm: [...voxelSizesMm(image.volume.voxelToWorld)],
      warnings: [...image.warnings, ...warnings, ...labelMap.warnings],
    },
  };
}

/**
 * Makes one of a label map's images. Its random numbers depend on the dataset's seed, the subject's name and the
 * copy alone, so that it stays the same whoever else is in the dataset.
 *
 * @throws VentrisegError BAD_LABELS when the labels are not FreeSurfer's or their tissue is not known.
 */
export async function synthesiseLabelledScan(
  source: SubjectSource,
  copy: number,
  seed: number,
  { options, contrasts, seedOffset }: SynthesiseRequest,
  frame: ScanFrame,
  readLabelMap: LabelMapReader,
): Promise<LabelledScan> {
  const labelMap = await readLabelMap(source.labelsPath);
  const { scheme, guessed } = schemeOf(labelMap.volume, source);
  if (scheme !== 'freesurfer') {
    throw new VentrisegError(
      'BAD_LABELS',
      `${source.labelsPath}: images are synthesised from FreeSurfer's label numbers only, not ${scheme}'s`,
      { path: source.labelsPath },
    );
  }
  const copySeed = seedFor(seed + seedOffset, source.subject);
  const random = new SeededRandom(copySeed);
  const contrast = drawContrastName(contrasts, random);
  const made = synthesiseImage(labelMap.volume, { ...options, contrast }, random);
  const { volume, warnings } = conformScan(made.image, frame);
  return {
    conformed: volume,
    canonical: toCanonicalLabels(made.labels, scheme, source.labelsPath),
    record: {
      image: null,
      synthesis: { copy, seed: copySeed, contrast },
      labels: { path: source.labelsPath, sha256: labelMap.sha256 },
      scheme,
      schemeGuessed: guessed,
      shape: [...made.image.shape],
      voxelMm: [1, 1, 1],
      warnings: [...labelMap.warnings, ...warnings],
    },
  };
}

/** A seed of 32 bits that belongs to a name. */
export function seedFor(seed: number, name: string): number {
  return createHash('sha256').update(`${seed} ${name}`).digest().readUInt32LE(0);
}

async function readHashed(path: string): Promise<HashedScan> {
  const bytes = await readFile(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const pairedData = /\.hdr$/i.test(path) ? await readFile(path.replace(/hdr$/i, 'img')) : undefined;
  const { volume, warnings } = await readScan(
    bytes,
    pairedData === undefined ? { path } : { path, pairedData },
  );
  return { volume, sha256, warnings };
}

function schemeOf(labels: Volume, source: SubjectSource): ReturnType<typeof resolveLabelScheme> {
  return resolveLabelScheme(distinctLabels(labels), source.scheme, source.labelsPath);
}

function requireSameGrid(image: Volume, labels: Volume, labelsPath: string, imagePath: string): void {
  if (sameGrid(image, labels, gridToleranceMm)) return;
  const sameShape = image.shape.every((n, axis) => n === labels.shape[axis]);
  throw new VentrisegError(
    'GRID_MISMATCH',
    `${labelsPath}: labels of ${labels.shape.join('x')} do not lie on the grid of ` +
      `${imagePath} (${image.shape.join('x')}${sameShape ? ', same shape but another place or axis order' : ''})` +
      '; resample the labels onto the image first',
    { path: labelsPath },
  );
}
