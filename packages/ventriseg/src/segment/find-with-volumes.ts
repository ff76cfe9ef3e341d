/**
 * From a scan to probabilities with the pair of volume networks:
 *
 *   working grid -> 4 mm -> locate network -> space inside the skull, region -> segment network -> (CRF)
 */
import { gridOf, resample, type Shape3, type Volume } from '@ventriseg/imaging';
import {
  airLevel,
  cutBox,
  gridOfBox,
  locateImage,
  normaliseLocateImage,
  normaliseSegmentImage,
  toWorkingGrid,
  type WorkingBox,
} from '../volumes/index.ts';
import { quantile } from '../volumes/quantile.ts';
import { cropToTraces } from './crop-to-traces.ts';
import { averageWithMirror, mirror } from './flip.ts';
import type { Found, ShownScan } from './found.ts';
import { locateVentricles, widenWhereCut, workingEnds } from './locate-ventricles.ts';
import type { NetworkView } from './network-view.ts';
import { refineWithCrf } from './refine-with-crf.ts';
import type { ClassProbabilities } from './run-network.ts';
import type { Stages } from './stages.ts';
import { structuresOf, type VolumeNetwork, type VolumeNetworks } from './volume-networks.ts';

export interface VolumeOptions {
  readonly crf: boolean;
  /** Run the segment network on the mirror image as well, and average. */
  readonly flip: boolean;
  /** Go on where there is no head. */
  readonly force: boolean;
}

/**
 * Chosen on the people that the shipped networks were trained on: from 0.42 to 0.45 their Dice is highest, and at 0.43
 * their volumes are neither too large nor too small on average (docs/decisions/0013).
 */
const labelledFrom = 0.43;
/** Share of the voxels inside the skull that are darker than its bright tissue. */
const brightShare = 0.85;
/** Level that the CRF expects bright tissue at, as in conform-scan.ts. */
const crfBright = 110;

/** @throws VentrisegError MODEL_FAILED; the signal's reason when aborted */
export async function findWithVolumes(
  scan: Volume,
  networks: VolumeNetworks,
  options: VolumeOptions,
  stages: Stages,
): Promise<Found> {
  const { locate, segment } = networks;
  const { divisor } = segment.metadata;
  const classes = structuresOf(segment);
  const { working, coarse } = await stages.run('grid', () => {
    const { volume } = toWorkingGrid(scan);
    return { working: volume, coarse: locateImage(volume, locate.metadata.divisor) };
  });
  const air = airLevel(coarse.data);
  const region = await stages.run('locate', async () => {
    const output = await locate.run(normaliseLocateImage(coarse.data), coarse.shape);
    return locateVentricles(output, coarse, working.shape, divisor);
  });
  const { intracranial, ventricles, noHead } = region;
  const common = { classes, labelledFrom, warnings: [], noHead, located: { intracranial, ventricles } };
  if (noHead !== undefined && !options.force) {
    const shown = { image: working, black: air, bright: brightLevel(coarse.data, undefined) };
    return { ...common, probabilities: undefined, view: undefined, shown };
  }
  const look = (box: WorkingBox) =>
    lookAt(box, { working, air, inside: intracranial.probability, network: segment, flip: options.flip });
  const { box, grid, raw, bright, output } = await stages.run('segment', async () => {
    const first = await look(region.box);
    const wider = widenWhereCut(region.box, first.output, labelledFrom, working.shape, divisor);
    return wider === region.box ? first : look(wider);
  });
  const shown: ShownScan = { image: working, black: air, bright };
  let probabilities = cropToTraces(output, grid);
  if (options.crf && probabilities !== undefined) {
    const traces = probabilities;
    const image = { data: toBytes(raw, air, crfBright / (bright - air)), ...grid };
    const { signal } = stages;
    probabilities = await stages.run('crf', (onProgress) =>
      refineWithCrf(traces, image, { onProgress, ...(signal && { signal }) }),
    );
  }
  const view = viewOf(box, grid, working.shape);
  return { ...common, probabilities, view, shown };
}

interface Looking {
  readonly working: Volume;
  /** Intensity of what lies outside of the scan. */
  readonly air: number;
  /** Probability of lying inside the skull, on any grid. */
  readonly inside: Volume;
  readonly network: VolumeNetwork;
  readonly flip: boolean;
}

/** Runs the segment network on a region. */
async function lookAt(box: WorkingBox, { working, air, inside, network, flip }: Looking) {
  const grid = gridOfBox(working, box);
  const raw = cutBox(working, box, air);
  const mask = overHalf(resample(inside, grid).data);
  const image = normaliseSegmentImage(raw, mask);
  const straight = await network.run(image, box.shape);
  const labels = network.metadata.classes.map(({ label }) => label);
  const output = flip
    ? averageWithMirror(straight, await network.run(mirror(image, box.shape), box.shape), box.shape, labels)
    : straight;
  return { box, grid, raw, output, bright: brightLevel(raw, mask) };
}

/** (value - zero) * scale, rounded and limited to 0..255. */
function toBytes(values: Float32Array, zero: number, scale: number): Uint8Array {
  // A clamped array rounds and limits by itself.
  const bytes = new Uint8ClampedArray(values.length);
  for (let at = 0; at < values.length; at++) bytes[at] = (values[at]! - zero) * scale;
  return new Uint8Array(bytes.buffer);
}

function overHalf(probabilities: Float32Array): Uint8Array {
  const mask = new Uint8Array(probabilities.length);
  for (let at = 0; at < mask.length; at++) if (probabilities[at]! > 0.5) mask[at] = 1;
  return mask;
}

/** The level that most of the tissue inside the skull lies below; of everything when nothing lies inside. */
function brightLevel(image: Float32Array, inside: Uint8Array | undefined): number {
  const chosen = new Float32Array(image.length);
  let count = 0;
  for (let at = 0; at < image.length; at++) if (inside?.[at] === 1) chosen[count++] = image[at]!;
  const level = quantile(count > 0 ? chosen.subarray(0, count) : image.slice(), brightShare);
  const air = airLevel(image);
  return level > air ? level : air + 1;
}

/** The region, and on which sides the scan goes on behind it. */
function viewOf(box: WorkingBox, grid: ClassProbabilities['grid'], working: Shape3): NetworkView {
  const openEnds = workingEnds.flatMap(([first, last], axis) => {
    const at = axis as 0 | 1 | 2;
    const end = box.start[axis]! + box.shape[axis]!;
    return [
      ...(box.start[axis]! > 0 ? [{ axis: at, end: 'first' as const, side: first }] : []),
      ...(end < working[axis]! ? [{ axis: at, end: 'last' as const, side: last }] : []),
    ];
  });
  return { grid: gridOf(grid), openEnds };
}
