/** Parts of a mask by what they hold: the voxels that can be reached from seeds without leaving the mask. */
import { ImagingError } from '../errors.ts';
import { type Volume, voxelCount } from '../volume/volume.ts';
import { type Connectivity, neighbourSteps } from './connectivity.ts';

/**
 * The connected components of a mask that hold a seed: a flood from the seeds, which takes time for what it reaches.
 * Equal to scipy.ndimage.binary_propagation. Seeds outside of the mask count for nothing.
 *
 * @param mask data (not 0 inside, x-fastest) and shape
 * @param seeds indices of voxels
 * @param connectivity default 26
 * @returns indices of the voxels reached, in the order in which they are
 * @throws ImagingError BAD_DIMENSIONS when data and shape do not fit; BAD_ARGUMENT for another connectivity
 */
export function propagate(
  mask: Pick<Volume, 'data' | 'shape'>,
  seeds: Int32Array,
  connectivity: Connectivity = 26,
): Int32Array {
  const { data, shape } = mask;
  const [nx, ny, nz] = shape;
  if (data.length !== voxelCount(shape)) {
    throw new ImagingError(
      'BAD_DIMENSIONS',
      `propagate: ${shape.join('x')} needs ${voxelCount(shape)} voxels, got ${data.length}`,
    );
  }
  const steps = neighbourSteps(connectivity);
  const seen = new Uint8Array(data.length);
  const reached: number[] = [];
  const reach = (at: number) => {
    if (data[at] === 0 || seen[at] === 1) return;
    seen[at] = 1;
    reached.push(at);
  };
  seeds.forEach(reach);
  for (let next = 0; next < reached.length; next++) {
    const at = reached[next]!;
    const x = at % nx;
    const y = Math.floor(at / nx) % ny;
    const z = Math.floor(at / (nx * ny));
    for (const [dx, dy, dz] of steps) {
      const [qx, qy, qz] = [x + dx, y + dy, z + dz];
      if (qx < 0 || qy < 0 || qz < 0 || qx >= nx || qy >= ny || qz >= nz) continue;
      reach(qx + nx * (qy + ny * qz));
    }
  }
  return Int32Array.from(reached);
}
