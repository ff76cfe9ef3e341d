import { conform, multiplyAffines, readScan, type Volume } from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { expect, test } from 'vitest';
import { dataBytes, testWithData } from '../../../../test/shared-data.ts';
import { findHead } from './find-head.ts';
import { findMidSagittalPlane, rightOf } from './mid-sagittal-plane.ts';
import { type Blob, gridAround, head, paint } from './synthetic-head.test-helper.ts';

function planeOf(scan: Volume) {
  const { volume } = conform(scan, { sizeVoxels: 256 });
  const found = findHead(volume);
  if (found.head === undefined) throw new Error(found.reason);
  return findMidSagittalPlane(volume, found.head);
}

const degrees = (cosine: number) => (Math.acos(Math.min(1, cosine)) * 180) / Math.PI;

test('goes through the middle of a head whose ventricles are all on one side', () => {
  const oneSided: Blob = { centre: [-20, 0, 10], radii: [14, 30, 15], value: 40 };
  const eyes: Blob[] = [-30, 30].map((x) => ({ centre: [x, 70, -25], radii: [12, 12, 12], value: 30 }));
  const plane = planeOf(paint(gridAround([2, 2, 2]), [head, ...eyes, oneSided]));
  expect(plane.method).toBe('symmetry');
  expect(Math.abs(rightOf(plane, [0, 0, 0]))).toBeLessThan(2);
  expect(degrees(plane.normal[0])).toBeLessThan(2);
});

test('falls back to the centre of mass where no half is like the other', () => {
  const random = new SeededRandom(8);
  const place = () => random.uniform(-85, 85);
  // Tissue to the end of the field of view, in blotches without any order.
  const blotches = Array.from({ length: 120 }, (): Blob => {
    const size = random.uniform(15, 30);
    return {
      centre: [place(), place(), place()],
      radii: [size, size, size],
      value: random.uniform(60, 250),
    };
  });
  const everywhere: Blob = { centre: [0, 0, 0], radii: [300, 300, 300], value: 150 };
  const plane = planeOf(paint(gridAround([3, 3, 3]), [everywhere, ...blotches]));
  expect(plane.method).toBe('centre-of-mass');
  expect(plane.normal).toEqual([1, 0, 0]);
  expect(Math.abs(plane.offsetMm)).toBeLessThan(3);
});

testWithData('turns and moves with a real head', async () => {
  const { volume } = await readScan(dataBytes('unlabelled', 'chris_t1.nii.gz'));
  const still = planeOf(volume);
  expect(still.symmetry).toBeGreaterThan(0.9);
  const angle = 0.15;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turn = [cos, -sin, 0, 7, sin, cos, 0, -3, 0, 0, 1, 5, 0, 0, 0, 1];
  const turned = planeOf({ ...volume, voxelToWorld: multiplyAffines(turn, volume.voxelToWorld) });
  const expected = [
    cos * still.normal[0] - sin * still.normal[1],
    sin * still.normal[0] + cos * still.normal[1],
    still.normal[2],
  ] as const;
  const cosine = expected.reduce((sum, value, k) => sum + value * turned.normal[k]!, 0);
  expect(degrees(cosine)).toBeLessThan(1.5);
  // The point of the old plane nearest to the brain's middle, moved along, lies in the new one.
  const p = still.normal.map((value) => value * still.offsetMm) as [number, number, number];
  const moved = [cos * p[0] - sin * p[1] + 7, sin * p[0] + cos * p[1] - 3, p[2] + 5] as const;
  expect(Math.abs(rightOf(turned, moved))).toBeLessThan(2);
});
