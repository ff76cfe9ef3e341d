/**
 * Which voxels are neighbours: 6 share a face, 18 a face or an edge, 26 a face, an edge or a corner.
 *
 * On a grid of one slice (an axis of length 1) the same three numbers give the 4-, 8- and 8-neighbourhood.
 */
import { ImagingError } from '../errors.ts';

/** Neighbours of a voxel in three dimensions: by faces (6), edges (18) or corners (26). */
export type Connectivity = 6 | 18 | 26;

/** Index steps to the neighbours of a voxel, x, y, z, in scan order (z slowest); the voxel itself is left out. */
export function neighbourSteps(connectivity: Connectivity): readonly (readonly [number, number, number])[] {
  const reach = connectivity === 6 ? 1 : connectivity === 18 ? 2 : connectivity === 26 ? 3 : 0;
  if (reach === 0) {
    throw new ImagingError('BAD_ARGUMENT', `connectivity must be 6, 18 or 26, got ${connectivity}`);
  }
  const steps: [number, number, number][] = [];
  for (let z = -1; z <= 1; z++) {
    for (let y = -1; y <= 1; y++) {
      for (let x = -1; x <= 1; x++) {
        const axes = Math.abs(x) + Math.abs(y) + Math.abs(z);
        if (axes > 0 && axes <= reach) steps.push([x, y, z]);
      }
    }
  }
  return steps;
}
