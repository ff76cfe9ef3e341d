/** What a slice network is shown of a head, and whether the ventricles go on where it ends. */
import { type Grid, invertAffine, multiplyAffines, type Volume, voxelVolumeMl } from '@ventriseg/imaging';
import { planeAxes, type SlicePlan, sliceToVoxel } from '../slices/index.ts';
import type { Extent } from './find-head.ts';
import type { LabelledBox } from './label-regions.ts';

export interface NetworkView {
  /** The pictures that were run: columns, rows, slices. */
  readonly grid: Grid;
  /** The ends of the grid's axes behind which the head may go on. */
  readonly openEnds: readonly OpenEnd[];
}

interface OpenEnd {
  readonly axis: 0 | 1 | 2;
  readonly end: 'first' | 'last';
  /** What lies there, in words. */
  readonly side: string;
}

/** What lies at the first and last slice of each plane of the conformed volume. */
const sliceEnds = {
  sagittal: ['right', 'left'],
  coronal: ['posterior', 'anterior'],
  axial: ['superior', 'inferior'],
} as const;

/**
 * @param run the slices that were run, by index along the plane's axis of the conformed volume
 * @param head extent of the head along that axis
 */
export function networkView(conformed: Volume, plan: SlicePlan, run: Extent, head: Extent): NetworkView {
  const { crop, scaledSize } = plan;
  const axes = planeAxes[plan.plane];
  const [left, right] = axes.columns.split(' to ') as [string, string];
  const [top, bottom] = axes.rows.split(' to ') as [string, string];
  const [low, high] = sliceEnds[plan.plane];
  const ends: [OpenEnd['axis'], OpenEnd['end'], string, boolean][] = [
    [0, 'first', left, crop.firstColumn > 0],
    [0, 'last', right, crop.firstColumn + crop.columns < scaledSize],
    [1, 'first', top, crop.firstRow > 0],
    [1, 'last', bottom, crop.firstRow + crop.rows < scaledSize],
    [2, 'first', low, run.first > head.first],
    [2, 'last', high, run.last < head.last],
  ];
  return {
    grid: {
      shape: [crop.columns, crop.rows, run.last - run.first + 1],
      voxelToWorld: multiplyAffines(conformed.voxelToWorld, sliceToVoxel(plan, run.first)),
    },
    openEnds: ends.filter(([, , , open]) => open).map(([axis, end, side]) => ({ axis, end, side })),
  };
}

/**
 * The sides on which labelled voxels reach an open end of the view, in words.
 *
 * @param leastMm2 area from which on they count
 */
export function sidesCut({ grid, openEnds }: NetworkView, box: LabelledBox, leastMm2: number): string[] {
  const toView = multiplyAffines(invertAffine(grid.voxelToWorld), box.grid.voxelToWorld);
  const voxelMm2 = (1000 * voxelVolumeMl(box.grid)) ** (2 / 3);
  const { classes } = box;
  const [nx, ny, nz] = box.grid.shape;
  const ends = openEnds.map(({ axis, end, side }) => {
    const [a, b, c, d] = toView.slice(4 * axis, 4 * axis + 4) as [number, number, number, number];
    const [from, sign] = end === 'first' ? [0, 1] : [grid.shape[axis]! - 1, -1];
    // A voxel whose extent meets that of the outermost pixel or slice reaches the end.
    const reach = (1 + Math.abs(a) + Math.abs(b) + Math.abs(c)) / 2;
    return { side, a, b, c, d, from, sign, reach, reached: 0 };
  });
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        if (classes[at] === 0) continue;
        for (const end of ends) {
          if (end.sign * (end.a * x + end.b * y + end.c * z + end.d - end.from) < end.reach) end.reached++;
        }
      }
    }
  }
  return ends.filter(({ reached }) => reached * voxelMm2 >= leastMm2).map(({ side }) => side);
}
