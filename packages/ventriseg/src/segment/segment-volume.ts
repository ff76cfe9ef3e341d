/**
 * From a scan to labels of the ventricles on the scan's own grid. Browser-safe.
 *
 *   conform -> find the head -> network on the slices of its plan -> (CRF) -> probabilities to the scan's grid
 *   -> most probable class -> islands -> holes -> sides -> FreeSurfer's numbers -> volumes -> quality
 */
import { fillHoles, gridOf, type Volume, voxelCount } from '@ventriseg/imaging';
import { conformScan } from '../intensity/index.ts';
import { findHead } from './find-head.ts';
import { type LabelledBox, labelOnScan } from './label-regions.ts';
import type { LoadedSliceModel } from './load-model.ts';
import { measureLabels, type VentricleVolumes } from './measure-labels.ts';
import { findMidSagittalPlane, type MidSagittalPlane } from './mid-sagittal-plane.ts';
import { sidesCut } from './network-view.ts';
import { needsSides, numberLabels } from './number-labels.ts';
import { assessQuality, type QualityFinding } from './quality.ts';
import { refineWithCrf } from './refine-with-crf.ts';
import { type RemovedIslands, removeIslands } from './remove-islands.ts';
import { type NetworkResult, runNetwork } from './run-network.ts';

export interface SegmentVolumeOptions {
  /** Fill background that is enclosed in three dimensions; default true. */
  readonly fillHoles?: boolean;
  /** Take away parts that are no ventricles by size and place (see `islandRules`); default true. */
  readonly removeIslands?: boolean;
  /** Draw borders to edges of the image with a dense conditional random field; default false. */
  readonly crf?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SegmentProgress) => void;
}

export interface SegmentProgress {
  readonly stage: SegmentStage;
  /** Slices for the network, iterations for the CRF, else 0 before and 1 after. */
  readonly done: number;
  readonly total: number;
}

export type SegmentStage = 'conform' | 'head' | 'network' | 'crf' | 'labels';

export interface Segmentation {
  /** FreeSurfer's numbers (0 none) on the scan's own grid. */
  readonly labels: Volume<Uint8Array>;
  readonly volumes: VentricleVolumes;
  /** Doubts about the result, worst first; look at them before the numbers. */
  readonly quality: readonly QualityFinding[];
  /** Milliseconds of each stage that was run. */
  readonly timingsMs: Readonly<Partial<Record<SegmentStage, number>>>;
  /** About the scan, each a full sentence. */
  readonly warnings: readonly string[];
  /** The options as they were in force. */
  readonly options: { readonly fillHoles: boolean; readonly removeIslands: boolean; readonly crf: boolean };
  readonly model: { readonly name: string; readonly sha256: string; readonly steps: number };
  /** Present when a class had to be divided into left and right. */
  readonly plane: MidSagittalPlane | undefined;
  readonly islands: RemovedIslands;
  /** Voxels that filling holes added. */
  readonly filledVoxels: number;
  /** The scan as the network saw it: 1 mm, 256^3, LIA, intensities scaled. */
  readonly conformed: Volume<Uint8Array>;
}

/**
 * Segments one scan.
 *
 * An empty result is no error: it comes back with NO_HEAD_FOUND or NO_VENTRICLES_FOUND in its quality.
 *
 * @param volume a T1-weighted head, any grid and storage order
 * @throws VentrisegError MODEL_FAILED; ImagingError NON_FINITE when no voxel is a number; the signal's reason
 * @example
 * const { labels, volumes } = await segmentVolume(scan.volume, await loadSliceModel(bytes, 'model.onnx', ort));
 */
