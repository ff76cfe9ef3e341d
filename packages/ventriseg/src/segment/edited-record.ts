/**
 * The record of a result that a person has corrected by hand: volumes counted and measures taken anew, and what was
 * changed.
 *
 * Probabilities say nothing about voxels that a person chose, so volumes by probability are null in it; error bars and
 * norms, which are of the network's labels, are left out.
 */
import { type Volume, voxelVolumeMl } from '@ventriseg/imaging';
import { measureVentricles } from '../measures/measure-ventricles.ts';
import type { Intracranial } from './found.ts';
import { type ResultRecord, recordedMeasures } from './result-record.ts';

export interface LabelEdit {
  /** Labels as the network gave them. */
  readonly before: Volume<Uint8Array>;
  /** The same grid, corrected. */
  readonly after: Volume<Uint8Array>;
  /** Strokes of the brush and eraser that are in force. */
  readonly strokes: number;
  /** The space inside the skull, as the segmentation has it. */
  readonly intracranial?: Intracranial | undefined;
}

const lateralLabels: readonly number[] = [4, 43, 5, 44];

/** The record with the volumes and measures of `edit.after`; unchanged when the two label volumes are equal. */
export function editedRecord(record: ResultRecord, edit: LabelEdit): ResultRecord {
  const before = edit.before.data;
  const after = edit.after.data;
  const voxels = new Uint32Array(256);
  const changed = { added: 0, removed: 0, relabelled: 0 };
  for (let at = 0; at < after.length; at++) {
    const value = after[at]!;
    voxels[value]!++;
    const was = before[at]!;
    if (value === was) continue;
    if (was === 0) changed.added++;
    else if (value === 0) changed.removed++;
    else changed.relabelled++;
  }
  if (changed.added + changed.removed + changed.relabelled === 0) return record;
  const voxelMl = voxelVolumeMl(edit.after);
  const amount = (count: number) => ({
    ml: Math.round(count * voxelMl * 1000) / 1000,
    mlByProbability: null,
  });
  const countOf = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + voxels[n]!, 0);
  const { volumes, errorBars: _, norms: __, ...kept } = record;
  const numbers = volumes.labels.map(({ label }) => label);
  return {
    ...kept,
    volumes: {
      labels: volumes.labels.map((volume) => ({ ...volume, ...amount(voxels[volume.label]!) })),
      lateral:
        volumes.lateral === null ? null : amount(countOf(numbers.filter((n) => lateralLabels.includes(n)))),
      total: amount(countOf(numbers)),
    },
    ...recordedMeasures(measureVentricles(edit.after, edit)),
    edit: {
      strokes: edit.strokes,
      voxels: changed,
      volumesBefore: volumes.labels.map(({ label, ml }) => ({ label, ml })),
    },
  };
}
