/**
 * Where the ventricles have changed from the first to the last scan: gained and lost voxels over the mean of both
 * scans, in three planes and in axial slices. The patient's right is on the left.
 */
import { type Grid, resample, type Volume, voxelCount } from '@ventriseg/imaging';
import type { Rgb } from '../pictures/index.ts';
import type { ShownScan } from '../segment/found.ts';
import { drawPanels, type PanelOptions, type ResultPanels } from '../segment/result-panels.ts';
import type { Segmentation } from '../segment/segment-volume.ts';

/** In the map of changes: a ventricle in both scans, only in the later one, only in the earlier one. */
export const changeNumbers = { kept: 1, gained: 2, lost: 3 } as const;

/** Orange and blue are told apart by people who do not tell red from green; what has stayed keeps its grey. */
export const changeColours: ReadonlyMap<number, Rgb> = new Map([
  [changeNumbers.gained, [255, 140, 0]],
  [changeNumbers.lost, [60, 160, 255]],
]);

type Shown = Pick<Segmentation, 'labels' | 'shown' | 'plane'>;

/** @param grid of the mean space, which both segmentations are on */
export function drawChange(
  first: Shown,
  last: Shown,
  grid: Grid,
  options: Omit<PanelOptions, 'overlay'>,
): ResultPanels {
  return drawPanels(
    {
      labels: changeMap(first.labels, last.labels),
      shown: meanShown(first.shown, last.shown, grid),
      plane: first.plane,
    },
    { ...options, overlay: { colours: changeColours, opacity: 0.75 } },
  );
}

/** Which voxels are ventricle in which of two label volumes of one grid; a voxel that changed its label is kept. */
export function changeMap(first: Volume<Uint8Array>, last: Volume<Uint8Array>): Volume<Uint8Array> {
  const data = new Uint8Array(first.data.length);
  for (let at = 0; at < data.length; at++) {
    const before = first.data[at] !== 0;
    const after = last.data[at] !== 0;
    if (before && after) data[at] = changeNumbers.kept;
    else if (after) data[at] = changeNumbers.gained;
    else if (before) data[at] = changeNumbers.lost;
  }
  return { ...first, data };
}

/** The mean of both scans, each with its bright tissue at 1 and its black at 0. */
function meanShown(first: ShownScan, last: ShownScan, grid: Grid): ShownScan {
  const mean = new Float32Array(voxelCount(grid.shape));
  for (const { image, black, bright } of [first, last]) {
    const values = resample(image, grid, { fill: black }).data;
    const scale = 0.5 / (bright - black);
    for (let at = 0; at < mean.length; at++) mean[at]! += (values[at]! - black) * scale;
  }
  return { image: { data: mean, ...grid }, black: 0, bright: 1 };
}
