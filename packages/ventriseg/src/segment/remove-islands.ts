/**
 * Takes away what is labelled by mistake, by anatomy and not by "the largest piece": the lateral ventricles are
 * two large parts, and their temporal horns are small ones that are often cut off from them.
 *
 * Each structure falls into connected parts (26 neighbours). Large ones where the coarse network sees no ventricle go
 * first (unseen-parts.ts). The main part of a structure is then the one with the largest sum of probabilities. It
 * stays unless it lies impossibly far from the lateral ventricles. Another part stays
 * when it is large beside the main one, or when it is more than a speck and near to a part that stays of a
 * structure it belongs with. What is dropped becomes background, or, where it touches a part that stays of another
 * structure, that structure: a few voxels of the wrong label in a ventricle are still ventricle.
 */
import { type Volume, voxelVolumeMl } from '@ventriseg/imaging';
import type { CanonicalNumber } from '../labels/index.ts';
import type { LabelledBox } from './label-regions.ts';
import {
  boxGapMm,
  type LabelledPart,
  type Parts,
  partComesWithin,
  touchedClasses,
} from './labelled-parts.ts';
import { unseenParts } from './unseen-parts.ts';

export interface IslandRule {
  /** A part with at least this share of the main part's volume stays. */
  readonly leastShare: number;
  /** A smaller one stays when it is this near, mm, to a part that stays of one of these structures, ... */
  readonly nearMm: number;
  readonly near: readonly CanonicalNumber[];
  /** ... and has at least this volume, mL. */
  readonly leastNearMl: number;
  /** The main part may lie this far from the nearest lateral ventricle, mm, measured between their boxes. */
  readonly mainWithinMm: number;
}

const lateral = { leastShare: 0.05, nearMm: 5, leastNearMl: 0.05, mainWithinMm: 20 };
const horn = { leastShare: 0.1, nearMm: 10, leastNearMl: 0.02, mainWithinMm: 35 };
const single = { leastShare: 0.1, nearMm: 4, leastNearMl: 0.05 };

/**
 * | ventricle     | share | near  | volume  | main  | because |
 * | lateral       | 5 %   | 5 mm  | 0.05 mL | 20 mm | two halves of up to 1 : 10; horns pinched off by a voxel or two |
 * | temporal horn | 10 %  | 10 mm | 0.02 mL | 35 mm | thin, often broken into beads in one line; its tip is far forward |
 * | third         | 10 %  | 4 mm  | 0.05 mL | 20 mm | a single chamber between the lateral ones; the adhesion can part it |
 * | fourth        | 10 %  | 4 mm  | 0.05 mL | 60 mm | a single chamber, below them and far back |
 */
export const islandRules: Readonly<Record<CanonicalNumber, IslandRule>> = {
  4: { ...lateral, near: [4, 5, 14] },
  43: { ...lateral, near: [43, 44, 14] },
  5: { ...horn, near: [5, 4] },
  44: { ...horn, near: [44, 43] },
  14: { ...single, near: [14, 4, 43], mainWithinMm: 20 },
  15: { ...single, near: [15], mainWithinMm: 60 },
};

const lateralLabels: readonly CanonicalNumber[] = [4, 43];

/** What was taken away. */
export interface RemovedIslands {
  readonly parts: number;
  readonly ml: number;
}

export const noIslands: RemovedIslands = { parts: 0, ml: 0 };

/**
 * Cleans `box.classes` in place.
 *
 * @param labels the canonical labels of each class, class 1 first; of several labels the most lenient rule holds
 * @param found the parts of the box
 * @param coarse the coarse network's probability of any ventricle, where there is one
 * @returns what was removed, and the parts that are kept
 */
export function removeIslands(
  box: LabelledBox,
  labels: readonly (readonly CanonicalNumber[])[],
  found: Parts,
  coarse?: Volume<Float32Array>,
): { readonly removed: RemovedIslands; readonly kept: readonly LabelledPart[] } {
  const { parts, partOf } = found;
  const rules = labels.map(lenientRule);
  const unseen = coarse === undefined ? new Set<number>() : unseenParts(found, labels, box.grid, coarse);
  const credible = parts.filter(({ number }) => !unseen.has(number));
  const kept = keepMain(credible, labels, rules, box);
  const voxelMl = voxelVolumeMl(box.grid);
  // What is kept can bring others near, bead after bead.
  for (let changed = true; changed; ) {
    changed = false;
    for (const part of credible) {
      if (kept.has(part.number)) continue;
      const rule = rules[part.class - 1]!;
      if (part.voxels * voxelMl < rule.leastNearMl) continue;
      const near = parts.filter(
        (other) =>
          kept.has(other.number) &&
          labels[other.class - 1]!.some((label) => rule.near.includes(label)) &&
          boxGapMm(part, other, box.grid) <= rule.nearMm,
      );
      if (near.length === 0 || !partComesWithin(part, near, found, box.grid, rule.nearMm)) continue;
      kept.add(part.number);
      changed = true;
    }
  }
  const stay = parts.filter(({ number }) => kept.has(number));
  const dropped = parts.filter(({ number }) => !kept.has(number));
  if (dropped.length === 0) return { removed: noIslands, kept: stay };
  const becomes = new Uint8Array(parts.length + 1);
  let removedParts = 0;
  let removedVoxels = 0;
  for (const part of dropped) {
    if (!unseen.has(part.number)) becomes[part.number] = touchedClasses(part, kept, found, box);
    if (becomes[part.number] !== 0) continue;
    removedParts++;
    removedVoxels += part.voxels;
  }
  for (let at = 0; at < partOf.length; at++) {
    const number = partOf[at]!;
    if (number !== 0 && !kept.has(number)) box.classes[at] = becomes[number]!;
  }
  return { removed: { parts: removedParts, ml: removedVoxels * voxelMl }, kept: stay };
}

/** The parts that stay on account of their size: main parts in a possible place, and what is large beside them. */
function keepMain(
  parts: readonly LabelledPart[],
  labels: readonly (readonly CanonicalNumber[])[],
  rules: readonly IslandRule[],
  box: LabelledBox,
): Set<number> {
  const mains = labels.map((_, k) =>
    parts
      .filter((part) => part.class === k + 1)
      .reduce<LabelledPart | undefined>(
        (best, part) => (best && best.sum >= part.sum ? best : part),
        undefined,
      ),
  );
  const isLateral = (k: number) => labels[k]!.some((label) => lateralLabels.includes(label));
  const anchor = mains
    .filter((main, k) => main !== undefined && isLateral(k))
    .reduce<LabelledPart | undefined>(
      (best, main) => (best && best.sum >= main!.sum ? best : main),
      undefined,
    );
  const kept = new Set<number>();
  mains.forEach((main, k) => {
    if (main === undefined) return;
    const { mainWithinMm, leastShare } = rules[k]!;
    if (anchor !== undefined && boxGapMm(main, anchor, box.grid) > mainWithinMm) return;
    for (const part of parts) {
      if (part.class === k + 1 && part.voxels >= leastShare * main.voxels) kept.add(part.number);
    }
    kept.add(main.number);
  });
  return kept;
}

function lenientRule(labels: readonly CanonicalNumber[]): IslandRule {
  const rules = labels.map((label) => islandRules[label]);
  return {
    leastShare: Math.min(...rules.map((rule) => rule.leastShare)),
    nearMm: Math.max(...rules.map((rule) => rule.nearMm)),
    near: rules.flatMap((rule) => rule.near),
    leastNearMl: Math.min(...rules.map((rule) => rule.leastNearMl)),
    mainWithinMm: Math.max(...rules.map((rule) => rule.mainWithinMm)),
  };
}
