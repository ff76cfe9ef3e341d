/** Labels from a box of the scan's grid in LIA order to the scan's own storage. */
import { axisChanges, axisCodes, type Grid, reorient, type Volume, voxelCount } from '@ventriseg/imaging';
import { workingAxes } from '../volumes/index.ts';
import type { LabelledBox } from './label-regions.ts';

/**
 * @param numbers label of each voxel of the box
 * @param box its grid has the scan's voxels, in the order of the working axes; undefined for no labels
 */
export function putLabels(numbers: Uint8Array, box: LabelledBox | undefined, scan: Grid): Volume<Uint8Array> {
  const data = new Uint8Array(voxelCount(scan.shape));
  const labels = { data, shape: scan.shape, voxelToWorld: scan.voxelToWorld };
  if (box === undefined) return labels;
  const changes = axisChanges(scan, workingAxes);
  const start = [0, 0, 0];
  changes.forEach(({ from, flip }, axis) => {
    const first = box.start[axis]!;
    start[from] = flip ? scan.shape[from] - first - box.grid.shape[axis]! : first;
  });
  const own = reorient({ data: numbers, ...box.grid }, axisCodes(scan.voxelToWorld));
  const [bx, by, bz] = own.shape;
  const [nx, ny] = scan.shape;
  const [x0, y0, z0] = start as [number, number, number];
  for (let z = 0; z < bz; z++) {
    for (let y = 0; y < by; y++) {
      const from = bx * (y + by * z);
      data.set(own.data.subarray(from, from + bx), x0 + nx * (y0 + y + ny * (z0 + z)));
    }
  }
  return labels;
}
