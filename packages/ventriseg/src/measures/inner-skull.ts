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
 * Distance of the slices that are looked through for the widest, mm, and of those around the widest of them that are
 * looked through then. A skull curves so little that the widest row of all is wider by less than 0.02 mm.
 */
const coarseStepMm = 9;
const fineStepMm = 3;

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
      const first = Math.max(low[2], lowestMm);
      const last = Math.min(high[2], highestMm);
      const coarse = [];
      for (let z = first; z <= last; z += coarseStepMm) coarse.push(rowAt(z));
      const widest = widestOf(coarse);
      if (widest === undefined) return undefined;
      const around = [];
      for (let by = fineStepMm - coarseStepMm; by < coarseStepMm; by += fineStepMm) {
        const z = widest.z + by;
        if (by !== 0 && z >= first && z <= last) around.push(rowAt(z));
      }
      return widestOf([widest, ...around]);
    },
  };
}
