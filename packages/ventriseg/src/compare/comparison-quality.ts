/** Doubts about a comparison of scans, beside those about each scan: codes, and what to do about each. */
import { type Grid, type MeanSpace, voxelSizesMm } from '@ventriseg/imaging';
import { largestVoxelFactor } from '../error-bar/variations.ts';
import type { QualityFinding } from '../segment/quality.ts';

export const comparisonQualityCodes = [
  'SCANS_UNALIKE',
  'SCAN_UNUSABLE',
  'REGISTRATION_UNSTEADY',
  'REGISTRATIONS_CONTRADICT',
  'VOXELS_DIFFER',
  'LITTLE_OVERLAP',
] as const;

export type ComparisonQualityCode = (typeof comparisonQualityCodes)[number];

export interface ComparisonFinding {
  readonly code: ComparisonQualityCode;
  /** error: there are no changes to be told; warning: look at the picture first. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly whatToDo: string;
}

/** Scans of one head correlate at above 0.8, of two people at 0.1 to 0.3 (see register-rigid.ts). */
const leastSimilarity = 0.45;
const goodSimilarity = 0.7;
/** Of the structure of one scan that the other does not show: cut off, or defaced. */
const leastOverlap = 0.7;
/** Pairs may contradict each other by this much, mm; within a voxel it does not matter. */
const mostContradictionMm = 1;
/** Sides of voxels, beyond what error bars cover, may differ by as much as headers are rounded. */
const sideTolerance = 0.005;

export interface ComparisonEvidence {
  readonly names: readonly string[];
  readonly grids: readonly Grid[];
  readonly meanSpace: Pick<MeanSpace, 'pairs' | 'contradictionMm'>;
  /** Findings about each scan. */
  readonly quality: readonly (readonly QualityFinding[])[];
  /** Whether refusals were overridden: scans that are not alike only warn then. */
  readonly forced: boolean;
}

export function assessComparison({
  names,
  grids,
  meanSpace,
  quality,
  forced,
}: ComparisonEvidence): ComparisonFinding[] {
  const findings: ComparisonFinding[] = [];
  for (const { first, second, similarity, overlap, converged } of meanSpace.pairs) {
    const pair = `${names[first]} and ${names[second]}`;
    if (similarity < goodSimilarity) {
      findings.push({
        code: 'SCANS_UNALIKE',
        severity: similarity < leastSimilarity && !forced ? 'error' : 'warning',
        message: `${pair} are not alike where they lie on each other (correlation ${similarity.toFixed(2)}).`,
        whatToDo: 'Make sure that both are T1-weighted scans of the same person.',
      });
    }
    if (overlap < leastOverlap) {
      findings.push({
        code: 'LITTLE_OVERLAP',
        severity: 'warning',
        message: `${pair} have only ${(100 * overlap).toFixed(0)} % of what they show in common.`,
        whatToDo: 'Look in the picture whether the ventricles lie inside of both scans.',
      });
    }
    if (!converged) {
      findings.push({
        code: 'REGISTRATION_UNSTEADY',
        severity: 'warning',
        message: `The registration of ${pair} had not come to rest when it ended.`,
        whatToDo: 'Look in the picture whether borders of the head and of the ventricles fit.',
      });
    }
  }
  if (meanSpace.contradictionMm > mostContradictionMm) {
    findings.push({
      code: 'REGISTRATIONS_CONTRADICT',
      severity: 'warning',
      message: `The registrations of the pairs contradict each other by ${meanSpace.contradictionMm.toFixed(1)} mm.`,
      whatToDo: 'Compare the scans two by two, and leave out the one that does not fit.',
    });
  }
  const ratio = ratioOfSides(grids);
  if (ratio > largestVoxelFactor + sideTolerance) {
    findings.push({
      code: 'VOXELS_DIFFER',
      severity: 'warning',
      message:
        `The voxels of one scan are ${ratio.toFixed(1)} times as long as those of another, and its borders as blurred; ` +
        `error bars cover up to ${largestVoxelFactor} times.`,
      whatToDo: 'Take small changes for effects of the resolution; compare scans of the same kind.',
    });
  }
  quality.forEach((ofScan, k) => {
    const codes = ofScan.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    if (codes.length === 0) return;
    findings.push({
      code: 'SCAN_UNUSABLE',
      severity: 'error',
      message: `The numbers of ${names[k]} cannot be used (${codes.join(', ')}), so there are no changes to be told.`,
      whatToDo: 'See what is said about this scan; leave it out to compare the others.',
    });
  });
  const rank = { error: 0, warning: 1 };
  return findings.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

/** By how much the sides of voxels differ at most: shortest with shortest, longest with longest. */
function ratioOfSides(grids: readonly Grid[]): number {
  const sides = grids.map(({ voxelToWorld }) => voxelSizesMm(voxelToWorld).toSorted((a, b) => a - b));
  const ratios = [0, 1, 2].map((place) => {
    const lengths = sides.map((ofScan) => ofScan[place]!);
    return Math.max(...lengths) / Math.min(...lengths);
  });
  return Math.max(...ratios);
}
