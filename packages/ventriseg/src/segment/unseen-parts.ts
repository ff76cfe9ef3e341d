/**
 * Large parts of a ventricle where the coarse network, which sees the whole head, sees none: wide sulci and what
 * stripping a skull leaves of them look like ventricles at close range.
 */
import {
  applyAffine,
  type Grid,
  invertAffine,
  multiplyAffines,
  type Volume,
  voxelVolumeMl,
} from '@ventriseg/imaging';
import type { CanonicalNumber } from '../labels/index.ts';
import { type LabelledPart, type Parts, voxelsOfPart } from './labelled-parts.ts';

/** A part of this volume holds four voxels of the coarse network; of smaller ones it cannot be expected to tell. */
const leastMl = 0.26;
/** A part is seen where a coarse voxel that it meets has at least this probability of any ventricle. */
const seenFrom = 0.1;
/** Too thin for 4 mm, whatever their volume. */
const temporalHorns: readonly CanonicalNumber[] = [5, 44];

/**
 * Numbers of the parts that are not seen though another part of their class is. Where none of a class is, the coarse
 * network has missed it, and says nothing about its parts.
 *
 * @param labels the canonical labels of each class, class 1 first
 * @param coarse probability of any ventricle, on any grid
 */
export function unseenParts(
  found: Parts,
  labels: readonly (readonly CanonicalNumber[])[],
  grid: Grid,
  coarse: Volume<Float32Array>,
): ReadonlySet<number> {
  const voxelMl = voxelVolumeMl(grid);
  const unseen = new Set<number>();
  labels.forEach((own, k) => {
    if (own.every((label) => temporalHorns.includes(label))) return;
    const large = found.parts.filter((part) => part.class === k + 1 && part.voxels * voxelMl >= leastMl);
    const notSeen = large.filter((part) => !isSeen(part, found, grid, coarse));
    if (notSeen.length === large.length) return;
    for (const { number } of notSeen) unseen.add(number);
  });
  return unseen;
}

/** Whether a coarse voxel that one of the part's voxels lies in is probable enough. */
function isSeen(part: LabelledPart, parts: Parts, grid: Grid, coarse: Volume<Float32Array>): boolean {
  const toCoarse = multiplyAffines(invertAffine(coarse.voxelToWorld), grid.voxelToWorld);
  const [cx, cy, cz] = coarse.shape;
  for (const [x, y, z] of voxelsOfPart(part, parts, grid.shape)) {
    const [i, j, k] = applyAffine(toCoarse, [x, y, z]).map(Math.round) as [number, number, number];
    if (i < 0 || j < 0 || k < 0 || i >= cx || j >= cy || k >= cz) continue;
    if (coarse.data[i + cx * (j + cy * k)]! >= seenFrom) return true;
  }
  return false;
}
