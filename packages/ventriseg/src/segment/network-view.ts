/** What a slice network is shown of a head, and whether the ventricles go on where it ends. */
import { type Grid, invertAffine, multiplyAffines, type Volume } from '@ventriseg/imaging';
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

/** The sides on which labelled voxels reach an open end of the view, in words. */
export function sidesCut({ grid, openEnds }: NetworkView, box: LabelledBox): string[] {
  const toView = multiplyAffines(invertAffine(grid.voxelToWorld), box.grid.voxelToWorld);
  const [nx, ny, nz] = box.grid.shape;
  const least = [Infinity, Infinity, Infinity];
  const most = [-Infinity, -Infinity, -Infinity];
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        if (box.classes[at] === 0) continue;
        for (let axis = 0, row = 0; axis < 3; axis++, row += 4) {
          const place = toView[row]! * x + toView[row + 1]! * y + toView[row + 2]! * z + toView[row + 3]!;
          if (place < least[axis]!) least[axis] = place;
          if (place > most[axis]!) most[axis] = place;
        }
      }
    }
  }
  return openEnds
    .filter(({ axis, end }) => {
      // A voxel whose extent meets that of the outermost pixel or slice reaches the end.
      const extent = [0, 1, 2].reduce((sum, from) => sum + Math.abs(toView[4 * axis + from]!), 0);
      const reach = (1 + extent) / 2;
      return end === 'first' ? least[axis]! < reach : most[axis]! > grid.shape[axis]! - 1 - reach;
    })
    .map(({ side }) => side);
}
