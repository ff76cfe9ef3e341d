/**
 * From the coarse network's probabilities to the space inside the skull and the region of the ventricles.
 *
 * The space inside the skull is the part with the largest sum of probabilities; what the network takes for brain
 * in the neck or the air is no part of it. Its volume adds up probabilities over that part and a voxel around, so
 * that half-filled voxels count as half. Ventricles count inside of it only.
 */
import { dilate, labelComponents, type Shape3, type Volume, voxelVolumeMl } from '@ventriseg/imaging';
import { locateBlock, type WorkingBox } from '../volumes/index.ts';
import type { Intracranial } from './found.ts';
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
  /** Sum of the ventricles' probabilities inside the skull, mL; 0 when none was seen. */
  readonly ventriclesMl: number;
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
  const inside = new Float32Array(count);
  for (let at = 0; at < count; at++) inside[at] = Math.max(0, 1 - output[at]!);
  const brain = mainPart(inside, image);
  const ventricle = new Float32Array(count);
  for (let from = locateVentriclesFrom * count; from < output.length; from += count) {
    for (let at = 0; at < count; at++) ventricle[at]! += brain.mask[at] === 0 ? 0 : output[from + at]!;
  }
  const seen = seenBox(ventricle, image);
  const voxelMl = voxelVolumeMl(image);
  const { ml, centre } = brain;
  return {
    intracranial: {
      ml,
      cutAt: reachedEnds(brain.core, image.shape, working),
      probability: { ...image, data: inside },
    },
    ventriclesMl: seen === undefined ? 0 : ventricle.reduce((sum, p) => sum + p, 0) * voxelMl,
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
  const half = { ...image, data: Uint8Array.from(inside, (p) => (p > 0.5 ? 1 : 0)) };
  const { labels, sizes } = labelComponents(half, { connectivity: 6 });
  const sums = new Float64Array(sizes.length);
  for (let at = 0; at < labels.length; at++) sums[labels[at]!]! += inside[at]!;
  let main = 0;
  for (let part = 1; part < sums.length; part++) if (main === 0 || sums[part]! > sums[main]!) main = part;
  if (main === 0) {
    const none = new Uint8Array(inside.length);
    return { core: none, mask: none, ml: 0, centre: shape.map((n) => (n - 1) / 2) };
  }
  const core = Uint8Array.from(labels, (part) => (part === main ? 1 : 0));
  const mask = dilate({ ...image, data: core }).data;
  const [nx, ny] = shape;
  const centre = [0, 0, 0];
  let sum = 0;
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] === 0) continue;
    const p = inside[at]!;
    sum += p;
    centre[0]! += p * (at % nx);
    centre[1]! += p * (Math.floor(at / nx) % ny);
    centre[2]! += p * Math.floor(at / (nx * ny));
  }
  return { core, mask, ml: sum * voxelVolumeMl(image), centre: centre.map((value) => value / sum) };
}

interface VoxelSpan {
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** The 4 mm voxels of all parts that are more than specks; undefined without any. */
function seenBox(ventricle: Float32Array, image: Volume): VoxelSpan | undefined {
  const [nx, ny] = image.shape;
  const mask = Uint8Array.from(ventricle, (p) => (p > seenFrom ? 1 : 0));
  const { labels, sizes } = labelComponents({ ...image, data: mask });
  const first = [Infinity, Infinity, Infinity];
  const last = [-1, -1, -1];
  for (let at = 0; at < labels.length; at++) {
    if (labels[at] === 0 || sizes[labels[at]!]! < leastVoxels) continue;
    [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))].forEach((value, axis) => {
      first[axis] = Math.min(first[axis]!, value);
      last[axis] = Math.max(last[axis]!, value);
    });
  }
  return last[0]! < 0 ? undefined : { first, last };
}

function boxAround({ first, last }: VoxelSpan, working: Shape3, divisor: number): WorkingBox {
  const ends = first.map((value, axis) => [
    value * locateBlock - marginMm,
    (last[axis]! + 1) * locateBlock + marginMm,
  ]);
  const middle = ends.map(([from, to]) => (from! + to!) / 2);
  const sides = ends.map(([from, to]) => Math.max(leastSide, to! - from!)) as unknown as Shape3;
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

/** What lies at the first and last index of each axis of the working grid (LIA). */
export const workingEnds = [
  ['right', 'left'],
  ['superior', 'inferior'],
  ['posterior', 'anterior'],
] as const;

/** The ends of the scan that the mask reaches. */
function reachedEnds(core: Uint8Array, shape: Shape3, working: Shape3): string[] {
  const [nx, ny, nz] = shape;
  const lastOf = working.map((n) => Math.ceil(n / locateBlock) - 1);
  const reached = [
    [false, false],
    [false, false],
    [false, false],
  ];
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        if (core[at] === 0) continue;
        [x, y, z].forEach((value, axis) => {
          if (value === 0) reached[axis]![0] = true;
          if (value === lastOf[axis]) reached[axis]![1] = true;
        });
      }
    }
  }
  return workingEnds.flatMap((names, axis) => names.filter((_, end) => reached[axis]![end]));
}
