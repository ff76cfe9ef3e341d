/**
 * Removes components from a mask or label map: islands below a size, all but the largest, or by any rule.
 */
import type { Volume, VoxelArray } from '../volume/volume.ts';
import { type ComponentOptions, labelComponents } from './label-components.ts';

/** One connected component, as shown to a rule that keeps or drops it. */
export interface Component {
  /** Number in `labelComponents`, 1 and up. */
  label: number;
  voxels: number;
  /** Value of its first voxel in the volume; its label when components are found by value. */
  value: number;
  /** Place by size among all components (among those of its value, with `byValue`): 0 is the largest. */
  rank: number;
}

export interface KeptComponents<T extends VoxelArray> {
  /** A copy of the volume with the dropped components set to 0. */
  volume: Volume<T>;
  kept: number;
  removed: number;
  removedVoxels: number;
}

/**
 * Keeps the components that satisfy a rule and sets the others to 0.
 *
 * @param keep least number of voxels, or a rule, for instance `(c) => c.rank === 0` for the largest.
 */
export function keepComponents<T extends VoxelArray>(
  volume: Volume<T>,
  keep: number | ((component: Component) => boolean),
  options: ComponentOptions = {},
): KeptComponents<T> {
  const { labels, sizes } = labelComponents(volume, options);
  const components: Component[] = sizes.map((voxels, label) => ({ label, voxels, value: 0, rank: 0 }));
  for (let at = 0, next = 1; next < sizes.length; at++) {
    if (labels[at] === next) components[next++]!.value = volume.data[at]!;
  }
  const counts = new Map<number, number>();
  for (const component of components.slice(1).sort((a, b) => b.voxels - a.voxels || a.label - b.label)) {
    const group = options.byValue ? component.value : 0;
    component.rank = counts.get(group) ?? 0;
    counts.set(group, component.rank + 1);
  }
  const drop = new Uint8Array(sizes.length);
  let removed = 0;
  let removedVoxels = 0;
  for (const component of components.slice(1)) {
    if (typeof keep === 'number' ? component.voxels >= keep : keep(component)) continue;
    drop[component.label] = 1;
    removed++;
    removedVoxels += component.voxels;
  }
  const data = volume.data.slice() as T;
  if (removed > 0) {
    for (let at = 0; at < data.length; at++) {
      if (drop[labels[at]!] === 1) data[at] = 0;
    }
  }
  return { volume: { ...volume, data }, kept: sizes.length - 1 - removed, removed, removedVoxels };
}
