/**
 * Copies voxels whose source position splits by axis: out(i, j, k) = source[x[i] + y[j] + z[k]].
 *
 * That one form covers permutations, flips, crops, integer shifts and axis-aligned nearest-neighbour
 * resampling. Voxels are moved as bit patterns through views of four element widths, so that the loop meets
 * four array kinds instead of eight and stays compiled. When the source runs fastest along another axis than
 * the target, the copy goes in square tiles, so that neither side loses its cache lines.
 */
import { ImagingError } from '../errors.ts';
import type { Shape3, VoxelArray } from '../volume/volume.ts';
import { voxelTypeOf } from '../volume/voxel-type.ts';

const TILE = 32;

/** Offsets into the source array, one for each target index along an axis. */
export type AxisOffsets = Int32Array;

/** A box of target voxels, upper ends exclusive. */
export interface Box {
  readonly from: Shape3;
  readonly to: Shape3;
}

type Bits = Uint8Array | Uint16Array | Uint32Array | Float64Array;

function bitsOf(array: VoxelArray): Bits {
  const { buffer, byteOffset, length } = array;
  switch (array.BYTES_PER_ELEMENT) {
    case 1:
      return new Uint8Array(buffer, byteOffset, length);
    case 2:
      return new Uint16Array(buffer, byteOffset, length);
    case 4:
      return new Uint32Array(buffer, byteOffset, length);
    default:
      return new Float64Array(buffer, byteOffset, length);
  }
}

/**
 * Fills the `box` of `target` (an array of `shape`, x-fastest) from `source`; both must be of one kind.
 * Offsets are indexed by target index and must be valid inside the box.
 *
 * @throws ImagingError BAD_ARGUMENT when the arrays are of different kinds.
 */
export function copyByOffsets(
  source: VoxelArray,
  target: VoxelArray,
  shape: Shape3,
  offsets: readonly [AxisOffsets, AxisOffsets, AxisOffsets],
  box: Box,
): void {
  if (voxelTypeOf(source) !== voxelTypeOf(target)) {
    throw new ImagingError(
      'BAD_ARGUMENT',
      `internal: cannot copy ${voxelTypeOf(source)} into ${voxelTypeOf(target)} bit by bit`,
    );
  }
  const [nx, ny] = shape;
  const [x, y, z] = offsets;
  const [x0, y0, z0] = box.from;
  const [x1, y1, z1] = box.to;
  if (x0 >= x1 || y0 >= y1 || z0 >= z1) return;
  const from = bitsOf(source);
  const to = bitsOf(target);
  let contiguous = true;
  for (let i = x0 + 1; i < x1 && contiguous; i++) contiguous = x[i] === x[i - 1]! + 1;
  if (contiguous) {
    for (let k = z0; k < z1; k++) {
      for (let j = y0; j < y1; j++) {
        const start = x[x0]! + y[j]! + z[k]!;
        to.set(from.subarray(start, start + x1 - x0), x0 + nx * (j + ny * k));
      }
    }
    return;
  }
  const step = (axis: AxisOffsets, first: number, last: number) =>
    last - first > 1 ? Math.abs(axis[first + 1]! - axis[first]!) : Number.POSITIVE_INFINITY;
  const [stepX, stepY, stepZ] = [step(x, x0, x1), step(y, y0, y1), step(z, z0, z1)];
  if (stepX <= stepY && stepX <= stepZ) {
    copyTiles(from, to, x, y, z, [x0, x1], [y0, y1], [z0, z1], nx, nx * ny, y1 - y0);
  } else if (stepY <= stepZ) {
    copyTiles(from, to, x, y, z, [x0, x1], [y0, y1], [z0, z1], nx, nx * ny, TILE);
  } else {
    copyTiles(from, to, x, z, y, [x0, x1], [z0, z1], [y0, y1], nx * ny, nx, TILE);
  }
}

/** Copies in tiles over x and the axis `b`, which has stride `strideB` in the target; `c` is the third axis. */
function copyTiles(
  from: Bits,
  to: Bits,
  a: AxisOffsets,
  b: AxisOffsets,
  c: AxisOffsets,
  [a0, a1]: readonly [number, number],
  [b0, b1]: readonly [number, number],
  [c0, c1]: readonly [number, number],
  strideB: number,
  strideC: number,
  tileB: number,
): void {
  const tileA = tileB === TILE ? TILE : a1 - a0;
  for (let ic = c0; ic < c1; ic++) {
    const offsetC = c[ic]!;
    for (let tb = b0; tb < b1; tb += tileB) {
      const endB = Math.min(tb + tileB, b1);
      for (let ta = a0; ta < a1; ta += tileA) {
        const endA = Math.min(ta + tileA, a1);
        for (let ib = tb; ib < endB; ib++) {
          const offsetBC = offsetC + b[ib]!;
          const out = ib * strideB + ic * strideC;
          for (let ia = ta; ia < endA; ia++) to[out + ia] = from[offsetBC + a[ia]!]!;
        }
      }
    }
  }
}
