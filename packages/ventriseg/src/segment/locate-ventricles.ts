/**
 * From the coarse network's probabilities to the space inside the skull and the region of the ventricles.
 *
 * The space inside the skull is the part with the largest sum of probabilities; what the network takes for brain
 * in the neck or the air is no part of it. Its volume adds up probabilities over that part and a voxel around, so
 * that half-filled voxels count as half. Ventricles count inside of it only.
 */
import {
  dilate,
  distanceTransform,
  foregroundBox,
  identityAffine,
  labelComponents,
  type Shape3,
  type Volume,
  type VoxelBox,
  voxelVolumeMl,
} from '@ventriseg/imaging';
import { airLevel, locateBlock, locateBlocks, type WorkingBox } from '../volumes/index.ts';
import type { Intracranial, LocatedVentricles } from './found.ts';
import { qualityLimits } from './quality.ts';
import { locateVentriclesFrom } from './volume-networks.ts';

/** A voxel with a ventricle's probability over this counts for the region. */
const seenFrom = 0.3;
/** Parts of fewer 4 mm voxels (0.26 mL) do not widen the region. */
const leastVoxels = 4;
/** What lies around the ventricles in the region, mm. */
const marginMm = 12;
const leastSide = 96;
/** Sides of the region around the middle of the brain when no ventricle was seen: left-right, up-down, front-back. */
const fallbackSides: Shape3 = [112, 112, 160];

export interface LocatedRegion {
  readonly intracranial: Intracranial;
  readonly ventricles: LocatedVentricles;
  /** Where the fine network looks, in voxels of the working grid. */
  readonly box: WorkingBox;
  /** Why there is no head; undefined when there is one. */
  readonly noHead: string | undefined;
}

/**
 * @param output probabilities [classes, z, y, x] of the coarse network on the grid of `image`
 * @param working shape of the working grid that `image` is the 4 mm version of
 * @param divisor every side of the region is a multiple of it
 */
export function locateVentricles(
  output: Float32Array,
  image: Volume<Float32Array>,
  working: Shape3,
  divisor: number,
): LocatedRegion {
  const count = image.data.length;
  const inside = insideScan(output, image.shape, working);
  const brain = mainPart(inside, image);
  const ventricle = new Float32Array(count);
  for (let from = locateVentriclesFrom * count; from < output.length; from += count) {
    for (let at = 0; at < count; at++) ventricle[at]! += brain.mask[at] === 0 ? 0 : output[from + at]!;
  }
  const parts = seenParts(ventricle, image);
  const seen = foregroundBox(parts);
  const { ml, centre } = brain;
  return {
    intracranial: {
      ml,
      cutAt: reachedEnds(brain.core, image.shape, working),
      brightAround: brightAround(brain.core, image, working),
      probability: { ...image, data: inside },
    },
    ventricles: {
      ml: seen === undefined ? 0 : massOf(ventricle, dilate(parts).data, image).ml,
      probability: { ...image, data: ventricle },
    },
    box:
      seen === undefined
        ? placeBox(
            centre.map((c) => c * locateBlock + locateBlock / 2),
            fallbackSides,
            working,
            divisor,
          )
        : boxAround(seen, working, divisor),
    noHead:
      ml >= qualityLimits.leastHeadMl
        ? undefined
        : `only ${ml.toFixed(0)} mL look like the inside of a skull, a head has over ${qualityLimits.leastHeadMl}`,
  };
}

/**
 * Probability of lying inside the skull; 0 in what the image is padded with at its far ends, where the network goes on with a
 * head that the scan cuts.
 */
function insideScan(output: Float32Array, [nx, ny, nz]: Shape3, working: Shape3): Float32Array {
  const [ex, ey, ez] = locateBlocks(working);
  const inside = new Float32Array(nx * ny * nz);
  for (let z = 0; z < ez; z++) {
    for (let y = 0; y < ey; y++) {
      const row = nx * (y + ny * z);
      for (let at = row; at < row + ex; at++) inside[at] = Math.max(0, 1 - output[at]!);
    }
  }
  return inside;
}

