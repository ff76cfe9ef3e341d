import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyAffine, identityAffine, invertAffine, multiplyAffines } from '../geometry/affine.ts';
import type { Vec3 } from '../volume/volume.ts';
import { meanRotation } from './mean-rotation.ts';
import {
  composeRigid,
  halfRigid,
  invertRigid,
  type RigidTransform,
  rigidAbout,
  rigidFromAffine,
  rigidToAffine,
} from './rigid.ts';

const angle = fc.double({ min: -1.7, max: 1.7, noNaN: true });
const mm = fc.double({ min: -200, max: 200, noNaN: true });
const rigid: fc.Arbitrary<RigidTransform> = fc
  .record({ rotation: fc.tuple(angle, angle, angle), translationMm: fc.tuple(mm, mm, mm) })
  .filter(({ rotation }) => Math.hypot(...rotation) < 3);

function expectClose(a: readonly number[], b: readonly number[], tolerance = 1e-9) {
  a.forEach((value, n) => {
    expect(Math.abs(value - b[n]!)).toBeLessThan(tolerance);
  });
}

test('a quarter turn about z takes x to y', () => {
  const turn = rigidToAffine({ rotation: [0, 0, Math.PI / 2], translationMm: [1, 2, 3] });
  expectClose(applyAffine(turn, [10, 0, 0]), [1, 12, 3]);
});

test('the matrix gives the transform back, the inverse undoes it, two halves make it', () => {
  fc.assert(
    fc.property(rigid, (transform) => {
      const matrix = rigidToAffine(transform);
      const back = rigidFromAffine(matrix);
      expectClose(back.rotation, transform.rotation, 1e-7);
      expectClose(rigidToAffine(invertRigid(transform)), invertAffine(matrix));
      const half = halfRigid(transform);
      expectClose(rigidToAffine(composeRigid(half, half)), matrix, 1e-7);
      // Half of the way back is the way back of the half.
      expectClose(rigidToAffine(halfRigid(invertRigid(transform))), rigidToAffine(invertRigid(half)), 1e-7);
    }),
  );
});

test('a turn about a point leaves it where it is', () => {
  fc.assert(
    fc.property(rigid, fc.tuple(mm, mm, mm), ({ rotation }, centre) => {
      const affine = rigidToAffine(rigidAbout(centre, rotation, [1, 2, 3]));
      expectClose(
        applyAffine(affine, centre),
        centre.map((c, axis) => c + axis + 1),
      );
    }),
  );
});

test('half turns keep their axis', () => {
  for (const axis of [0, 1, 2]) {
    const rotation = [0, 1, 2].map((n) => (n === axis ? Math.PI : 0)) as unknown as Vec3;
    const back = rigidFromAffine(rigidToAffine({ rotation, translationMm: [0, 0, 0] }));
    expectClose(back.rotation.map(Math.abs), rotation);
  }
});

test('what is no rotation is refused', () => {
  const badAffine = (message: string) =>
    expect.objectContaining({ code: 'BAD_AFFINE', message: expect.stringContaining(message) });
  const scaled = multiplyAffines(identityAffine, [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  expect(() => rigidFromAffine(scaled)).toThrow(badAffine('columns 0 and 0'));
  const mirrored = [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  expect(() => rigidFromAffine(mirrored)).toThrow(badAffine('right into left'));
});

test('the mean of two rotations is half-way, that of a symmetric set its middle', () => {
  expectClose(meanRotation([[0, 0, 0], [0.2, -0.4, 0.6]]), [0.1, -0.2, 0.3]); // biome-ignore format: pairs
  const turns: Vec3[] = [-0.3, 0, 0.3].map((a) => [a, 0, 0]);
  expectClose(meanRotation(turns), [0, 0, 0]);
  expectClose(meanRotation([[1, 2, -0.5]]), [1, 2, -0.5]);
});
