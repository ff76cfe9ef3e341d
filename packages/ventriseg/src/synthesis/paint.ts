/** Gives each voxel of a label map its brightness: the tissue's mean, a grainy texture and voxel-to-voxel spread. */
import type { SeededRandom } from 'onnx-autograd';
import type { SlotContrast } from './contrast.ts';
import { grainField, nodeCount, nodeSpacingMm, readNodeRow } from './node-field.ts';
import { drawNormalTable } from './normal-table.ts';

const size = 256;

/** @returns 256^3 brightnesses, not below 0. */
export function paint(
  slots: Uint8Array,
  contrast: SlotContrast,
  random: SeededRandom,
): Float32Array<ArrayBuffer> {
  const { mean, spread, mottle } = contrast;
  const grain = grainField(random);
  const { values: normals, state } = drawNormalTable(random);
  const out = new Float32Array(slots.length);
  const row = new Float32Array(nodeCount);
  let s = state;
  for (let k = 0; k < size; k++) {
    for (let j = 0; j < size; j++) {
      readNodeRow(grain, j, k, row);
      let at = size * (j + size * k);
      for (let n = 0; n < nodeCount - 1; n++) {
        let texture = row[n]!;
        const step = (row[n + 1]! - texture) / nodeSpacingMm;
        for (let m = 0; m < nodeSpacingMm; m++, at++, texture += step) {
          s ^= s << 13;
          s ^= s >>> 17;
          s ^= s << 5;
          const slot = slots[at]!;
          const value = mean[slot]! + mottle[slot]! * texture + spread[slot]! * normals[s & 0xffff]!;
          out[at] = Math.max(value, 0);
        }
      }
    }
  }
  return out;
}
