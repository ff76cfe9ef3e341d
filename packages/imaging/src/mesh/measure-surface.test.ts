import { expect, test } from 'vitest';
import { measureSurface } from './measure-surface.ts';
import type { Surface } from './surface.ts';
import { vertexNormals } from './vertex-normals.ts';

/** The corner of a cube of 6 mm, cut off: volume 36 mm^3, far from the origin. */
const tetrahedron: Surface = {
  positions: Float32Array.of(100, 50, 20, 106, 50, 20, 100, 56, 20, 100, 50, 26),
  triangles: Uint32Array.of(0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3),
};

test('volume and area of a tetrahedron, and its volume turned inside out', () => {
  const measures = measureSurface(tetrahedron);
  expect(measures.volumeMl).toBeCloseTo(0.036, 12);
  expect(measures.areaMm2).toBeCloseTo(3 * 18 + (Math.sqrt(3) / 4) * 72, 5);
  expect(measures.isClosed).toBe(true);
  const inverted = { ...tetrahedron, triangles: tetrahedron.triangles.slice().reverse() };
  expect(measureSurface(inverted).volumeMl).toBeCloseTo(-0.036, 12);
});

test('a surface is closed when each edge joins two triangles of one orientation', () => {
  const closedWith = (triangles: ArrayLike<number>) =>
    measureSurface({ ...tetrahedron, triangles: Uint32Array.from(triangles) }).isClosed;
  const all = [...tetrahedron.triangles];
  expect(closedWith([])).toBe(true);
  expect(closedWith(all.slice(3))).toBe(false);
  expect(closedWith([2, 1, 0, ...all.slice(3)])).toBe(true);
  expect(closedWith([0, 1, 2, ...all.slice(3)])).toBe(false);
  expect(closedWith([...all, ...all])).toBe(false);
});

test('normals at vertices are means by area, of length 1', () => {
  const normals = vertexNormals(tetrahedron);
  const third = 1 / Math.sqrt(3);
  // At the right angle three equal faces meet; at the others two of them and the large one, sqrt(3) times 1, 1, 1.
  for (const [at, expected] of [
    [0, [-third, -third, -third]],
    [3, [1, 0, 0]],
  ] as const) {
    expected.forEach((value, d) => {
      expect(normals[at + d]).toBeCloseTo(value, 6);
    });
  }
});

test('arrays that do not fit each other are refused', () => {
  const { positions, triangles } = tetrahedron;
  expect(() => measureSurface({ positions: positions.subarray(1), triangles })).toThrow('11 coordinates');
  expect(() => measureSurface({ positions, triangles: triangles.subarray(1) })).toThrow('11 vertex numbers');
  expect(() => measureSurface({ positions: positions.subarray(3), triangles })).toThrow(
    'triangle 1 names vertex 3, but there are only 3 vertices',
  );
});
