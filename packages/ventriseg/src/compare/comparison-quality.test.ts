import { expect, test } from 'vitest';
import { assessComparison, type ComparisonEvidence } from './comparison-quality.ts';

const grid = (mm: number) => ({
  shape: [10, 10, 10] as const,
  voxelToWorld: [mm, 0, 0, 0, 0, mm, 0, 0, 0, 0, mm, 0, 0, 0, 0, 1],
});
const pair = {
  ...{ first: 0, second: 1, similarity: 0.95, overlap: 0.95, converged: true },
  firstToSecond: { rotation: [0, 0, 0], translationMm: [0, 0, 0] },
} as const;
const good: ComparisonEvidence = {
  names: ['a', 'b'],
  grids: [grid(1), grid(1.2)],
  meanSpace: { pairs: [pair], contradictionMm: 0 },
  quality: [[], []],
  forced: false,
};
const found = (evidence: Partial<ComparisonEvidence>) =>
  assessComparison({ ...good, ...evidence }).map(({ code, severity }) => `${severity} ${code}`);
const withPair = (change: Partial<typeof pair> | object) => ({
  meanSpace: { pairs: [{ ...pair, ...change }], contradictionMm: 0 },
});

test('two scans of a person give nothing to doubt', () => {
  expect(found({})).toEqual([]);
});

test('two people are refused, and scans that are less alike than they should be are doubted', () => {
  expect(found(withPair({ similarity: 0.2 }))).toEqual(['error SCANS_UNALIKE']);
  expect(found(withPair({ similarity: 0.6 }))).toEqual(['warning SCANS_UNALIKE']);
});

test('forced, scans that are not alike only warn, and a scan without ventricles is refused all the same', () => {
  const empty = { code: 'NO_VENTRICLES_FOUND', severity: 'error', message: '' } as const;
  expect(found({ ...withPair({ similarity: 0.2 }), forced: true })).toEqual(['warning SCANS_UNALIKE']);
  expect(found({ quality: [[], [empty]], forced: true })).toEqual(['error SCAN_UNUSABLE']);
});

test('each doubt has its code, and errors come first', () => {
  expect(found(withPair({ converged: false }))).toEqual(['warning REGISTRATION_UNSTEADY']);
  expect(found(withPair({ overlap: 0.4 }))).toEqual(['warning LITTLE_OVERLAP']);
  expect(found({ meanSpace: { pairs: [pair], contradictionMm: 3 } })).toEqual([
    'warning REGISTRATIONS_CONTRADICT',
  ]);
  const empty = { code: 'NO_VENTRICLES_FOUND', severity: 'error', message: '' } as const;
  expect(found({ grids: [grid(1), grid(1.3)], quality: [[], [empty]] })).toEqual([
    'error SCAN_UNUSABLE',
    'warning VOXELS_DIFFER',
  ]);
  // 1.2 times as long, as error bars have it, whatever a header rounds to.
  expect(found({ grids: [grid(1), grid(1.2001)] })).toEqual([]);
  const unusable = assessComparison({ ...good, quality: [[], [empty]] })[0]!;
  expect(unusable.message).toContain('The numbers of b cannot be used (NO_VENTRICLES_FOUND)');
});
