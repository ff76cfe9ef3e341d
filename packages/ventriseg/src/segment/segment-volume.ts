/**
 * From a scan to labels of the ventricles on the scan's own grid. Browser-safe.
 *
 *   probabilities by slice or volume networks (find-with-slices.ts, find-with-volumes.ts) -> the scan's grid
 *   -> class of each voxel -> islands -> holes -> sides -> FreeSurfer's numbers -> volumes, measures -> quality
 *
 * All of it is done in one order of the axes, whatever the storage of the scan, so that permuting and flipping it
 * changes nothing.
 */
import { fillHoles, gridOf, reorientGrid, resample, type Volume, voxelVolumeMl } from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';
import { withoutValues } from '../measures/measure.ts';
import { measureVentricles, type VentricleMeasures } from '../measures/measure-ventricles.ts';
import { workingAxes } from '../volumes/index.ts';
import { assessQuality, type LocateEvidence } from './assess-quality.ts';
import { findWithSlices } from './find-with-slices.ts';
import { findWithVolumes } from './find-with-volumes.ts';
import type { Found, Intracranial, Located, ShownScan } from './found.ts';
import { type LabelledBox, labelOnScan } from './label-regions.ts';
import { findParts } from './labelled-parts.ts';
import type { LoadedSliceModel } from './load-model.ts';
import { measureLabels, type VentricleVolumes } from './measure-labels.ts';
import { findMidSagittalPlane, type MidSagittalPlane } from './mid-sagittal-plane.ts';
import { sidesCut } from './network-view.ts';
import { needsSides, numberLabels } from './number-labels.ts';
import { putLabels } from './put-labels.ts';
import { type QualityFinding, qualityLimits } from './quality.ts';
import { noIslands, type RemovedIslands, removeIslands } from './remove-islands.ts';
import type { ShownSegmentation } from './result-panels.ts';
import { type SegmentProgress, type SegmentStage, Stages } from './stages.ts';
import { type UnsurePart, unsureParts } from './unsure-parts.ts';
import type { VolumeNetworks } from './volume-networks.ts';

/** A slice network, or the pair of volume networks. */
export type SegmentModel = LoadedSliceModel | VolumeNetworks;

export interface SegmentVolumeOptions {
  /** Fill background that is enclosed in three dimensions; default true. */
  readonly fillHoles?: boolean;
  /** Take away parts that are no ventricles by size and place (see `islandRules`); default true. */
  readonly removeIslands?: boolean;
  /** Draw borders to edges of the image with a dense conditional random field; default false. */
  readonly crf?: boolean;
  /** Volume networks: look at the mirror image as well, and take the mean; default false. Slice networks cannot. */
  readonly flip?: boolean;
  /**
   * Go on where there is no head in the scan, and let what would forbid the use of the numbers only warn; default
   * false.
   */
  readonly force?: boolean;
  /** Told what there is to see before it is measured, for what can be done with it meanwhile. */
  readonly onLabels?: (seen: ShownSegmentation) => void;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SegmentProgress) => void;
}

/** The model that made a result. */
export interface UsedModel {
  readonly name: string;
  readonly sha256: string;
  readonly steps: number;
  /** The coarse network of a pair; the fields above are those of the fine one. */
  readonly locate?: { readonly name: string; readonly sha256: string; readonly steps: number };
}

export interface Segmentation extends VentricleMeasures {
  /** FreeSurfer's numbers (0 none) on the scan's own grid. */
  readonly labels: Volume<Uint8Array>;
  readonly volumes: VentricleVolumes;
  /** The space inside the skull; undefined when the model knows none. */
  readonly intracranial: Intracranial | undefined;
  /** Doubts about the result, worst first; look at them before the numbers. */
  readonly quality: readonly QualityFinding[];
  /** What the doubts about the networks rest on; undefined for slice models. */
  readonly evidence: LocateEvidence | undefined;
  /** Milliseconds of each stage that was run. */
  readonly timingsMs: Readonly<Partial<Record<SegmentStage, number>>>;
  /** About the scan, each a full sentence. */
  readonly warnings: readonly string[];
  /** The options as they were in force. */
  readonly options: OptionsInForce;
  readonly model: UsedModel;
  /** Present when a class had to be divided into left and right. */
  readonly plane: MidSagittalPlane | undefined;
  readonly islands: RemovedIslands;
  /** Voxels that filling holes added. */
  readonly filledVoxels: number;
  /** The scan for pictures. */
  readonly shown: ShownScan;
}

