import type { Vec3, Volume } from '@ventriseg/imaging';

/** The value of a volume at a place between its voxels, trilinear; 0 outside of the outermost voxel centres. */
export function linearAt({ data, shape }: Volume, place: Vec3): number {
  if (!place.every((value, axis) => value >= 0 && value <= shape[axis]! - 1)) return 0;
  const [nx, ny] = shape;
  const [i, j, k] = place.map((value, axis) =>
    Math.min(Math.floor(value), shape[axis]! - 2),
  ) as unknown as Vec3;
  const [a, b, c] = [place[0] - i, place[1] - j, place[2] - k];
  let value = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [p, q, r] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const weight = (p ? a : 1 - a) * (q ? b : 1 - b) * (r ? c : 1 - c);
    value += weight * data[i + p + nx * (j + q + ny * (k + r))]!;
  }
  return value;
}
