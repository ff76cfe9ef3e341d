/**
 * From probabilities on any grid to class numbers on the scan's own grid, in the box where something was found.
 *
 * Each class's probability is interpolated linearly, or where the scan is coarser its mean over the voxel is taken. A
 * voxel is labelled where all classes together are probable enough, and gets the most probable of them: a mask of the
 * scan's own resolution, not a copy of a coarser one.
 */
import {
  applyAffine,
  type Grid,
  invertAffine,
  multiplyAffines,
  type Vec3,
  voxelMeans,
} from '@ventriseg/imaging';
import type { ClassProbabilities } from './run-network.ts';

/** A box of the scan's grid with the probabilities and class numbers in it. */
export interface LabelledBox {
  /** The box as a grid of its own. */
  readonly grid: Grid;
  /** First voxel of the box in the scan. */
  readonly start: Vec3;
  /** Probability of each class, background left out. */
  readonly probabilities: readonly Float32Array[];
  /** 0 background, else the number of the class from 1. */
  readonly classes: Uint8Array;
}

/**
 * The probabilities on the scan's grid and the class of each voxel; undefined outside the scan.
 *
 * @param labelledFrom see `labelVoxels`
 */
export function labelOnScan(
  source: ClassProbabilities,
  scan: Grid,
  labelledFrom: number,
): LabelledBox | undefined {
  const box = boxInScan(source.grid, scan);
  if (box === undefined) return undefined;
  const { start, grid } = box;
  const probabilities = source.classes.map((data) => voxelMeans({ data, ...source.grid }, grid).data);
  return { grid, start, probabilities, classes: labelVoxels(probabilities, labelledFrom) };
}

/**
 * The most probable class of each voxel, numbered from 1; 0 where all classes together are not more probable than
 * `labelledFrom`.
 *
 * Of all masks, the one expected to have the highest Dice index against a truth that is known by its probabilities
 * alone takes every voxel above half of that index, so a little below 0.5 (Lipton et al., "Optimal thresholding of
 * classifiers to maximize F1 measure", ECML PKDD 2014).
 */
export function labelVoxels(probabilities: readonly Float32Array[], labelledFrom: number): Uint8Array {
  const count = probabilities[0]?.length ?? 0;
  const classes = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    let all = 0;
    let best = 0;
    for (let k = 0; k < probabilities.length; k++) {
      const own = probabilities[k]![at]!;
      all += own;
      if (own > probabilities[best]![at]!) best = k;
    }
    if (all > labelledFrom) classes[at] = best + 1;
  }
  return classes;
}

/** The part of a grid that holds another one, with a voxel around it; undefined when they do not meet. */
export function boxInScan(part: Grid, scan: Grid): { grid: Grid; start: Vec3 } | undefined {
  const toScan = multiplyAffines(invertAffine(scan.voxelToWorld), part.voxelToWorld);
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let corner = 0; corner < 8; corner++) {
    const voxel = part.shape.map((n, axis) => ((corner >> axis) & 1 ? n - 0.5 : -0.5)) as unknown as Vec3;
    applyAffine(toScan, voxel).forEach((value, axis) => {
      low[axis] = Math.min(low[axis]!, value);
      high[axis] = Math.max(high[axis]!, value);
    });
  }
  const first = low.map((value) => Math.max(0, Math.floor(value) - 1));
  const last = high.map((value, axis) => Math.min(scan.shape[axis]! - 1, Math.ceil(value) + 1));
  if (last.some((value, axis) => value < first[axis]!)) return undefined;
  const start = first as unknown as Vec3;
  const move = [1, 0, 0, start[0], 0, 1, 0, start[1], 0, 0, 1, start[2], 0, 0, 0, 1];
  return {
    start,
    grid: {
      shape: last.map((value, axis) => value - first[axis]! + 1) as unknown as [number, number, number],
      voxelToWorld: multiplyAffines(scan.voxelToWorld, move),
    },
  };
}