export interface OptionsInForce {
  readonly fillHoles: boolean;
  readonly removeIslands: boolean;
  readonly crf: boolean;
  readonly flip: boolean;
  /** What became of the choroid plexus; null where the model does not tell it apart. */
  readonly choroidPlexus: 'ventricle' | 'left-out' | null;
  readonly force: boolean;
}

/**
 * Segments one scan.
 *
 * An empty result is no error: it comes back with NO_HEAD_FOUND or NO_VENTRICLES_FOUND in its quality.
 *
 * @param volume a head, any grid and storage order
 * @throws VentrisegError MODEL_FAILED; BAD_ARGUMENT for `flip` with a slice network; ImagingError NON_FINITE when
 * no voxel is a number; the signal's reason
 * @example
 * const { labels, volumes } = await segmentVolume(scan.volume, await loadSliceModel(bytes, 'model.onnx', ort));
 */
export async function segmentVolume(
  volume: Volume,
  model: SegmentModel,
  options: SegmentVolumeOptions = {},
): Promise<Segmentation> {
  const inForce = {
    fillHoles: options.fillHoles ?? true,
    removeIslands: options.removeIslands ?? true,
    crf: options.crf ?? false,
    flip: options.flip ?? false,
    choroidPlexus: (isPair(model) ? model.segment.choroidPlexus : undefined) ?? null,
    force: options.force ?? false,
  };
  if (inForce.flip && !isPair(model)) {
    throw new VentrisegError(
      'BAD_ARGUMENT',
      `${model.path}: is a slice model, which cannot look at the mirror image as well; leave flip out`,
      { path: model.path },
    );
  }
  const stages = new Stages(options.signal, options.onProgress);
  const found = isPair(model)
    ? await findWithVolumes(volume, model, inForce, stages)
    : await findWithSlices(volume, model, inForce, stages);
  const labelled = await stages.run('labels', () => label(found, volume, inForce));
  options.onLabels?.({ labels: labelled.labels, shown: found.shown, plane: labelled.plane });
  const measured = await stages.run('measure', () => measure(found, labelled, inForce.force));
  return {
    labels: labelled.labels,
    ...measured,
    intracranial: found.located?.intracranial,
    timingsMs: stages.timingsMs,
    warnings: found.warnings,
    options: inForce,
    model: usedModel(model),
    plane: labelled.plane,
    islands: labelled.islands,
    filledVoxels: labelled.filledVoxels,
    shown: found.shown,
  };
}

export function isPair(model: SegmentModel): model is VolumeNetworks {
  return 'locate' in model;
}

function usedModel(model: SegmentModel): UsedModel {
  const use = (one: Pick<LoadedSliceModel, 'sha256'> & { metadata: { name: string; steps: number } }) => ({
    name: one.metadata.name,
    sha256: one.sha256,
    steps: one.metadata.steps,
  });
  return isPair(model) ? { ...use(model.segment), locate: use(model.locate) } : use(model);
}

interface Labelled {
  readonly labels: Volume<Uint8Array>;
  readonly box: LabelledBox | undefined;
  /** FreeSurfer's numbers in the box. */
  readonly numbers: Uint8Array;
  readonly plane: MidSagittalPlane | undefined;
  readonly islands: RemovedIslands;
  readonly unsure: readonly UnsurePart[];
  readonly filledVoxels: number;
}

