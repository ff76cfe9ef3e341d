/**
 * One subject's share of a dataset: reads the scan and its labels, or makes an image for them, and keeps the
 * slices of the plan.
 */
import { affineDeterminant, type Grid, gridOf, resample, sameGrid, type Volume } from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { VentrisegError } from '../errors.ts';
import { ventricles } from '../labels/index.ts';
import { countLabelled, extractLabelSlice, extractSlice, planeAxes, sliceOf } from '../slices/index.ts';
import { toClasses, treatHoles } from './class-labels.ts';
import {
  type LabelledScan,
  type LabelMapReader,
  readLabelledScan,
  seedFor,
  synthesiseLabelledScan,
} from './labelled-scan.ts';
import type { SubjectRecord, SynthesiseRequest } from './manifest.ts';
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

/** What all subjects of a dataset have in common. */
export interface SubjectContext {
  readonly plan: DatasetPlan;
  /** The dataset's seed. */
  readonly seed: number;
  readonly synthesise: SynthesiseRequest | null;
  readonly readLabelMap: LabelMapReader;
  readonly signal?: AbortSignal | undefined;
}

/** An empty slice shows the head when more than this share of it is at least this bright (of 255). */
const headShare = 0.02;
const headBrightness = 26;

/**
 * @throws VentrisegError GRID_MISMATCH, NO_LABELS, BAD_LABELS or SCHEME_*; ImagingError when a file is broken;
 * the system's error when it cannot be read.
 */
export async function prepareSubject(
  source: SubjectSource,
  context: SubjectContext,
): Promise<PreparedSubject> {
  const { plan, signal } = context;
  const { conformed, canonical, record } = await labelledScan(source, context);
  signal?.throwIfAborted();
  const volumesMl = measure(canonical);
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

  const random = new SeededRandom(seedFor(context.seed, `${source.subject} empty slices`));
  const slices = [...kept.slices, ...emptySlices(conformed, kept, plan, random)].sort((a, b) => a - b);
  const pixels = plan.crop.rows * plan.crop.columns;
  const images = new Uint8Array(slices.length * pixels);
  const labels = new Uint8Array(slices.length * pixels);
  slices.forEach((index, k) => {
    images.set(extractSlice(conformed, plan, index), k * pixels);
    labels.set(extractLabelSlice(classes, plan, index, plan.classes.length), k * pixels);
  });
  return {
    record: {
      subject: source.subject,
      dataset: source.dataset ?? null,
      head: source.head ?? null,
      ...record,
      slices,
      volumesMl,
      labelledVoxels: kept.labelledVoxels,
      holes,
    },
    images,
    labels,
  };
}

async function labelledScan(source: SubjectSource, context: SubjectContext): Promise<LabelledScan> {
  const { plan, seed, synthesise, readLabelMap, signal } = context;
  const { imagePath, copy } = source;
  if (imagePath !== undefined) return readLabelledScan(source, imagePath, plan, signal);
  if (copy === undefined || synthesise === null) {
    throw new Error(`internal: ${source.subject} has no image, and none is to be synthesised`);
  }
  return synthesiseLabelledScan(source, copy, seed, synthesise, plan, readLabelMap);
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

interface KeptSlices {
  readonly slices: readonly number[];
  /** Slices of the plan's range without anything labelled. */
  readonly empty: readonly number[];
  readonly labelledVoxels: SubjectRecord['labelledVoxels'];
}

function keptSlices(classes: Volume<Uint8Array>, plan: DatasetPlan): KeptSlices {
  let volume = 0;
  for (let i = 0; i < classes.data.length; i++) if (classes.data[i] !== 0) volume++;
  const slices: number[] = [];
  const empty: number[] = [];
  let inSlices = 0;
  let cropped = 0;
  for (let index = plan.slices.first; index <= plan.slices.last; index++) {
    const labelled = countLabelled(classes, plan.plane, index);
    if (labelled > plan.keepAboveVoxels) {
      slices.push(index);
      inSlices += labelled;
      cropped += labelledOutsideCrop(classes, plan, index);
    } else if (labelled === 0) empty.push(index);
  }
  return { slices, empty, labelledVoxels: { volume, slices: inSlices, cropped } };
}

/** As many slices that show the head and no label as the plan wants, drawn at random. */
function emptySlices(
  conformed: Volume<Uint8Array>,
  { slices, empty }: KeptSlices,
  plan: DatasetPlan,
  random: SeededRandom,
): number[] {
  const wanted = Math.round(plan.keepEmptyShare * slices.length);
  if (wanted === 0) return [];
  const shown = empty.filter((index) => showsHead(sliceOf(conformed, plan.plane, index)));
  return random.shuffle(shown).slice(0, wanted);
}

function showsHead(picture: Uint8Array): boolean {
  let bright = 0;
  for (let at = 0; at < picture.length; at++) if (picture[at]! >= headBrightness) bright++;
  return bright > headShare * picture.length;
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
