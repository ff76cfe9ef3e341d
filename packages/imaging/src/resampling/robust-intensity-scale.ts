/**
 * The intensity range of a scan without its brightest outliers, as FreeSurfer's `mri_convert --conform` finds it
 * before it stores a scan in 8 bits.
 *
 * A histogram of 1000 bins over the whole range; from the top, bins are passed until they hold 0.1 % of the
 * non-zero voxels, and the bin below them is the upper limit; the lower limit is the minimum. FastSurfer's
 * `getscale` agrees unless the count is met exactly, when it goes on down to the next occupied bin. Where a few
 * extreme voxels squeeze all others into the lowest bin, FreeSurfer's range is empty; here that bin is searched
 * again more finely.
 */
import type { VoxelArray } from '../volume/volume.ts';

const BINS = 1000;
const NON_ZERO = 1e-15;

/** `output = (value - srcMin) * scale`, then limited to 0..255. */
export interface IntensityScale {
  readonly srcMin: number;
  readonly scale: number;
}

/** Calls `visit` with the values as doubles, a block at a time, so that loops meet one kind of array only. */
function forEachBlock(data: VoxelArray, visit: (block: Float64Array) => void): void {
  const size = 1 << 16;
  const buffer = new Float64Array(Math.min(size, data.length));
  for (let start = 0; start < data.length; start += size) {
    const end = Math.min(start + size, data.length);
    const block = buffer.subarray(0, end - start);
    block.set(data.subarray(start, end));
    visit(block);
  }
}

/** Least and greatest value of a scan, and how many of its voxels are not zero. */
export interface IntensityRange {
  readonly min: number;
  readonly max: number;
  readonly nonZero: number;
}

/** The range of finite voxel values. */
export function intensityRange(data: VoxelArray): IntensityRange {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let nonZero = 0;
  forEachBlock(data, (block) => {
    for (let n = 0; n < block.length; n++) {
      const value = block[n]!;
      if (value < min) min = value;
      if (value > max) max = value;
      if (value >= NON_ZERO || value <= -NON_ZERO) nonZero++;
    }
  });
  return { min, max, nonZero };
}

function histogram(data: VoxelArray, min: number, binSize: number): Uint32Array {
  const counts = new Uint32Array(BINS);
  forEachBlock(data, (block) => {
    for (let n = 0; n < block.length; n++) {
      const bin = Math.floor((block[n]! - min) / binSize);
      counts[bin < BINS ? bin : BINS - 1]!++;
    }
  });
  return counts;
}

/**
 * The scale that maps a scan's robust range to 0..255. A constant scan gets scale 1.
 *
 * @param data finite voxel values
 * @param range their range, where the caller has it
 */
export function robustIntensityScale(data: VoxelArray, range = intensityRange(data)): IntensityScale {
  const { min, max, nonZero } = range;
  const outliers = Math.trunc((1 - 0.999) * nonZero);
  let top = max;
  while (top - min > Number.EPSILON * Math.max(Math.abs(min), Math.abs(max))) {
    const binSize = (top - min) / BINS;
    // Values above `top` fall into the last bin and count as passed first.
    const counts = histogram(data, min, binSize);
    let bin = BINS - 1;
    for (let passed = 0; passed < outliers && bin >= 0; bin--) passed += counts[bin]!;
    if (bin > 0) return { srcMin: min, scale: 255 / (bin * binSize) };
    top = min + binSize;
  }
  return { srcMin: min, scale: 1 };
}
