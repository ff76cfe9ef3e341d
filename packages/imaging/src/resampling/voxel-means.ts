/**
 * The share of each voxel that a structure fills, on a grid that is coarser than where it was found.
 *
 * `resample` with `antiAlias` imitates a scanner, whose voxels look beyond their faces. A share is a mean over the voxel
 * itself: smoothing any further takes volume from all that is thin or round.
 */
import { invertAffine, multiplyAffines } from '../geometry/affine.ts';
import type { Grid } from '../geometry/grid.ts';
import { type Affine, type Shape3, type Volume, voxelCount } from '../volume/volume.ts';
import { resample } from './resample.ts';

/** Spacings that differ by rounding in a header are the same. */
const TOLERANCE = 1e-4;

/**
 * Means of a volume over the voxels of a grid. Along an axis with n source voxels a step, the mean is of n values
 * (rounded up) at equal distances, each interpolated linearly; where the grid is not coarser this is `resample`.
 * Outside of the source is 0.
 *
 * @throws ImagingError BAD_DIMENSIONS and BAD_AFFINE for a grid that is none
 */
export function voxelMeans(volume: Volume, grid: Grid): Volume<Float32Array> {
  const toSource = multiplyAffines(invertAffine(volume.voxelToWorld), grid.voxelToWorld);
  const parts = [0, 1, 2].map((axis) => {
    const step = Math.hypot(toSource[axis]!, toSource[4 + axis]!, toSource[8 + axis]!);
    return Math.max(1, Math.ceil(step - TOLERANCE));
  }) as unknown as Shape3;
  if (parts.every((n) => n === 1)) return resample(volume, grid);
  const fine = resample(volume, divided(grid, parts));
  return { ...grid, data: blockMeans(fine, parts) };
}

/** The grid with each voxel divided into parts along each axis. */
function divided({ shape, voxelToWorld }: Grid, parts: Shape3): Grid {
  const toWhole: Affine = [0, 1, 2].flatMap((axis) => {
    const row = [0, 0, 0, (1 / parts[axis]! - 1) / 2];
    row[axis] = 1 / parts[axis]!;
    return row;
  });
  return {
    shape: shape.map((n, axis) => n * parts[axis]!) as unknown as Shape3,
    voxelToWorld: multiplyAffines(voxelToWorld, [...toWhole, 0, 0, 0, 1]),
  };
}

function blockMeans({ data, shape: [fx, fy, fz] }: Volume<Float32Array>, [px, py, pz]: Shape3): Float32Array {
  const [nx, ny] = [fx / px, fy / py];
  const means = new Float32Array(voxelCount([nx, ny, fz / pz]));
  const share = 1 / (px * py * pz);
  for (let z = 0, from = 0; z < fz; z++) {
    for (let y = 0; y < fy; y++) {
      const row = nx * (Math.floor(y / py) + ny * Math.floor(z / pz));
      for (let x = 0; x < nx; x++) {
        let sum = 0;
        for (let part = 0; part < px; part++) sum += data[from++]!;
        means[row + x]! += share * sum;
      }
    }
  }
  return means;
}
