/**
 * Connected components of a mask or a label map.
 *
 * Union-find over the voxels themselves: the label array first holds, for each foreground voxel, the index of
 * an earlier voxel of its component (plus one), so one raster pass with path halving joins everything and a
 * second numbers the roots; no further memory is needed. Components are numbered from 1 in the order of their
 * first voxel (x fastest); scipy.ndimage.label numbers the same way on arrays indexed [z, y, x].
 */
import { ImagingError } from '../errors.ts';
import { foregroundBox } from '../morphology/foreground-box.ts';
import { type Volume, voxelCount } from '../volume/volume.ts';
import { type Connectivity, neighbourSteps } from './connectivity.ts';

export interface ComponentOptions {
  /** Default 26. */
  connectivity?: Connectivity;
  /** Join only voxels of equal value, so that each label of a label map falls apart on its own. Default false. */
  byValue?: boolean;
}

export interface Components {
  /** Component of each voxel, 1 and up; 0 for background. */
  labels: Int32Array;
  /** Voxels of each component; `sizes[0]` is the background. */
  sizes: number[];
}

/**
 * Labels the connected components of the non-zero voxels.
 *
 * @param mask data (any values, x-fastest) and shape; a Volume is one.
 * @throws ImagingError BAD_DIMENSIONS when data and shape do not fit; BAD_ARGUMENT for another connectivity.
 */
export function labelComponents(
  mask: Pick<Volume, 'data' | 'shape'>,
  options: ComponentOptions = {},
): Components {
  const { data, shape } = mask;
  const [nx, ny] = shape;
  if (data.length !== voxelCount(shape)) {
    throw new ImagingError(
      'BAD_DIMENSIONS',
      `labelComponents: ${shape.join('x')} needs ${voxelCount(shape)} voxels, got ${data.length}`,
    );
  }
  const byValue = options.byValue ?? false;
  const earlier = neighbourSteps(options.connectivity ?? 26).filter(
    ([x, y, z]) => z < 0 || (z === 0 && (y < 0 || (y === 0 && x < 0))),
  );
  const labels = new Int32Array(data.length);
  const rowDx = new Int32Array(earlier.length);
  const rowOffset = new Int32Array(earlier.length);
  const { start, size } = foregroundBox(mask) ?? { start: [0, 0, 0], size: [0, 0, 0] };
  const [x0, y0, z0] = start;
  for (let z = z0; z < z0 + size[2]; z++) {
    for (let y = y0; y < y0 + size[1]; y++) {
      let steps = 0;
      for (const [dx, dy, dz] of earlier) {
        if (y + dy < y0 || y + dy >= y0 + size[1] || z + dz < z0) continue;
        rowDx[steps] = dx;
        rowOffset[steps++] = dx + nx * (dy + ny * dz);
      }
      joinRow(data, labels, x0 + nx * (y + ny * z), size[0], rowDx, rowOffset, steps, byValue);
    }
  }
  return { labels, sizes: numberRoots(labels) };
}

/** Links each foreground voxel of a row of the foreground's box to its neighbours earlier in raster order. */
function joinRow(
  data: Volume['data'],
  labels: Int32Array,
  row: number,
  count: number,
  rowDx: Int32Array,
  rowOffset: Int32Array,
  steps: number,
  byValue: boolean,
): void {
  for (let x = 0; x < count; x++) {
    const at = row + x;
    const value = data[at]!;
    if (value === 0) continue;
    let root = at;
    labels[at] = at + 1;
    for (let s = 0; s < steps; s++) {
      const neighbourX = x + rowDx[s]!;
      if (neighbourX < 0 || neighbourX >= count) continue;
      let other = at + rowOffset[s]!;
      if (labels[other] === 0 || (byValue && data[other] !== value)) continue;
      let parent = labels[other]! - 1;
      while (parent !== other) {
        const grandparent = labels[parent]!;
        labels[other] = grandparent;
        other = grandparent - 1;
        parent = labels[other]! - 1;
      }
      if (other < root) {
        labels[root] = other + 1;
        root = other;
      } else if (other > root) {
        labels[other] = root + 1;
      }
    }
    labels[at] = root + 1;
  }
}

/** Replaces links by component numbers, in place; links point backwards, so one pass is enough. */
function numberRoots(labels: Int32Array): number[] {
  const sizes = [0];
  for (let at = 0; at < labels.length; at++) {
    const link = labels[at]!;
    let label = 0;
    if (link === at + 1) {
      label = sizes.length;
      sizes.push(0);
    } else if (link !== 0) {
      label = labels[link - 1]!;
    }
    labels[at] = label;
    sizes[label]!++;
  }
  return sizes;
}
