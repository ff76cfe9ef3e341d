/**
 * The grid that the volume networks work on: the scan's own axes in the order nearest to LIA (first axis to the
 * patient's left, second downwards, third to the front), about 1 mm.
 *
 * FreeSurfer's conform interpolates every scan onto an upright grid. Here the scan stays in its own axes, oblique
 * ones too, and an axis whose voxels are within 5 % of 1 mm is used as it is: a 1 mm scan is not interpolated at
 * all, and its labels need no way back. Other axes are resampled to 1 mm about the middle of the field of view,
 * smoothed first where they get coarser. Permuting and flipping the storage gives the same grid, so the same
 * labels.
 */
import {
  applyAffine,
  createVolume,
  type Grid,
  reorient,
  reorientGrid,
  resample,
  type Shape3,
  type Volume,
  type VoxelArray,
  voxelSizesMm,
} from '@ventriseg/imaging';

/** Order of the axes, as directions of increasing index. */
export const workingAxes = 'LIA';
/** Voxels from 0.95 to 1.05 mm are taken for 1 mm. */
const TOLERANCE = 0.05;
/** Voxels of the working grid along each side of one of the locate image. */
export const locateBlock = 4;

/** The working grid of a scan. @throws ImagingError BAD_AFFINE for a singular matrix */
export function workingGrid(scan: Grid): Grid {
  const { shape, voxelToWorld: m } = reorientGrid(scan, workingAxes);
  const sizes = voxelSizesMm(m);
  if (sizes.every(isOneMm)) return { shape, voxelToWorld: m };
  const counts = shape.map((n, axis) =>
    isOneMm(sizes[axis]!) ? n : Math.max(1, Math.round(n * sizes[axis]!)),
  ) as unknown as Shape3;
  const steps = sizes.map((size) => (isOneMm(size) ? 1 : 1 / size));
  const affine = m.map((value, at) => (at < 12 && at % 4 < 3 ? value * steps[at % 4]! : value));
  // The middle of the field of view stays where it is.
  const first = applyAffine(
    m,
    shape.map((n, axis) => (n - 1) / 2 - ((counts[axis]! - 1) / 2) * steps[axis]!) as unknown as Shape3,
  );
  first.forEach((value, row) => {
    affine[4 * row + 3] = value;
  });
  return { shape: counts, voxelToWorld: affine };
}

/** How many voxels of the locate image, along each axis, hold something of a working grid of this shape. */
export function locateBlocks(working: Shape3): Shape3 {
  return working.map((n) => Math.ceil(n / locateBlock)) as unknown as Shape3;
}

export interface WorkingVolume {
  readonly volume: Volume;
  /** Whether its voxels are the scan's own, in another order at most. */
  readonly ownVoxels: boolean;
}

/**
 * A scan on its working grid; with its own voxels and their type where no axis needs resampling, else float32.
 *
 * @param scan finite values, as `readScan` gives them
 * @throws ImagingError BAD_AFFINE for a singular matrix
 */
export function toWorkingGrid(scan: Volume): WorkingVolume {
  const upright = reorient(scan, workingAxes);
  if (voxelSizesMm(upright.voxelToWorld).every(isOneMm)) return { volume: upright, ownVoxels: true };
  return {
    volume: resample(upright, workingGrid(upright), { method: 'linear', antiAlias: true }),
    ownVoxels: false,
  };
}

/**
 * The working volume at 4 mm for the locate network: means of 4 x 4 x 4 voxels (fewer at the far ends), padded at
 * the far ends with air (see `airLevel`) so that every side is a multiple of `divisor`.
 */
export function locateImage(working: Volume, divisor: number): Volume<Float32Array> {
  const blocks = locateBlocks(working.shape);
  const shape = blocks.map((n) => Math.ceil(n / divisor) * divisor) as unknown as Shape3;
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  addBlocks(working.data, working.shape, data, shape);
  const full = working.shape.map((n, axis) =>
    Float64Array.from({ length: blocks[axis]! }, (_, b) => Math.min(locateBlock, n - b * locateBlock)),
  );
  let least = 0;
  for (let z = 0; z < blocks[2]; z++) {
    for (let y = 0; y < blocks[1]; y++) {
      const row = shape[0] * (y + shape[1] * z);
      const voxels = full[1]![y]! * full[2]![z]!;
      for (let x = 0; x < blocks[0]; x++) {
        const mean = data[row + x]! / (voxels * full[0]![x]!);
        data[row + x] = mean;
        if (mean < least) least = mean;
      }
    }
  }
  if (least < 0) fillPadding(data, shape, blocks, least);
  const m = working.voxelToWorld;
  const half = (locateBlock - 1) / 2;
  const first = applyAffine(m, [half, half, half]);
  const voxelToWorld = m.map((value, at) =>
    at >= 12 ? value : at % 4 === 3 ? first[(at - 3) / 4]! : value * locateBlock,
  );
  return createVolume(data, shape, voxelToWorld);
}

/** Adds every source voxel to its block. Rows are converted as a whole, so that loops meet one kind of array. */
function addBlocks(source: VoxelArray, from: Shape3, sums: Float32Array, to: Shape3): void {
  const [nx, ny, nz] = from;
  // Whole blocks long: what lies beyond the row stays 0.
  const line = new Float64Array(Math.ceil(nx / locateBlock) * locateBlock);
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const start = nx * (y + ny * z);
      line.set(source.subarray(start, start + nx));
      const row = to[0] * ((y >> 2) + to[1] * (z >> 2));
      for (let x = 0, block = row; x < nx; x += locateBlock, block++) {
        sums[block]! += line[x]! + line[x + 1]! + line[x + 2]! + line[x + 3]!;
      }
    }
  }
}

function fillPadding(data: Float32Array, [nx, ny, nz]: Shape3, inside: Shape3, fill: number): void {
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = nx * (y + ny * z);
      const from = z < inside[2] && y < inside[1] ? inside[0] : 0;
      data.fill(fill, row + from, row + nx);
    }
  }
}

export function isOneMm(size: number): boolean {
  return Math.abs(size - 1) <= TOLERANCE;
}

/** A box of the working grid; it may reach beyond the scan. */
export interface WorkingBox {
  /** First voxel, negative where the box begins before the scan. */
  readonly start: readonly [number, number, number];
  readonly shape: Shape3;
}

/** The box of a volume as 32-bit floats, with `fill` where it lies outside. */
export function cutBox(volume: Volume, { start, shape }: WorkingBox, fill: number): Float32Array {
  const [nx, ny, nz] = volume.shape;
  const [bx, by, bz] = shape;
  const data = new Float32Array(bx * by * bz);
  if (fill !== 0) data.fill(fill);
  const first = Math.max(0, start[0]);
  const end = Math.min(nx, start[0] + bx);
  if (first >= end) return data;
  for (let z = Math.max(0, -start[2]); z < Math.min(bz, nz - start[2]); z++) {
    for (let y = Math.max(0, -start[1]); y < Math.min(by, ny - start[1]); y++) {
      const row = nx * (start[1] + y + ny * (start[2] + z));
      data.set(volume.data.subarray(row + first, row + end), first - start[0] + bx * (y + by * z));
    }
  }
  return data;
}

/** The box as a grid of its own. */
export function gridOfBox(working: Grid, { start, shape }: WorkingBox): Grid {
  const origin = applyAffine(working.voxelToWorld, start);
  return {
    shape,
    voxelToWorld: working.voxelToWorld.map((value, at) =>
      at < 12 && at % 4 === 3 ? origin[(at - 3) / 4]! : value,
    ),
  };
}
