/**
 * Width of the inside of the skull along x, in axial slices of the standard pose, from the intracranial volume.
 */
import type { Volume } from '@ventriseg/imaging';
import { aroundForeground } from './around-foreground.ts';
import type { HeadPose } from './head-pose.ts';
import { type PoseRow, widthOf } from './horn-widths.ts';
import { largestPart } from './largest-part.ts';
import { boxInPose, inPose, type PoseVolume, spanOfRow } from './pose-volume.ts';

/** Slices in which the skull is measured, mm above the commissures: below lie ears and skull base, above the vertex. */
const lowestMm = -10;
const highestMm = 60;

/** The part of the intracranial volume in which widths are measured, without specks beside it. */
export function intracranialInPose(probability: Volume<Float32Array>, pose: HeadPose): PoseVolume {
  const main = aroundForeground({ ...probability, data: largestPart(probability.data, probability.shape) });
  const { low, high } = boxInPose(main, pose);
  return inPose(main, pose, {
    low: [low[0], low[1], Math.max(low[2], lowestMm)],
    high: [high[0], high[1], Math.min(high[2], highestMm)],
  });
}

/** The widest row of the axial slice at a height; undefined where the slice holds nothing. */
export function innerSkullRow(intracranial: PoseVolume, zMm: number): PoseRow | undefined {
  let best: PoseRow | undefined;
  for (let j = 0; j < intracranial.shape[1]; j++) {
    const y = intracranial.firstMm[1] + j;
    const span = spanOfRow(intracranial, y, zMm);
    if (span === undefined) continue;
    const row = { lowX: span[0], highX: span[1], y, z: zMm };
    if (best === undefined || widthOf(row) > widthOf(best)) best = row;
  }
  return best;
}

/** The widest row of all slices: the biparietal diameter. */
export function widestInnerSkullRow(intracranial: PoseVolume): PoseRow | undefined {
  let best: PoseRow | undefined;
  for (let k = 0; k < intracranial.shape[2]; k++) {
    const row = innerSkullRow(intracranial, intracranial.firstMm[2] + k);
    if (row !== undefined && (best === undefined || widthOf(row) > widthOf(best))) best = row;
  }
  return best;
}