function label(
  { classes, probabilities, labelledFrom, conformed, located }: Found,
  scan: Volume,
  options: OptionsInForce,
): Labelled {
  const box = probabilities && labelOnScan(probabilities, reorientGrid(scan, workingAxes), labelledFrom);
  if (box === undefined) {
    const none = new Uint8Array(0);
    const labels = putLabels(none, box, scan);
    return { labels, box, numbers: none, plane: undefined, islands: noIslands, unsure: [], filledVoxels: 0 };
  }
  const labelsOfClass = classes.map((labelClass) => labelClass.labels);
  const found = findParts(box);
  const { removed, kept } = options.removeIslands
    ? removeIslands(box, labelsOfClass, found, located?.ventricles.probability)
    : { removed: noIslands, kept: found.parts };
  const unsure = unsureParts(kept, labelsOfClass, voxelVolumeMl(box.grid));
  const filledVoxels = options.fillHoles ? fillWithMostProbable(box) : 0;
  const head = conformed?.head;
  const plane = head && needsSides(classes) ? findMidSagittalPlane(conformed.volume, head) : undefined;
  const numbers = numberLabels(box, classes, plane);
  return {
    labels: putLabels(numbers, box, scan),
    box,
    numbers,
    plane,
    islands: removed,
    unsure,
    filledVoxels,
  };
}

function measure(
  { classes, view, noHead, located }: Found,
  { labels, box, numbers, plane, islands, unsure }: Labelled,
  forced: boolean,
): Pick<Segmentation, 'volumes' | 'quality' | 'evidence' | 'pose' | 'measures'> {
  const volumes = measureLabels(box, numbers, classes, plane);
  const cutAt = view && box ? sidesCut(view, box, qualityLimits.cutMm2) : [];
  const evidence = located && evidenceOf(located, box);
  const quality = assessQuality({
    noHead,
    labels,
    volumes,
    removed: islands,
    unsure,
    cutAt,
    plane,
    forced,
    evidence,
  });
  const { pose, measures } = measureVentricles(labels, { intracranial: located?.intracranial });
  const errors = quality.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  return {
    volumes,
    pose,
    measures:
      errors.length === 0
        ? measures
        : withoutValues(measures, `The result cannot be used: ${errors.join(', ')}.`),
    quality,
    evidence,
  };
}

/** Fills the holes of all classes together; each voxel gets the most probable class. Returns their number. */
function fillWithMostProbable(box: LabelledBox): number {
  const { classes, probabilities, grid } = box;
  const { mask, filledVoxels } = fillHoles({ data: classes, ...grid });
  if (filledVoxels === 0) return 0;
  for (let at = 0; at < classes.length; at++) {
    if (mask.data[at] === 0 || classes[at] !== 0) continue;
    let best = 0;
    for (let k = 1; k < probabilities.length; k++) {
      if (probabilities[k]![at]! > probabilities[best]![at]!) best = k;
    }
    classes[at] = best + 1;
  }
  return filledVoxels;
}

/** How sure the fine network is of its labels, and how many of them lie outside of the skull. */
function evidenceOf({ intracranial, ventricles }: Located, box: LabelledBox | undefined): LocateEvidence {
  let labelled = 0;
  let outside = 0;
  let sure = 0;
  if (box !== undefined) {
    const { classes, probabilities, grid } = box;
    const inside = resample(intracranial.probability, gridOf(grid)).data;
    for (let at = 0; at < classes.length; at++) {
      const own = classes[at]!;
      if (own === 0) continue;
      labelled++;
      sure += probabilities[own - 1]![at]!;
      if (inside[at]! < 0.5) outside++;
    }
  }
  return {
    intracranialMl: intracranial.ml,
    headCutAt: intracranial.cutAt,
    brightAround: intracranial.brightAround,
    locatedMl: ventricles.ml,
    outsideShare: labelled === 0 ? 0 : outside / labelled,
    confidence: labelled === 0 ? undefined : sure / labelled,
  };
}
