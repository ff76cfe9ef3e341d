/**
 * Changes the storage order of a volume without touching a value: axes are permuted and flipped, and the affine
 * follows, so that every voxel stays where it is in the world. Oblique grids keep their obliqueness and get the
 * order nearest to the one asked for, like nibabel's `as_closest_canonical`.
 */
import { createVolume, type Shape3, type Volume, type VoxelArray, voxelCount } from '../volume/volume.ts';
import { createVoxelArray, voxelTypeOf } from '../volume/voxel-type.ts';
import { copyByOffsets } from './copy-by-offsets.ts';
import type { Grid } from './grid.ts';
import { axisDirections, parseAxisCodes } from './orientation.ts';

/** For each axis of the new order: which old axis it is, and whether its direction is turned round. */
export interface AxisChange {
  readonly from: 0 | 1 | 2;
  readonly flip: boolean;
}

/**
 * The permutation and flips that bring a grid into the order `codes`.
 *
 * @throws ImagingError BAD_ARGUMENT for codes that are not an axis order; BAD_AFFINE for a singular matrix.
 */
export function axisChanges(grid: Grid, codes: string): readonly [AxisChange, AxisChange, AxisChange] {
  const wanted = parseAxisCodes(codes);
  const present = axisDirections(grid.voxelToWorld);
  const change = (axis: 0 | 1 | 2): AxisChange => {
    const from = present.findIndex((p) => p.worldAxis === wanted[axis].worldAxis) as 0 | 1 | 2;
    return { from, flip: present[from].sign !== wanted[axis].sign };
  };
  return [change(0), change(1), change(2)];
}

/** The grid of the same voxels in the order `codes`. Throws as `reorient` does. */
export function reorientGrid(grid: Grid, codes: string): Grid {
  const changes = axisChanges(grid, codes);
  const m = grid.voxelToWorld;
  const affine = [0, 0, 0, m[3]!, 0, 0, 0, m[7]!, 0, 0, 0, m[11]!, 0, 0, 0, 1];
  changes.forEach(({ from, flip }, axis) => {
    const last = grid.shape[from] - 1;
    for (let row = 0; row < 3; row++) {
      const step = m[row * 4 + from]!;
      affine[row * 4 + axis] = flip && step !== 0 ? -step : step;
      if (flip) affine[row * 4 + 3]! += step * last;
    }
  });
  const shape = changes.map(({ from }) => grid.shape[from]) as unknown as Shape3;
  return { shape, voxelToWorld: affine };
}

/**
 * The same voxels stored in the order `codes` (e.g. 'RAS': x to the right, y to the front, z up).
 *
 * Returns the volume itself when it is in that order already, else a new one of the same type.
 *
 * @throws ImagingError BAD_ARGUMENT for codes that are not an axis order; BAD_AFFINE for a singular matrix.
 * @example reorient(scan, 'LIA') // FreeSurfer's order
 */
export function reorient<T extends VoxelArray>(volume: Volume<T>, codes: string): Volume<T> {
  const changes = axisChanges(volume, codes);
  if (changes.every(({ from, flip }, axis) => from === axis && !flip)) return volume;
  const { shape, voxelToWorld } = reorientGrid(volume, codes);
  const strides = [1, volume.shape[0], volume.shape[0] * volume.shape[1]] as const;
  const offsets = changes.map(({ from, flip }, axis) => {
    const n = shape[axis]!;
    return Int32Array.from({ length: n }, (_, i) => (flip ? n - 1 - i : i) * strides[from]);
  }) as [Int32Array, Int32Array, Int32Array];
  const data = createVoxelArray(voxelTypeOf(volume.data), voxelCount(shape)) as VoxelArray as T;
  copyByOffsets(volume.data, data, shape, offsets, { from: [0, 0, 0], to: shape });
  return createVolume(data, shape, voxelToWorld);
}
