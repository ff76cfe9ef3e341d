/**
 * Width of the inside of the skull along x, in axial slices of the standard pose, from the intracranial volume.
 */
import type { Volume } from '@ventriseg/imaging';
import { aroundForeground } from './around-foreground.ts';
import type { HeadPose } from './head-pose.ts';
import { type PoseRow, widestOf } from './horn-widths.ts';
import { largestPart } from './largest-part.ts';
import { boxInPose, inPose, spanOfRow } from './pose-volume.ts';

/** Slices in which the skull is measured, mm above the commissures: below lie ears and skull base, above the vertex. */
const lowestMm = -10;
const highestMm = 60;

/**
 * Distance of the slices that are looked through for the widest, mm. A skull curves so little that the widest row of
 * all is wider by less than 0.02 mm.
 */
const stepMm = 3;

export interface InnerSkull {
  /** The widest row of the axial slice at a height; undefined where the slice holds nothing. */
  rowAt(zMm: number): PoseRow | undefined;
  /** The widest row of all slices: the biparietal diameter. */
  widestRow(): PoseRow | undefined;
}

/** The inside of the skull in the pose, without specks beside it. */
export function innerSkull(probability: Volume<Float32Array>, pose: HeadPose): InnerSkull {
  const main = aroundForeground({ ...probability, data: largestPart(probability.data, probability.shape) });
  const { low, high } = boxInPose(main, pose);
  const rowAt = (z: number) => {
    const slice = inPose(main, pose, { low: [low[0], low[1], z], high: [high[0], high[1], z] });
    const rows = Array.from({ length: slice.shape[1] }, (_, j): PoseRow | undefined => {
      const y = low[1] + j;
      const span = spanOfRow(slice, y, z);
      return span && { lowX: span[0], highX: span[1], y, z };
    });
    return widestOf(rows);
  };
  return {
    rowAt,
    widestRow() {
      const rows = [];
      for (let z = Math.max(low[2], lowestMm); z <= Math.min(high[2], highestMm); z += stepMm)
        rows.push(rowAt(z));
      return widestOf(rows);
    },
  };
}