interface MainPart {
  /** The part's voxels, more than half inside. */
  readonly core: Uint8Array;
  /** The same with a voxel around. */
  readonly mask: Uint8Array;
  readonly ml: number;
  /** Centre of mass in voxels; the middle of the image without any. */
  readonly centre: readonly number[];
}

function mainPart(inside: Float32Array, image: Volume): MainPart {
  const { shape } = image;
  const { labels, sizes } = labelComponents({ ...image, data: over(inside, 0.5) }, { connectivity: 6 });
  const sums = new Float64Array(sizes.length);
  for (let at = 0; at < labels.length; at++) sums[labels[at]!]! += inside[at]!;
  let main = 0;
  for (let part = 1; part < sums.length; part++) if (main === 0 || sums[part]! > sums[main]!) main = part;
  if (main === 0) {
    const none = new Uint8Array(inside.length);
    return { core: none, mask: none, ml: 0, centre: shape.map((n) => (n - 1) / 2) };
  }
  const core = new Uint8Array(labels.length);
  for (let at = 0; at < core.length; at++) if (labels[at] === main) core[at] = 1;
  const mask = dilate({ ...image, data: core }).data;
  return { core, mask, ...massOf(inside, mask, image) };
}

/** Volume of the probabilities under a mask, mL, and their centre of mass in voxels. */
function massOf(inside: Float32Array, mask: Uint8Array, image: Volume): Pick<MainPart, 'ml' | 'centre'> {
  const [nx, ny, nz] = image.shape;
  let [sum, sumX, sumY, sumZ] = [0, 0, 0, 0];
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        if (mask[at] === 0) continue;
        const p = inside[at]!;
        sum += p;
        sumX += p * x;
        sumY += p * y;
        sumZ += p * z;
      }
    }
  }
  return { ml: sum * voxelVolumeMl(image), centre: [sumX / sum, sumY / sum, sumZ / sum] };
}

/** What lies around the inside of the skull: from the bone (which is dark) to beyond the scalp, mm. */
const aroundMm = { from: 4, to: 16 };
/** Share of the mean brightness inside that is bright: less than bone and scalp together, more than noise in air. */
const brightShare = 0.15;

/** Share of the voxels around the main part, as far as the scan goes, that are bright. */
function brightAround(core: Uint8Array, image: Volume<Float32Array>, working: Shape3): number {
  const [nx, ny] = image.shape;
  const [ex, ey, ez] = locateBlocks(working);
  // Distances in blocks, which every affine has, sheared ones too.
  const blocks = { data: core, shape: image.shape, voxelToWorld: identityAffine };
  const distance = distanceTransform(blocks, { to: 'foreground' }).data;
  const air = airLevel(image.data);
  let [inside, voxels] = [0, 0];
  for (let at = 0; at < core.length; at++) {
    if (core[at] === 0) continue;
    inside += image.data[at]! - air;
    voxels++;
  }
  const bright = (brightShare * inside) / voxels;
  let [around, found] = [0, 0];
  for (let z = 0; z < ez; z++) {
    for (let y = 0; y < ey; y++) {
      for (let x = 0, at = nx * (y + ny * z); x < ex; x++, at++) {
        const mm = distance[at]! * locateBlock;
        if (mm <= aroundMm.from || mm > aroundMm.to) continue;
        around++;
        if (image.data[at]! - air > bright) found++;
      }
    }
  }
  return around === 0 ? 0 : found / around;
}

/** The 4 mm voxels of all parts that are more than specks. */
function seenParts(ventricle: Float32Array, image: Volume): Volume<Uint8Array> {
  const { labels, sizes } = labelComponents({ ...image, data: over(ventricle, seenFrom) });
  const seen = new Uint8Array(labels.length);
  for (let at = 0; at < labels.length; at++) {
    if (labels[at] !== 0 && sizes[labels[at]!]! >= leastVoxels) seen[at] = 1;
  }
  return { ...image, data: seen };
}

