/**
 * Masks in the standard pose: a grid of 1 mm along the axes of the pose, in which widths are measured along rows.
 *
 * Values are how much of the mask there is at a place, 0 to 1; a border is where they cross one half, found between
 * grid points by linear interpolation.
 */
import {
  type Affine,
  applyAffine,
  multiplyAffines,
  resample,
  type Shape3,
  type Vec3,
  type Volume,
} from '@ventriseg/imaging';
import type { HeadPose } from './head-pose.ts';

export interface PoseVolume {
  /** x-fastest; x runs to the right, y to the front, z up. */
  readonly data: Float32Array;
  readonly shape: Shape3;
  /** Place of the first grid point in the pose, whole mm; grid points are 1 mm apart. */
  readonly firstMm: Vec3;
}

/** A box in the pose, whole mm, both ends included. */
export interface PoseBox {
  readonly low: Vec3;
  readonly high: Vec3;
}

/** A volume brought into the pose by linear interpolation; 0 outside of it. */
export function inPose(volume: Volume, pose: Pick<HeadPose, 'poseToWorld'>, box: PoseBox): PoseVolume {
  const shape = box.low.map((low, axis) => box.high[axis]! - low + 1) as unknown as Shape3;
  const move: Affine = [1, 0, 0, box.low[0], 0, 1, 0, box.low[1], 0, 0, 1, box.low[2], 0, 0, 0, 1];
  const voxelToWorld = multiplyAffines(pose.poseToWorld, move);
  return { data: resample(volume, { shape, voxelToWorld }).data, shape, firstMm: box.low };
}

/** The smallest box in the pose that holds all of a volume's grid, with a margin of 2 mm. */
export function boxInPose(volume: Volume, pose: Pick<HeadPose, 'worldToPose'>): PoseBox {
  const toPose = multiplyAffines(pose.worldToPose, volume.voxelToWorld);
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let corner = 0; corner < 8; corner++) {
    const voxel = volume.shape.map((n, axis) => ((corner >> axis) & 1 ? n - 1 : 0));
    applyAffine(toPose, voxel as unknown as Vec3).forEach((value, axis) => {
      low[axis] = Math.min(low[axis]!, Math.floor(value) - 2);
      high[axis] = Math.max(high[axis]!, Math.ceil(value) + 2);
    });
  }
  return { low: low as unknown as Vec3, high: high as unknown as Vec3 };
}

/** Outer weight of a three-point filter of variance 0.49 mm2. */
const tap = 0.245;

/** The values smoothed as by a Gaussian of sigma 0.7 mm, which evens out the steps of voxels; 0 outside. */
export function smoothed({ data, shape, firstMm }: PoseVolume): PoseVolume {
  const [nx, ny] = shape;
  let from = data;
  for (const [axis, stride] of [1, nx, nx * ny].entries()) {
    const n = shape[axis]!;
    const to = new Float32Array(from.length);
    // Runs of `stride` values share their place along the axis.
    for (let start = 0, place = 0; start < from.length; start += stride, place = (place + 1) % n) {
      const hasBefore = place > 0;
      const hasAfter = place < n - 1;
      for (let at = start; at < start + stride; at++) {
        const sides = (hasBefore ? from[at - stride]! : 0) + (hasAfter ? from[at + stride]! : 0);
        to[at] = tap * sides + (1 - 2 * tap) * from[at]!;
      }
    }
    from = to;
  }
  return { data: from, shape, firstMm };
}

/** First and last place along x in mm where a row crosses one half; undefined where it never does. */
export function spanOfRow(
  volume: PoseVolume,
  yMm: number,
  zMm: number,
): [low: number, high: number] | undefined {
  const { data, shape, firstMm } = volume;
  const [j, k] = [yMm - firstMm[1], zMm - firstMm[2]];
  if (j < 0 || k < 0 || j >= shape[1] || k >= shape[2]) return undefined;
  const row = shape[0] * (j + shape[1] * k);
  let first = 0;
  while (first < shape[0] && data[row + first]! < 0.5) first++;
  if (first === shape[0]) return undefined;
  let last = shape[0] - 1;
  while (data[row + last]! < 0.5) last--;
  const before = first > 0 ? data[row + first - 1]! : 0;
  const after = last < shape[0] - 1 ? data[row + last + 1]! : 0;
  const [atFirst, atLast] = [data[row + first]!, data[row + last]!];
  return [
    firstMm[0] + first - (atFirst - 0.5) / (atFirst - before),
    firstMm[0] + last + (atLast - 0.5) / (atLast - after),
  ];
}
