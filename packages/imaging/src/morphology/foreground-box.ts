/**
 * The smallest box of voxels that holds everything non-zero.
 *
 * A ventricle fills about one percent of a head scan, so every kernel that only depends on the foreground and
 * its surroundings (holes, dilation, surfaces, distances) works inside this box instead of on the whole grid.
 */
import type { Shape3, Vec3, Volume, VoxelArray } from '../volume/volume.ts';

/** A box of voxels: first voxel and voxel counts along the three storage axes. */
export interface VoxelBox {
  readonly start: Vec3;
  readonly size: Shape3;
}

/** Box around the non-zero voxels, or undefined when all are zero. */
export function foregroundBox(mask: Pick<Volume, 'data' | 'shape'>): VoxelBox | undefined {
  const { data } = mask;
  const [nx, ny, nz] = mask.shape;
  let x0 = nx;
  let x1 = -1;
  let y0 = ny;
  let y1 = -1;
  let z0 = nz;
  let z1 = -1;
  const isEmpty = emptinessOf(data, nx);
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = nx * (y + ny * z);
      if (isEmpty(row)) continue;
      let first = 0;
      while (first < nx && data[row + first] === 0) first++;
      if (first === nx) continue;
      let last = nx - 1;
      while (data[row + last] === 0) last--;
      if (first < x0) x0 = first;
      if (last > x1) x1 = last;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
      if (z < z0) z0 = z;
      z1 = z;
    }
  }
  if (x1 < 0) return undefined;
  return { start: [x0, y0, z0], size: [x1 - x0 + 1, y1 - y0 + 1, z1 - z0 + 1] };
}

/**
 * Whether a row of a byte mask is known to be all zero: most are, and sixteen bytes are looked at at a time, up to
 * three of the rows before and after among them.
 */
function emptinessOf(data: VoxelArray, nx: number): (row: number) => boolean {
  if (!(data instanceof Uint8Array) || data.byteOffset % 4 !== 0) return () => false;
  const words = new Int32Array(data.buffer, data.byteOffset, data.length >> 2);
  return (row) => {
    const end = (row + nx + 3) >> 2;
    if (end > words.length) return false;
    let at = row >> 2;
    for (; at + 4 <= end; at += 4) {
      if ((words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) !== 0) return false;
    }
    for (; at < end; at++) if (words[at] !== 0) return false;
    return true;
  };
}

/** The box grown by whole voxels on each side of each axis; it may reach beyond the grid. */
export function growBox(box: VoxelBox, margin: Vec3): VoxelBox {
  const { start, size } = box;
  return {
    start: [start[0] - margin[0], start[1] - margin[1], start[2] - margin[2]],
    size: [size[0] + 2 * margin[0], size[1] + 2 * margin[1], size[2] + 2 * margin[2]],
  };
}

/** The smallest box that holds both; undefined when neither exists. */
export function unionBox(a: VoxelBox | undefined, b: VoxelBox | undefined): VoxelBox | undefined {
  if (!a || !b) return a ?? b;
  const start = [0, 0, 0];
  const size = [0, 0, 0];
  for (let axis = 0; axis < 3; axis++) {
    start[axis] = Math.min(a.start[axis]!, b.start[axis]!);
    const end = Math.max(a.start[axis]! + a.size[axis]!, b.start[axis]! + b.size[axis]!);
    size[axis] = end - start[axis]!;
  }
  return { start: start as unknown as Vec3, size: size as unknown as Shape3 };
}

/** Foreground (non-zero) inside the box as 0/1 bytes, x-fastest in the box's own size; 0 beyond the grid. */
export function cropMask(data: VoxelArray, shape: Shape3, box: VoxelBox): Uint8Array {
  const [nx, ny, nz] = shape;
  const [bx, by, bz] = box.size;
  const [x0, y0, z0] = box.start;
  const out = new Uint8Array(bx * by * bz);
  const firstX = Math.max(0, -x0);
  const endX = Math.min(bx, nx - x0);
  for (let z = Math.max(0, -z0); z < Math.min(bz, nz - z0); z++) {
    for (let y = Math.max(0, -y0); y < Math.min(by, ny - y0); y++) {
      const from = x0 + nx * (y0 + y + ny * (z0 + z));
      const to = bx * (y + by * z);
      for (let x = firstX; x < endX; x++) out[to + x] = data[from + x] === 0 ? 0 : 1;
    }
  }
  return out;
}

/** Writes a cropped mask back into the full grid at the box's place; what lies beyond the grid is lost. */
export function pasteMask(cropped: Uint8Array, box: VoxelBox, into: Uint8Array, shape: Shape3): void {
  const [nx, ny, nz] = shape;
  const [bx, by, bz] = box.size;
  const [x0, y0, z0] = box.start;
  const firstX = Math.max(0, -x0);
  const endX = Math.min(bx, nx - x0);
  for (let z = Math.max(0, -z0); z < Math.min(bz, nz - z0); z++) {
    for (let y = Math.max(0, -y0); y < Math.min(by, ny - y0); y++) {
      const from = bx * (y + by * z);
      const to = x0 + nx * (y0 + y + ny * (z0 + z));
      into.set(cropped.subarray(from + firstX, from + endX), to + firstX);
    }
  }
}
