/** Cuts probabilities to the box that holds all traces of a class, so that all that follows is quick. */
import type { Grid, Vec3 } from '@ventriseg/imaging';
import { cutBox, gridOfBox } from '../volumes/index.ts';
import type { ClassProbabilities } from './run-network.ts';

/** Probability of all structures together below which a voxel shows no trace. */
const trace = 0.02;
/** Voxels kept around the traces, so that interpolation fades out. */
const margin = 2;

/**
 * @param output probabilities [structures + 1, z, y, x], background first
 * @returns those of the structures; undefined when there is no trace of any
 */
export function cropToTraces(output: Float32Array, grid: Grid): ClassProbabilities | undefined {
  const [nx, ny, nz] = grid.shape;
  const count = nx * ny * nz;
  // What is not background is some structure.
  const most = 1 - trace;
  const first = [nx, ny, nz];
  const last = [-1, -1, -1];
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = nx * (y + ny * z);
      let low = 0;
      while (low < nx && output[row + low]! > most) low++;
      if (low === nx) continue;
      let high = nx - 1;
      while (output[row + high]! > most) high--;
      if (low < first[0]!) first[0] = low;
      if (high > last[0]!) last[0] = high;
      if (y < first[1]!) first[1] = y;
      if (y > last[1]!) last[1] = y;
      if (z < first[2]!) first[2] = z;
      last[2] = z;
    }
  }
  if (last[0]! < 0) return undefined;
  const start = first.map((value) => Math.max(0, value - margin)) as unknown as Vec3;
  const shape = last.map(
    (value, axis) => Math.min(grid.shape[axis]! - 1, value + margin) - start[axis]! + 1,
  ) as unknown as Vec3;
  const box = { start, shape };
  return {
    grid: gridOfBox(grid, box),
    classes: Array.from({ length: output.length / count - 1 }, (_, k) => {
      const data = output.subarray((k + 1) * count, (k + 2) * count);
      return cutBox({ data, ...grid }, box, 0);
    }),
  };
}
