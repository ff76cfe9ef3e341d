/** A scan with its result and what was corrected in it. */
import type { Vec3, Volume } from '@ventriseg/imaging';
import type { OpenedScan, ResultRecord, Segmentation } from 'ventriseg';
import type { LabelEditor } from './edit/label-editor.ts';

export interface MeasuredScan {
  /** Unlike that of every other scan on the page. */
  readonly name: string;
  readonly scan: OpenedScan;
  readonly segmentation: Segmentation;
  /** As the network gave it. */
  readonly record: ResultRecord;
  /** Labels as the network gave them. */
  readonly original: Volume<Uint8Array>;
  /** Labels as they are shown. */
  readonly editor: LabelEditor;
}

/** The name, numbered where it is taken. */
export function freeName(name: string, taken: readonly { readonly name: string }[]): string {
  let free = name;
  for (let n = 2; taken.some((other) => other.name === free); n++) free = `${name}_${n}`;
  return free;
}

/** The voxel nearest to the centre of mass of the labels; the middle of the scan where there are none. */
export function middleOf({ data, shape: [nx, ny, nz] }: Volume<Uint8Array>): Vec3 {
  let [x, y, z, count] = [0, 0, 0, 0];
  for (let k = 0, at = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, at++) {
        if (data[at] === 0) continue;
        x += i;
        y += j;
        z += k;
        count++;
      }
    }
  }
  if (count === 0) return [nx >> 1, ny >> 1, nz >> 1];
  return [Math.round(x / count), Math.round(y / count), Math.round(z / count)];
}
