/** Large parts that lie apart from a ventricle and that the network is not sure of: they may be something else. */
import type { CanonicalNumber } from '../labels/index.ts';
import type { LabelledPart } from './labelled-parts.ts';
import { qualityLimits } from './quality.ts';

export interface UnsurePart {
  /** Of its class. */
  readonly labels: readonly CanonicalNumber[];
  readonly ml: number;
  /** Mean probability of its label. */
  readonly confidence: number;
}

/**
 * @param parts that are kept
 * @param labels the canonical labels of each class, class 1 first
 */
export function unsureParts(
  parts: readonly LabelledPart[],
  labels: readonly (readonly CanonicalNumber[])[],
  voxelMl: number,
): readonly UnsurePart[] {
  const { leastMl, confidence: least } = qualityLimits.unsurePart;
  return parts
    .filter((part) => parts.some((other) => other.class === part.class && other.sum > part.sum))
    .map((part) => ({
      labels: labels[part.class - 1]!,
      ml: part.voxels * voxelMl,
      confidence: part.sum / part.voxels,
    }))
    .filter(({ ml, confidence }) => ml >= leastMl && confidence < least);
}
