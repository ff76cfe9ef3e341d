/** Reads an image between its voxels, at points of a lattice in another, rigidly moved space. */
import { applyAffine, invertAffine, multiplyAffines } from '../geometry/affine.ts';
import type { Affine, Shape3, Vec3 } from '../volume/volume.ts';
import type { LevelImage } from './level-image.ts';

/** A box along the axes of a space. */
export interface SpaceBox {
  readonly low: Vec3;
  readonly high: Vec3;
}

export class HalfWayReader {
  /** The lattice points (whole numbers within these bounds) that the image may cover. */
  readonly box: SpaceBox;
  /** Of the last point read: contrast, its gradient per mm along the axes of the space, and weight. */
  readonly point = new Float64Array(5);
  private readonly data: Float32Array;
  private readonly weights: Float32Array;
  private readonly nx: number;
  private readonly ny: number;
  private readonly nz: number;
  private readonly toVoxel: Float64Array;
  private readonly perMm: number;

  /** @param toImage from the space of the lattice to the image's world */
  constructor(image: LevelImage, toImage: Affine, stepMm: number) {
    const s = stepMm;
    const lattice: Affine = [s, 0, 0, 0, 0, s, 0, 0, 0, 0, s, 0, 0, 0, 0, 1];
    const worldToVoxel = invertAffine(image.voxelToWorld);
    const toVoxel = multiplyAffines(worldToVoxel, multiplyAffines(toImage, lattice));
    this.box = boxAround(image.shape, invertAffine(toVoxel));
    this.data = image.data;
    this.weights = image.weights;
    [this.nx, this.ny, this.nz] = image.shape;
    this.toVoxel = Float64Array.from(toVoxel);
    this.perMm = 1 / stepMm;
  }

  /**
   * Reads the image at lattice point (i, j, k) into `point`: trilinear, with the gradient of just that
   * interpolation; the weight is that of the nearest voxel.
   *
   * @returns false, with nothing read, beyond the outermost voxel centres and where the weight is below `least`
   */
  read(i: number, j: number, k: number, least: number): boolean {
    const { toVoxel: m, nx, ny, nz, data } = this;
    const x = m[0]! * i + m[1]! * j + m[2]! * k + m[3]!;
    if (!(x >= 0 && x <= nx - 1)) return false;
    const y = m[4]! * i + m[5]! * j + m[6]! * k + m[7]!;
    if (!(y >= 0 && y <= ny - 1)) return false;
    const z = m[8]! * i + m[9]! * j + m[10]! * k + m[11]!;
    if (!(z >= 0 && z <= nz - 1)) return false;
    const nxy = nx * ny;
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const z0 = Math.floor(z);
    const u = x - x0;
    const v = y - y0;
    const w = z - z0;
    const at = x0 + nx * y0 + nxy * z0;
    const dx = x0 < nx - 1 ? 1 : 0;
    const dy = y0 < ny - 1 ? nx : 0;
    const dz = z0 < nz - 1 ? nxy : 0;
    const weight = this.weights[at + (u < 0.5 ? 0 : dx) + (v < 0.5 ? 0 : dy) + (w < 0.5 ? 0 : dz)]!;
    if (weight < least) return false;
    const v000 = data[at]!;
    const v010 = data[at + dy]!;
    const v001 = data[at + dz]!;
    const v011 = data[at + dy + dz]!;
    const d00 = data[at + dx]! - v000;
    const d10 = data[at + dx + dy]! - v010;
    const d01 = data[at + dx + dz]! - v001;
    const d11 = data[at + dx + dy + dz]! - v011;
    const c00 = v000 + d00 * u;
    const c01 = v001 + d01 * u;
    const e0 = v010 + d10 * u - c00;
    const e1 = v011 + d11 * u - c01;
    const c0 = c00 + e0 * v;
    const gz = c01 + e1 * v - c0;
    const gy = e0 + (e1 - e0) * w;
    const g0 = d00 + (d10 - d00) * v;
    const gx = g0 + (d01 + (d11 - d01) * v - g0) * w;
    const { perMm, point } = this;
    point[0] = c0 + gz * w;
    point[1] = (m[0]! * gx + m[4]! * gy + m[8]! * gz) * perMm;
    point[2] = (m[1]! * gx + m[5]! * gy + m[9]! * gz) * perMm;
    point[3] = (m[2]! * gx + m[6]! * gy + m[10]! * gz) * perMm;
    point[4] = weight;
    return true;
  }
}

/** The box around a grid's voxel centres along the axes of the space that `voxelToSpace` leads to. */
function boxAround(shape: Shape3, voxelToSpace: Affine): SpaceBox {
  const corners = Array.from({ length: 8 }, (_, corner) =>
    applyAffine(voxelToSpace, shape.map((n, axis) => ((corner >> axis) & 1 ? n - 1 : 0)) as unknown as Vec3),
  );
  const over = (pick: (...values: number[]) => number) =>
    [0, 1, 2].map((axis) => pick(...corners.map((corner) => corner[axis]!))) as unknown as Vec3;
  return { low: over(Math.min), high: over(Math.max) };
}
