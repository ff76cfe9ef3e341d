/**
 * Turns some labels of a label map into a mask, the form that all measures and filters of masks take.
 */
import type { Volume } from '../volume/volume.ts';

/** 1 where the label map holds one of the labels, 0 elsewhere, on the same grid. */
export function labelMask(labelMap: Volume, labels: number | readonly number[]): Volume<Uint8Array> {
  const wanted = typeof labels === 'number' ? [labels] : labels;
  const { data, shape, voxelToWorld } = labelMap;
  const mask = new Uint8Array(data.length);
  for (const label of wanted) {
    for (let at = 0; at < data.length; at++) if (data[at] === label) mask[at] = 1;
  }
  return { data: mask, shape, voxelToWorld };
}
