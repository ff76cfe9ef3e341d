import { expect, test } from 'vitest';
import { testWithData } from '../../../../test/shared-data.ts';
import type { Volume } from '../volume/volume.ts';
import { findMeanSpace, meanPoses } from './mean-space.ts';
import { centreOf, errorOf, motionOf, moveHead, readDataScan } from './moved-scan.test-helper.ts';
import { composeRigid, halfRigid, identityRigid, invertRigid, type RigidTransform } from './rigid.ts';

const poses: RigidTransform[] = [
  identityRigid,
  { rotation: [0.1, -0.2, 0.05], translationMm: [4, 7, -3] },
  { rotation: [-0.15, 0.1, 0.2], translationMm: [-6, 2, 9] },
];

/** The ways between all pairs of scans that lie as in `poses`. */
function pairsOf(given: readonly RigidTransform[]) {
  return given.flatMap((p, first) =>
    given.slice(first + 1).map((q, n) => ({
      first,
      second: first + 1 + n,
      firstToSecond: composeRigid(q, invertRigid(p)),
    })),
  );
}

test('scans that are moved to the mean space lie on each other', () => {
  const toMean = meanPoses(3, pairsOf(poses));
  for (const { first, second, firstToSecond } of pairsOf(poses)) {
    const viaMean = composeRigid(invertRigid(toMean[second]!), toMean[first]!);
    expect(errorOf(viaMean, firstToSecond, [0, 0, 0]).mm).toBeLessThan(1e-6);
  }
});

test('the order of the scans makes no difference', () => {
  const turned = [poses[2]!, poses[0]!, poses[1]!];
  const a = meanPoses(3, pairsOf(poses));
  const b = meanPoses(3, pairsOf(turned));
  expect(errorOf(a[0]!, b[1]!, [0, 0, 0]).mm).toBeLessThan(1e-6);
  expect(errorOf(a[2]!, b[0]!, [0, 0, 0]).mm).toBeLessThan(1e-6);
});

test('the mean space of two scans is half-way: each is turned by half', () => {
  const [first, second] = meanPoses(2, pairsOf(poses.slice(0, 2)));
  const half = halfRigid(poses[1]!);
  half.rotation.forEach((angle, axis) => {
    expect(first!.rotation[axis]).toBeCloseTo(angle, 10);
    expect(second!.rotation[axis]).toBeCloseTo(-angle, 10);
  });
});

testWithData('three scans of a head agree on one space', async () => {
  const scan = await readDataScan('ixi-2mm', 'IXI014-HH-1236_T1.nii.gz');
  const motions = [
    identityRigid,
    motionOf(scan, [3, -5, 8], [4, -6, 2]),
    motionOf(scan, [-6, 2, -3], [-3, 5, 1]),
  ];
  const scans: Volume[] = motions.map((motion) => moveHead(scan, motion));
  const told: number[] = [];
  const { toMean, pairs, contradictionMm } = await findMeanSpace(scans, {
    onProgress: ({ done, total }) => told.push(done / total),
  });
  expect(pairs).toHaveLength(3);
  expect(contradictionMm).toBeLessThan(0.1);
  const back = invertRigid(toMean[0]!);
  for (const n of [1, 2]) {
    expect(errorOf(composeRigid(back, toMean[n]!), invertRigid(motions[n]!), centreOf(scan)).mm).toBeLessThan(
      0.1,
    );
  }
  expect([told[0], told.at(-1)]).toEqual([0, 1]);
});

test('one scan has no mean space', async () => {
  await expect(findMeanSpace([])).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
});
