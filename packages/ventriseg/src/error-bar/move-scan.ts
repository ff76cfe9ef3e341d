/** A scan whose head is moved, on whatever grid it is wanted: interpolated once. */
import {
  type Affine,
  type Grid,
  multiplyAffines,
  resample,
  type Volume,
  voxelSizesMm,
} from '@ventriseg/imaging';

/** Slices this many times as thick as their pixels are interpolated linearly: cubic convolution would ring there. */
const thickSlices = 1.5;

/**
 * Cubic convolution, which blurs least, with smoothing first along axes that get coarser. Outside of the scan lies
 * air: 0, or its least value where that is below.
 *
 * @param motion from the scan's world to where the head is to be, RAS mm
 */
export function moveScan(scan: Volume, motion: Affine, grid: Grid): Volume<Float32Array> {
  const sizes = voxelSizesMm(scan.voxelToWorld);
  const method = Math.max(...sizes) > thickSlices * Math.min(...sizes) ? 'linear' : 'cubic';
  let air = 0;
  for (const value of scan.data) if (value < air) air = value;
  const moved = { ...scan, voxelToWorld: multiplyAffines(motion, scan.voxelToWorld) };
  return resample(moved, grid, { method, antiAlias: true, fill: air });
}