export async function segmentVolume(
  volume: Volume,
  model: LoadedSliceModel,
  options: SegmentVolumeOptions = {},
): Promise<Segmentation> {
  const { signal, onProgress } = options;
  const inForce = {
    fillHoles: options.fillHoles ?? true,
    removeIslands: options.removeIslands ?? true,
    crf: options.crf ?? false,
  };
  const classes = model.metadata.plan.classes;
  const stages = new Stages(signal, onProgress);
  const { volume: conformed, warnings } = await stages.run('conform', async () =>
    conformScan(volume, model.metadata.plan),
  );
  const found = await stages.run('head', async () => findHead(conformed));
  let network: NetworkResult | undefined;
  let probabilities: NetworkResult['probabilities'];
  let plane: MidSagittalPlane | undefined;
  if (found.head !== undefined) {
    const { head } = found;
    network = await stages.run('network', (progress) =>
      runNetwork(conformed, model, head.extent, { signal, onProgress: progress }),
    );
    probabilities = network.probabilities;
    if (inForce.crf && probabilities !== undefined) {
      const raw = probabilities;
      probabilities = await stages.run('crf', (progress) =>
        refineWithCrf(raw, conformed, { onProgress: progress, ...(signal && { signal }) }),
      );
    }
  }
  return stages.run('labels', async () => {
    const box = probabilities && labelOnScan(probabilities, gridOf(volume));
    let islands: RemovedIslands = { parts: 0, ml: 0 };
    let filledVoxels = 0;
    let numbers: Uint8Array = new Uint8Array(0);
    if (box !== undefined) {
      if (inForce.removeIslands) {
        islands = removeIslands(
          box,
          classes.map(({ labels }) => labels),
        );
      }
      if (inForce.fillHoles) filledVoxels = fillWithMostProbable(box);
      if (needsSides(classes) && found.head !== undefined)
        plane = findMidSagittalPlane(conformed, found.head);
      numbers = numberLabels(box, classes, plane);
    }
    const labels = inScan(numbers, box, volume);
    const volumes = measureLabels(box, numbers, classes, plane);
    const noHead = found.head === undefined ? found.reason : undefined;
    const cutAt = network && box ? sidesCut(network.view, box) : [];
    const quality = assessQuality({ noHead, labels, volumes, removed: islands, cutAt, plane });
    return {
      labels,
      volumes,
      quality,
      timingsMs: stages.timingsMs,
      warnings,
      options: inForce,
      model: { name: model.metadata.name, sha256: model.sha256, steps: model.metadata.steps },
      plane,
      islands,
      filledVoxels,
      conformed,
    };
  });
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

/** The box's numbers in a volume on the scan's grid. */
function inScan(numbers: Uint8Array, box: LabelledBox | undefined, scan: Volume): Volume<Uint8Array> {
  const data = new Uint8Array(voxelCount(scan.shape));
  if (box !== undefined) {
    const [bx, by, bz] = box.grid.shape;
    const [nx, ny] = scan.shape;
    const [x0, y0, z0] = box.start;
    for (let z = 0; z < bz; z++) {
      for (let y = 0; y < by; y++) {
        const from = bx * (y + by * z);
        data.set(numbers.subarray(from, from + bx), x0 + nx * (y0 + y + ny * (z0 + z)));
      }
    }
  }
  return { data, shape: scan.shape, voxelToWorld: scan.voxelToWorld };
}

/** Runs the stages one after another: takes their time, tells of them, and stops between them when aborted. */
class Stages {
  readonly timingsMs: Partial<Record<SegmentStage, number>> = {};
  private readonly signal: AbortSignal | undefined;
  private readonly onProgress: ((progress: SegmentProgress) => void) | undefined;

  constructor(
    signal: AbortSignal | undefined,
    onProgress: ((progress: SegmentProgress) => void) | undefined,
  ) {
    this.signal = signal;
    this.onProgress = onProgress;
  }

  async run<T>(
    stage: SegmentStage,
    work: (progress: (done: number, total: number) => void) => Promise<T>,
  ): Promise<T> {
    this.onProgress?.({ stage, done: 0, total: 1 });
    // A turn of the event loop, so that a page can draw and an abort can arrive.
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.signal?.throwIfAborted();
    const start = performance.now();
    const result = await work((done, total) => this.onProgress?.({ stage, done, total }));
    this.timingsMs[stage] = performance.now() - start;
    this.onProgress?.({ stage, done: 1, total: 1 });
    return result;
  }
}
