/**
 * Takes away what is labelled by mistake, by anatomy and not by "the largest piece": the lateral ventricles are
 * two large parts, and their temporal horns are small ones that are often cut off from them.
 *
 * For each class the connected parts (26 neighbours) are compared with the class's main part, the one with the
 * largest sum of probabilities. A part stays when it is large, or when it is near to a large one and more than a
 * speck; the numbers for each kind of ventricle are in `islandRules`.
 */
import { type Affine, labelComponents, type Shape3, voxelVolumeMl } from '@ventriseg/imaging';
import type { CanonicalNumber } from '../labels/index.ts';
import type { LabelledBox } from './label-regions.ts';

export interface IslandRule {
  /** A part with at least this share of the main part's volume stays. */
  readonly leastShare: number;
  /** A smaller one stays when it is this near to one that stays, mm, ... */
  readonly nearMm: number;
  /** ... and has at least this volume, mL. */
  readonly leastNearMl: number;
}

/**
 * | ventricle           | share | near  | volume  | because |
 * | lateral             | 5 %   | 5 mm  | 0.05 mL | two halves of up to 1 : 10; horns pinched off by a voxel or two |
 * | temporal horn       | 10 %  | 10 mm | 0.02 mL | thin, often broken into beads in one line |
 * | third and fourth    | 10 %  | 4 mm  | 0.05 mL | single chambers; the adhesion can part the third |
 */
export const islandRules: Readonly<Record<CanonicalNumber, IslandRule>> = {
  4: { leastShare: 0.05, nearMm: 5, leastNearMl: 0.05 },
  43: { leastShare: 0.05, nearMm: 5, leastNearMl: 0.05 },
  5: { leastShare: 0.1, nearMm: 10, leastNearMl: 0.02 },
  44: { leastShare: 0.1, nearMm: 10, leastNearMl: 0.02 },
  14: { leastShare: 0.1, nearMm: 4, leastNearMl: 0.05 },
  15: { leastShare: 0.1, nearMm: 4, leastNearMl: 0.05 },
};

/** What was taken away. */
export interface RemovedIslands {
  readonly parts: number;
  readonly ml: number;
}

/**
 * Sets islands of `box.classes` to 0, in place.
 *
 * @param labels the canonical labels of each class, class 1 first; the most lenient of its labels' rules holds
 */
export function removeIslands(
  box: LabelledBox,
  labels: readonly (readonly CanonicalNumber[])[],
): RemovedIslands {
  const voxelMl = voxelVolumeMl(box.grid);
  let parts = 0;
  let voxels = 0;
  labels.forEach((own, k) => {
    const rule = lenientRule(own);
    const mask = box.classes.map((value) => (value === k + 1 ? 1 : 0));
    const { labels: part, sizes } = labelComponents({ data: mask, shape: box.grid.shape });
    if (sizes.length <= 2) return;
    const mainSize = sizes[mainPart(part, sizes, box.probabilities[k]!)]!;
    const large = sizes.map((size, n) => n > 0 && size >= rule.leastShare * mainSize);
    const near = partsNear(part, large, box.grid.shape, stepsWithin(box.grid.voxelToWorld, rule.nearMm));
    const keep = sizes.map((size, n) => large[n]! || (near[n]! && size * voxelMl >= rule.leastNearMl));
    for (let n = 1; n < sizes.length; n++) {
      if (keep[n]) continue;
      parts++;
      voxels += sizes[n]!;
    }
    for (let at = 0; at < part.length; at++) if (part[at] !== 0 && !keep[part[at]!]) box.classes[at] = 0;
  });
  return { parts, ml: voxels * voxelMl };
}

function lenientRule(labels: readonly CanonicalNumber[]): IslandRule {
  const rules = labels.map((label) => islandRules[label]);
  return {
    leastShare: Math.min(...rules.map((rule) => rule.leastShare)),
    nearMm: Math.max(...rules.map((rule) => rule.nearMm)),
    leastNearMl: Math.min(...rules.map((rule) => rule.leastNearMl)),
  };
}

/** The part of which the network is surest over all: the largest sum of probabilities. */
function mainPart(part: Int32Array, sizes: readonly number[], probabilities: Float32Array): number {
  const sums = new Float64Array(sizes.length);
  for (let at = 0; at < part.length; at++) sums[part[at]!]! += probabilities[at]!;
  let best = 1;
  for (let n = 2; n < sums.length; n++) if (sums[n]! > sums[best]!) best = n;
  return best;
}

/** Index steps to all voxels within a distance, in world mm, whatever the shape of the voxels. */
function stepsWithin(affine: Affine, mm: number): readonly (readonly [number, number, number])[] {
  const columns = [0, 1, 2].map((axis) => [affine[axis]!, affine[4 + axis]!, affine[8 + axis]!]);
  const reach = columns.map((column) => Math.ceil(mm / Math.hypot(...column)));
  const steps: [number, number, number][] = [];
  for (let k = -reach[2]!; k <= reach[2]!; k++) {
    for (let j = -reach[1]!; j <= reach[1]!; j++) {
      for (let i = -reach[0]!; i <= reach[0]!; i++) {
        const move = [0, 1, 2].map(
          (row) => i * columns[0]![row]! + j * columns[1]![row]! + k * columns[2]![row]!,
        );
        if (Math.hypot(...move) <= mm) steps.push([i, j, k]);
      }
    }
  }
  return steps;
}

/** For each part that is not large: whether a large one comes within the steps of one of its voxels. */
function partsNear(
  part: Int32Array,
  large: readonly boolean[],
  [nx, ny, nz]: Shape3,
  steps: readonly (readonly [number, number, number])[],
): boolean[] {
  const near = large.map(() => false);
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        const own = part[at]!;
        if (own === 0 || large[own] || near[own]) continue;
        for (const [i, j, k] of steps) {
          const [p, q, r] = [x + i, y + j, z + k];
          if (p < 0 || q < 0 || r < 0 || p >= nx || q >= ny || r >= nz) continue;
          if (large[part[p + nx * (q + ny * r)]!]) {
            near[own] = true;
            break;
          }
        }
      }
    }
  }
  return near;
}
