/**
 * Distances between the surfaces of two masks, in mm.
 *
 * The surface of a mask is the centres of its voxels that have background (or the end of the grid) across a
 * face, as in medpy and MONAI. For each surface voxel of one mask the distance to the nearest surface voxel of
 * the other is read from an exact distance transform, computed in the box that holds both masks.
 *
 * Two empty masks agree: every distance measure is 0. When only one is empty there is no distance: Infinity
 * (which JSON writes as null).
 */
import { orthogonalSpacingMm } from '../distance/orthogonal-spacing.ts';
import { squaredDistances } from '../distance/squared-distance.ts';
import { cropMask, foregroundBox, unionBox } from '../morphology/foreground-box.ts';
import type { Shape3, Volume } from '../volume/volume.ts';
import { requireSameGrid } from './require-same-grid.ts';

/** Distance in mm of each surface voxel of one mask to the surface of the other, sorted, in both directions. */
export interface SurfaceDistances {
  aToB: Float32Array;
  bToA: Float32Array;
}

/**
 * Distances between two surfaces in both directions; a direction is all Infinity when the other mask is empty.
 *
 * An axis of length 1 has no surface across it, so single slices are measured in two dimensions.
 *
 * @throws ImagingError GRID_MISMATCH; BAD_AFFINE when the grid's axes are sheared.
 */
export function surfaceDistancesMm(a: Volume, b: Volume): SurfaceDistances {
  requireSameGrid('surfaceDistancesMm', a, b);
  const spacing = orthogonalSpacingMm('surfaceDistancesMm', a);
  const box = unionBox(foregroundBox(a), foregroundBox(b));
  if (!box) return { aToB: new Float32Array(0), bToA: new Float32Array(0) };
  const flat = a.shape.map((length) => length === 1);
  const surfaceA = surfaceOf(cropMask(a.data, a.shape, box), box.size, flat);
  const surfaceB = surfaceOf(cropMask(b.data, b.shape, box), box.size, flat);
  return {
    aToB: readSorted(surfaceA, squaredDistances(surfaceB, 1, box.size, spacing)),
    bToA: readSorted(surfaceB, squaredDistances(surfaceA, 1, box.size, spacing)),
  };
}

/**
 * 95th percentile Hausdorff distance in mm: the larger of the two directed 95th percentiles, linearly
 * interpolated (as MONAI and DeepMind's surface-distance; medpy pools both directions first).
 *
 * 0 when both masks are empty, Infinity when one is.
 *
 * @throws ImagingError GRID_MISMATCH, BAD_AFFINE
 */
export function hausdorff95Mm(a: Volume, b: Volume): number {
  return hausdorff95Of(surfaceDistancesMm(a, b));
}

/**
 * Mean symmetric surface distance in mm: the mean over the surface voxels of both masks together of the
 * distance to the other surface.
 *
 * 0 when both masks are empty, Infinity when one is.
 *
 * @throws ImagingError GRID_MISMATCH, BAD_AFFINE
 */
export function meanSurfaceDistanceMm(a: Volume, b: Volume): number {
  return meanSurfaceDistanceOf(surfaceDistancesMm(a, b));
}

/** `hausdorff95Mm` from distances, so that several measures need one distance transform. */
export function hausdorff95Of({ aToB, bToA }: SurfaceDistances): number {
  return Math.max(percentile(aToB, 0.95), percentile(bToA, 0.95));
}

/** `meanSurfaceDistanceMm` from distances. */
export function meanSurfaceDistanceOf({ aToB, bToA }: SurfaceDistances): number {
  if (aToB.length + bToA.length === 0) return 0;
  let sum = 0;
  for (let at = 0; at < aToB.length; at++) sum += aToB[at]!;
  for (let at = 0; at < bToA.length; at++) sum += bToA[at]!;
  return sum / (aToB.length + bToA.length);
}

/** Quantile of sorted values, linear between neighbours (numpy's default); 0 for none. */
function percentile(sorted: Float32Array, fraction: number): number {
  if (sorted.length === 0) return 0;
  const place = fraction * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.ceil(place)]!;
  return low === high ? low : low + (place - below) * (high - low);
}

/** Foreground voxels with background or the box's end across a face; flat axes are left out. */
function surfaceOf(mask: Uint8Array, size: Shape3, flat: readonly boolean[]): Uint8Array {
  const [nx, ny, nz] = size;
  const surface = new Uint8Array(mask.length);
  const slice = nx * ny;
  const openX = !flat[0];
  const openY = !flat[1];
  const openZ = !flat[2];
  for (let z = 0; z < nz; z++) {
    const zEnd = openZ && (z === 0 || z === nz - 1);
    for (let y = 0; y < ny; y++) {
      const end = zEnd || (openY && (y === 0 || y === ny - 1));
      const row = nx * (y + ny * z);
      for (let x = 0; x < nx; x++) {
        const at = row + x;
        if (mask[at] === 0) continue;
        const inside =
          !end &&
          (!openX || (x > 0 && x < nx - 1 && mask[at - 1] === 1 && mask[at + 1] === 1)) &&
          (!openY || (mask[at - nx] === 1 && mask[at + nx] === 1)) &&
          (!openZ || (mask[at - slice] === 1 && mask[at + slice] === 1));
        if (!inside) surface[at] = 1;
      }
    }
  }
  return surface;
}

function readSorted(surface: Uint8Array, squared: Float32Array): Float32Array {
  let count = 0;
  for (let at = 0; at < surface.length; at++) count += surface[at]!;
  const distances = new Float32Array(count);
  let to = 0;
  for (let at = 0; at < surface.length; at++) {
    if (surface[at] === 1) distances[to++] = Math.sqrt(squared[at]!);
  }
  return distances.sort();
}
