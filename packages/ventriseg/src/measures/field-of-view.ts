/** What the scan's field of view cuts: a structure that reaches its edge may go on outside of it. */
import { applyAffine, type Grid, invertAffine, type Vec3, type Volume } from '@ventriseg/imaging';

/** Places in the world of the labels' voxels in the outermost layers of the grid; axes of one voxel have none. */
export function cutPlaces(labels: Volume<Uint8Array>, numbers: readonly number[]): readonly Vec3[] {
  const { data, shape, voxelToWorld } = labels;
  const [nx, ny, nz] = shape;
  const isOutermost = (index: number, n: number) => n > 1 && (index === 0 || index === n - 1);
  const places: Vec3[] = [];
  for (let k = 0, at = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, at++) {
        if (data[at] === 0 || !numbers.includes(data[at]!)) continue;
        if (!isOutermost(i, nx) && !isOutermost(j, ny) && !isOutermost(k, nz)) continue;
        places.push(applyAffine(voxelToWorld, [i, j, k]));
      }
    }
  }
  return places;
}

/** A test of places in the world: inside the grid and at least a margin in mm away from its outer faces? */
export function insideOf({ shape, voxelToWorld }: Grid, marginMm: number): (place: Vec3) => boolean {
  const toVoxel = invertAffine(voxelToWorld);
  // Voxels for a mm along the direction that crosses the faces of each axis.
  const margins = [0, 4, 8].map((row) => marginMm * Math.hypot(...toVoxel.slice(row, row + 3)));
  return (place) =>
    applyAffine(toVoxel, place).every(
      (index, axis) => index >= margins[axis]! - 0.5 && index <= shape[axis]! - 0.5 - margins[axis]!,
    );
}