function over(probabilities: Float32Array, least: number): Uint8Array {
  const mask = new Uint8Array(probabilities.length);
  for (let at = 0; at < mask.length; at++) if (probabilities[at]! > least) mask[at] = 1;
  return mask;
}

function boxAround({ start, size }: VoxelBox, working: Shape3, divisor: number): WorkingBox {
  const middle = start.map((first, axis) => (first + size[axis]! / 2) * locateBlock);
  const sides = size.map((n) => Math.max(leastSide, n * locateBlock + 2 * marginMm)) as unknown as Shape3;
  return placeBox(middle, sides, working, divisor);
}

/** A box of at least these sides about a point, moved inside the scan where the scan is large enough. */
function placeBox(middle: readonly number[], sides: Shape3, working: Shape3, divisor: number): WorkingBox {
  const shape = sides.map((side) => Math.ceil(side / divisor) * divisor) as unknown as Shape3;
  const start = shape.map((side, axis) => {
    const wanted = Math.round(middle[axis]! - side / 2);
    const room = working[axis]! - side;
    return room >= 0 ? Math.min(Math.max(wanted, 0), room) : Math.floor(room / 2);
  }) as unknown as Shape3;
  return { start, shape };
}

/** By how much a region is widened where the ventricles reach its end, mm. */
const widenMm = 32;
/**
 * From this area on, mm2. Below the fourth ventricle the central canal goes on, so thin that a second look at the region
 * adds next to nothing; what `qualityLimits.cutMm2` tells of is more.
 */
const leastCutMm2 = 5;

/**
 * A region widened on the sides where something was found in its outermost layer although the scan goes on there:
 * the coarse network missed a part. The same region when there is no such side.
 *
 * @param output probabilities [classes, z, y, x] of the fine network in the region, background first; voxels of 1 mm
 * @param labelledFrom a voxel is found where all classes together are more probable than this
 */
export function widenWhereCut(
  box: WorkingBox,
  output: Float32Array,
  labelledFrom: number,
  working: Shape3,
  divisor: number,
): WorkingBox {
  const { start, shape } = box;
  const ends = shape.map((side, axis) => {
    const [from, to] = [start[axis]!, start[axis]! + side];
    const cut = (index: number) => foundInLayer(output, labelledFrom, shape, axis, index) >= leastCutMm2;
    return [
      from > 0 && cut(0) ? from - widenMm : from,
      to < working[axis]! && cut(side - 1) ? to + widenMm : to,
    ] as const;
  });
  if (ends.every(([from, to], axis) => from === start[axis] && to - from === shape[axis])) return box;
  const middle = ends.map(([from, to]) => (from + to) / 2);
  return placeBox(middle, ends.map(([from, to]) => to - from) as unknown as Shape3, working, divisor);
}

/** How many voxels of a layer across an axis are found. */
function foundInLayer(
  output: Float32Array,
  labelledFrom: number,
  shape: Shape3,
  axis: number,
  index: number,
): number {
  const steps = [1, shape[0], shape[0] * shape[1]];
  const [u, v] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
  let found = 0;
  for (let j = 0; j < shape[v]!; j++) {
    for (let i = 0; i < shape[u]!; i++) {
      const background = output[index * steps[axis]! + i * steps[u]! + j * steps[v]!]!;
      if (background < 1 - labelledFrom) found++;
    }
  }
  return found;
}

/** What lies at the first and last index of each axis of the working grid (LIA). */
export const workingEnds = [
  ['right', 'left'],
  ['superior', 'inferior'],
  ['posterior', 'anterior'],
] as const;

/** The ends of the scan that the mask reaches. */
function reachedEnds(core: Uint8Array, shape: Shape3, working: Shape3): string[] {
  const box = foregroundBox({ data: core, shape });
  if (box === undefined) return [];
  const blocks = locateBlocks(working);
  return workingEnds.flatMap(([first, last], axis) => {
    const end = box.start[axis]! + box.size[axis]!;
    return [...(box.start[axis] === 0 ? [first] : []), ...(end === blocks[axis] ? [last] : [])];
  });
}
