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
 * Cubic convolution, which blurs least, with smoothing first along axes that get coarser; limited to the values of the
 * scan, because overshoot below air would shift the scale of intensities. Outside of the scan lies air: 0, or its least
 * value where that is below.
 *
 * @param motion from the scan's world to where the head is to be, RAS mm
 */
export function moveScan(scan: Volume, motion: Affine, grid: Grid): Volume<Float32Array> {
  const sizes = voxelSizesMm(scan.voxelToWorld);
  const method = Math.max(...sizes) > thickSlices * Math.min(...sizes) ? 'linear' : 'cubic';
  const [least, most] = rangeOf(scan);
  const air = Math.min(0, least);
  const moved = { ...scan, voxelToWorld: multiplyAffines(motion, scan.voxelToWorld) };
  const result = resample(moved, grid, { method, antiAlias: true, fill: air });
  const { data } = result;
  for (let at = 0; at < data.length; at++) data[at] = Math.min(Math.max(data[at]!, air), most);
  return result;
}

function rangeOf({ data }: Volume): [least: number, most: number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < data.length; at++) {
    const value = data[at]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}
