/**
 * One subject's share of a dataset: reads the scan and its labels, conforms both, keeps the slices of the plan.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  affineDeterminant,
  type Grid,
  gridOf,
  readScan,
  resample,
  sameGrid,
  type Volume,
  voxelSizesMm,
} from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';
import { conformScan } from '../intensity/index.ts';
import { distinctLabels, resolveLabelScheme, toCanonicalLabels, ventricles } from '../labels/index.ts';
import {
  countLabelled,
  extractLabelSlice,
  extractSlice,
  planeAxes,
  sliceOf,
} from '../slices/index.ts';
import { toClasses, treatHoles } from './class-labels.ts';
import type { SubjectRecord } from './manifest.ts';
import type { DatasetPlan } from './plan.ts';
import type { SubjectSource } from './sources.ts';

/** A subject's slices, and its record as far as it is known before the people are split. */
export interface PreparedSubject {
  readonly record: Omit<SubjectRecord, 'split' | 'offset' | 'person'>;
  /** Pictures, one after another: `slices.length * rows * columns` intensities. */
  readonly images: Uint8Array;
  /** Class numbers of the pictures' pixels. */
  readonly labels: Uint8Array;
}

/** Largest distance in mm between the grids of a scan and of its labels. */
const gridToleranceMm = 0.1;

/**
 * @throws VentrisegError GRID_MISMATCH, NO_LABELS, BAD_LABELS or SCHEME_*; ImagingError when a file is broken;
 * the system's error when it cannot be read.
 */
export async function prepareSubject(
  source: SubjectSource,
  plan: DatasetPlan,
  signal?: AbortSignal,
): Promise<PreparedSubject> {
  const image = await readHashed(source.imagePath);
  signal?.throwIfAborted();
  const labelMap = await readHashed(source.labelsPath);
  signal?.throwIfAborted();
  requireSameGrid(image.volume, labelMap.volume, source);

  const { scheme, guessed } = resolveLabelScheme(
    distinctLabels(labelMap.volume),
    source.scheme,
    source.labelsPath,
  );
  const canonical = toCanonicalLabels(labelMap.volume, scheme, source.labelsPath);
  const volumesMl = measure(canonical);
  const { volume: conformed, warnings } = conformScan(image.volume, plan.intensity);
  signal?.throwIfAborted();
  const axes = planeAxes[plan.plane];
  const { classes, holes } = treatHoles(
    toClasses(onGrid(canonical, gridOf(conformed)), plan.classes),
    axes.slice as 0 | 1 | 2,
    plan.fillHoles,
  );
  const kept = keptSlices(classes, plan);
  if (kept.slices.length === 0) {
    throw new VentrisegError(
      'NO_LABELS',
      `${source.labelsPath}: none of the ${plan.plane} slices ${plan.slices.first} to ${plan.slices.last} ` +
        `(counted from 0) has over ${plan.keepAboveVoxels} labelled voxels; the whole volume has ` +
        `${kept.labelledVoxels.volume} of ${plan.classes.map(({ name }) => name).join(', ')}`,
      { path: source.labelsPath },
    );
  }

  const pixels = plan.crop.rows * plan.crop.columns;
  const images = new Uint8Array(kept.slices.length * pixels);
  const labels = new Uint8Array(kept.slices.length * pixels);
  kept.slices.forEach((index, k) => {
    images.set(extractSlice(conformed, plan, index), k * pixels);
    labels.set(extractLabelSlice(classes, plan, index, plan.classes.length), k * pixels);
  });
  return {
    record: {
      subject: source.subject,
      dataset: source.dataset ?? null,
      head: source.head ?? null,
      image: { path: source.imagePath, sha256: image.sha256 },
      labels: { path: source.labelsPath, sha256: labelMap.sha256 },
      scheme,
      schemeGuessed: guessed,
      shape: [...image.volume.shape],
      voxelMm: [...voxelSizesMm(image.volume.voxelToWorld)],
      slices: kept.slices,
      volumesMl,
      labelledVoxels: kept.labelledVoxels,
      holes,
      warnings: [...image.warnings, ...warnings, ...labelMap.warnings],
    },
    images,
    labels,
  };
}

