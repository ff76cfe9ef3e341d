/**
 * From a label map in the files' own numbers to class numbers on the conformed grid: the classes of the plan,
 * holes counted and, if wanted, filled.
 */
import { fillHoles, type Volume } from '@ventriseg/imaging';
import type { LabelClass } from './plan.ts';

/** Holes of a label map, in voxels. Those in 3-D are among those within slices. */
export interface LabelHoles {
  readonly voxels3d: number;
  readonly voxels2d: number;
  readonly filled: number;
}

/** Class numbers 1 to K where a canonical label belongs to a class, 0 elsewhere; same grid. */
export function toClasses(canonical: Volume<Uint8Array>, classes: readonly LabelClass[]): Volume<Uint8Array> {
  const table = new Uint8Array(256);
  classes.forEach(({ labels }, k) => {
    for (const label of labels) table[label] = k + 1;
  });
  const source = canonical.data;
  const data = new Uint8Array(source.length);
  for (let i = 0; i < source.length; i++) data[i] = table[source[i]!]!;
  return { data, shape: canonical.shape, voxelToWorld: canonical.voxelToWorld };
}

/**
 * Counts the holes of the labelled region (all classes together) and fills those asked for. A filled voxel gets
 * the class of the nearest labelled one, counted in steps over faces.
 *
 * @param axis The axis across which slices are cut.
 */
export function treatHoles(
  classes: Volume<Uint8Array>,
  axis: 0 | 1 | 2,
  fill: 'none' | '3d' | '2d',
): { classes: Volume<Uint8Array>; holes: LabelHoles } {
  const in3d = fillHoles(classes);
  const in2d = fillHoles(classes, { axis });
  const holes = { voxels3d: in3d.filledVoxels, voxels2d: in2d.filledVoxels, filled: 0 };
  if (fill === 'none') return { classes, holes };
  const { mask, filledVoxels } = fill === '3d' ? in3d : in2d;
  return {
    classes: filledVoxels === 0 ? classes : spreadInto(classes, mask),
    holes: { ...holes, filled: filledVoxels },
  };
}

/** Spreads the classes over the mask, one layer of face neighbours at a time. */
function spreadInto(classes: Volume<Uint8Array>, mask: Volume<Uint8Array>): Volume<Uint8Array> {
  const [nx, ny, nz] = classes.shape;
  const data = classes.data.slice();
  const wanted = mask.data;
  const steps = [1, -1, nx, -nx, nx * ny, -nx * ny];
  let holes: number[] = [];
  for (let at = 0; at < data.length; at++) if (wanted[at] !== 0 && data[at] === 0) holes.push(at);
  while (holes.length > 0) {
    const reached: number[] = [];
    const values: number[] = [];
    const left: number[] = [];
    for (const at of holes) {
      const x = at % nx;
      const y = Math.floor(at / nx) % ny;
      const z = Math.floor(at / (nx * ny));
      const inside = [x + 1 < nx, x > 0, y + 1 < ny, y > 0, z + 1 < nz, z > 0];
      const step = steps.findIndex((offset, k) => inside[k] && data[at + offset] !== 0);
      if (step < 0) left.push(at);
      else {
        reached.push(at);
        values.push(data[at + steps[step]!]!);
      }
    }
    reached.forEach((at, k) => {
      data[at] = values[k]!;
    });
    holes = left;
  }
  return { data, shape: classes.shape, voxelToWorld: classes.voxelToWorld };
}
