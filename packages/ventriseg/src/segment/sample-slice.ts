/** One slice of a scan, interpolated at its pixels alone: general resampling would turn the whole scan for it. */
import { type Grid, invertAffine, multiplyAffines, type Volume } from '@ventriseg/imaging';

/**
 * The scan at the pixels of a slice, trilinear. The outermost values hold for half a voxel beyond their centres;
 * farther out is `fill`.
 *
 * @param grid pixels: columns, rows, 1
 */
export function sampleSlice(image: Volume, grid: Grid, fill: number): Float32Array {
  const m = multiplyAffines(invertAffine(image.voxelToWorld), grid.voxelToWorld);
  const { data } = image;
  const [nx, ny, nz] = image.shape;
  const [columns, rows] = grid.shape;
  const out = new Float32Array(columns * rows);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const x = m[0]! * column + m[1]! * row + m[3]!;
      const y = m[4]! * column + m[5]! * row + m[7]!;
      const z = m[8]! * column + m[9]! * row + m[11]!;
      if (!(x >= -0.5 && y >= -0.5 && z >= -0.5 && x <= nx - 0.5 && y <= ny - 0.5 && z <= nz - 0.5)) {
        out[at] = fill;
        continue;
      }
      const cx = Math.min(Math.max(x, 0), nx - 1);
      const cy = Math.min(Math.max(y, 0), ny - 1);
      const cz = Math.min(Math.max(z, 0), nz - 1);
      const i = Math.min(Math.floor(cx), Math.max(nx - 2, 0));
      const j = Math.min(Math.floor(cy), Math.max(ny - 2, 0));
      const k = Math.min(Math.floor(cz), Math.max(nz - 2, 0));
      const u = cx - i;
      const v = cy - j;
      const w = cz - k;
      const a = i + nx * (j + ny * k);
      const right = nx > 1 ? 1 : 0;
      const down = ny > 1 ? nx : 0;
      const b = a + (nz > 1 ? nx * ny : 0);
      const near =
        (data[a]! * (1 - u) + data[a + right]! * u) * (1 - v) +
        (data[a + down]! * (1 - u) + data[a + down + right]! * u) * v;
      const far =
        (data[b]! * (1 - u) + data[b + right]! * u) * (1 - v) +
        (data[b + down]! * (1 - u) + data[b + down + right]! * u) * v;
      out[at] = near * (1 - w) + far * w;
    }
  }
  return out;
}