async function readHashed(
  path: string,
): Promise<{ volume: Volume; sha256: string; warnings: readonly string[] }> {
  const bytes = await readFile(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const pairedData = /\.hdr$/i.test(path) ? await readFile(path.replace(/hdr$/i, 'img')) : undefined;
  const { volume, warnings } = await readScan(
    bytes,
    pairedData === undefined ? { path } : { path, pairedData },
  );
  return { volume, sha256, warnings };
}

function requireSameGrid(image: Volume, labels: Volume, source: SubjectSource): void {
  if (sameGrid(image, labels, gridToleranceMm)) return;
  const sameShape = image.shape.every((n, axis) => n === labels.shape[axis]);
  throw new VentrisegError(
    'GRID_MISMATCH',
    `${source.labelsPath}: labels of ${labels.shape.join('x')} do not lie on the grid of ` +
      `${source.imagePath} (${image.shape.join('x')}${sameShape ? ', same shape but another place or axis order' : ''})` +
      '; resample the labels onto the image first',
    { path: source.labelsPath },
  );
}

/** Millilitres of each ventricle that occurs, by FreeSurfer's name. */
function measure(canonical: Volume<Uint8Array>): Record<string, number> {
  const voxels = new Float64Array(256);
  const data = canonical.data;
  for (let i = 0; i < data.length; i++) voxels[data[i]!]!++;
  const voxelMl = Math.abs(affineDeterminant(canonical.voxelToWorld)) / 1000;
  const volumes: Record<string, number> = {};
  for (const { number, name } of ventricles) {
    if (voxels[number]! > 0) volumes[name] = Math.round(voxels[number]! * voxelMl * 1e4) / 1e4;
  }
  return volumes;
}

/** The label map on the conformed grid, by the nearest voxel; untouched when it already lies there. */
function onGrid(labels: Volume<Uint8Array>, grid: Grid): Volume<Uint8Array> {
  if (sameGrid(labels, grid)) return labels;
  return resample(labels, grid, { method: 'nearest' });
}

function keptSlices(
  classes: Volume<Uint8Array>,
  plan: DatasetPlan,
): { slices: number[]; labelledVoxels: SubjectRecord['labelledVoxels'] } {
  let volume = 0;
  for (let i = 0; i < classes.data.length; i++) if (classes.data[i] !== 0) volume++;
  const slices: number[] = [];
  let inSlices = 0;
  let cropped = 0;
  for (let index = plan.slices.first; index <= plan.slices.last; index++) {
    const labelled = countLabelled(classes, plan.plane, index);
    if (labelled <= plan.keepAboveVoxels) continue;
    slices.push(index);
    inSlices += labelled;
    cropped += labelledOutsideCrop(classes, plan, index);
  }
  return { slices, labelledVoxels: { volume, slices: inSlices, cropped } };
}

/** Labelled voxels of a slice that the crop leaves out. */
function labelledOutsideCrop(classes: Volume<Uint8Array>, plan: DatasetPlan, index: number): number {
  const picture = sliceOf(classes, plan.plane, index);
  const size = Math.sqrt(picture.length);
  const step = size / plan.scaledSize;
  const top = plan.crop.firstRow * step - 0.5;
  const left = plan.crop.firstColumn * step - 0.5;
  const bottom = top + plan.crop.rows * step;
  const right = left + plan.crop.columns * step;
  let outside = 0;
  for (let at = 0; at < picture.length; at++) {
    if (picture[at] === 0) continue;
    const row = Math.floor(at / size);
    const column = at % size;
    if (row < top || row >= bottom || column < left || column >= right) outside++;
  }
  return outside;
}
