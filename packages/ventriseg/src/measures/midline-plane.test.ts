import { expect, test } from 'vitest';
import { fitMidlinePlane } from './midline-plane.ts';
import type { VentriclePoints } from './ventricle-points.ts';

const none = new Float64Array(0);
const frame = { origin: [0, 0, 0], right: [1, 0, 0], front: [0, 1, 0], up: [0, 0, 1] } as const;
/** A sheet of points on x = 1 + 0.1 y - 0.05 z, each moved by `off`. */
function sheet(off: (y: number, z: number) => number): Float64Array {
  const points: number[] = [];
  for (let y = -30; y <= 10; y += 1) {
    for (let z = -20; z <= 10; z += 1) points.push(1 + 0.1 * y - 0.05 * z + off(y, z), y, z);
  }
  return Float64Array.from(points);
}
const points = (parts: Partial<Record<4 | 43 | 14, Float64Array>>): VentriclePoints => ({
  4: none,
  43: none,
  5: none,
  44: none,
  14: none,
  15: none,
  ...parts,
});

test('the plane of a third ventricle, and of a septum', () => {
  for (const shown of [
    { 14: sheet(() => 0) },
    // The walls of the two sides, 2 mm apart.
    { 4: sheet(() => -1), 43: sheet(() => 1) },
  ]) {
    const [a, b, c] = fitMidlinePlane(points(shown), frame)!;
    expect(a).toBeCloseTo(1, 1);
    expect(b).toBeCloseTo(0.1, 2);
    expect(c).toBeCloseTo(-0.05, 2);
  }
});

test('a bulge to one side moves it little', () => {
  // A tenth of it bulges by 6 mm, which turns a plain least-squares plane by 0.1.
  const bulging = sheet((y, z) => (y > -2 && z > 0 ? 6 : 0));
  const [a, b, c] = fitMidlinePlane(points({ 14: bulging }), frame)!;
  expect(Math.abs(a - 1)).toBeLessThan(0.3);
  expect(Math.abs(b - 0.1)).toBeLessThan(0.02);
  expect(Math.abs(c + 0.05)).toBeLessThan(0.02);
});

test('a few points hold no plane, nor do walls that are far apart', () => {
  expect(fitMidlinePlane(points({ 14: Float64Array.of(0, 0, 0, 0, 4, 0, 0, 0, 4) }), frame)).toBeUndefined();
  expect(fitMidlinePlane(points({ 4: sheet(() => -6), 43: sheet(() => 6) }), frame)).toBeUndefined();
});
