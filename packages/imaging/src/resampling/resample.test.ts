import { describe, expect, test } from 'vitest';
import { multiplyAffines } from '../geometry/affine.ts';
import { gridOf } from '../geometry/grid.ts';
import { axisCodes } from '../geometry/orientation.ts';
import { reorient } from '../geometry/reorient.ts';
import { all48Orders, randomVolume, turnedAffine } from '../geometry/synthetic-volume.test-helper.ts';
import { createVolume, type Shape3 } from '../volume/volume.ts';
import { antiAliasSigma } from './interpolation-weights.ts';
import { largestDifference, naiveGaussian, naiveResample } from './naive-resample.test-helper.ts';
import { resample } from './resample.ts';

const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const methods = ['nearest', 'linear', 'cubic'] as const;

/** A row of voxels along x, 1 mm apart. */
const row = (...values: number[]) => createVolume(Float32Array.from(values), [values.length, 1, 1], identity);
/** A row of places along x. */
const places = (count: number, start: number, step: number) => ({
  shape: [count, 1, 1] as const,
  voxelToWorld: identity.with(0, step).with(3, start),
});

describe('resample, by hand', () => {
  test('linear: halfway and quarter places; the outermost value holds for half a voxel, then fill', () => {
    const grid = places(9, -0.75, 0.25 + 0.125);
    // x = -0.75 -0.375 0 0.375 0.75 1.125 1.5 1.875 2.25
    const result = resample(row(10, 20, 40), grid, { method: 'linear', fill: -1 });
    expect([...result.data]).toEqual([-1, 10, 10, 13.75, 17.5, 22.5, 30, 37.5, 40]);
    expect(result.data).toBeInstanceOf(Float32Array);
    expect(result.voxelToWorld).toEqual(grid.voxelToWorld);
  });

  test('the outer faces of the source belong to it', () => {
    const grid = places(5, -1, 0.5); // -1 -0.5 0 0.5 1
    expect([...resample(row(7), grid, { fill: 9 }).data]).toEqual([9, 7, 7, 7, 9]);
    expect([...resample(row(7), grid, { method: 'nearest', fill: 9 }).data]).toEqual([9, 7, 7, 7, 9]);
  });

  test('nearest: the upper neighbour halfway, and the type of the source', () => {
    const labels = createVolume(Uint16Array.of(4, 43, 14), [3, 1, 1], identity);
    const result = resample(labels, places(5, 0.25, 0.25), { method: 'nearest' });
    expect([...result.data]).toEqual([4, 43, 43, 43, 43]);
    expect(result.data).toBeInstanceOf(Uint16Array);
  });

  test('cubic: the weights -1/16, 9/16, 9/16, -1/16 halfway', () => {
    const result = resample(row(0, 16, 32, 80, 0), places(2, 1.5, 4), { method: 'cubic' });
    expect(result.data[0]).toBe((-0 + 9 * 16 + 9 * 32 - 80) / 16);
  });

  test('cubic reproduces a quadratic inside', () => {
    const parabola = row(...Array.from({ length: 9 }, (_, x) => x * x));
    const result = resample(parabola, places(20, 2, 0.2), { method: 'cubic', dataType: 'float64' });
    result.data.forEach((value, n) => {
      expect(value).toBeCloseTo((2 + 0.2 * n) ** 2, 4);
    });
  });

  test('integers are rounded, halves up, and limited to their range', () => {
    const result = resample(row(-3, 1, 2, 300, Number.NaN), places(5, 0, 1), { dataType: 'uint8' });
    expect([...result.data]).toEqual([0, 1, 2, 255, 0]);
    const halves = resample(row(-2, -1, 0, 1, 2), places(4, 0.5, 1), { dataType: 'int8' });
    expect([...halves.data]).toEqual([-1, 0, 1, 2]);
  });

  test('options that make no sense are refused', () => {
    const grid = places(2, 0, 1);
    const volume = row(1, 2);
    expect(() => resample(volume, grid, { method: 'spline' as 'linear' })).toThrow(/'spline' is not one of/);
    expect(() => resample(volume, grid, { method: 'nearest', antiAlias: true } as object)).toThrow(
      /antiAlias/,
    );
    expect(() => resample(volume, grid, { dataType: 'float16' as 'float32' })).toThrow(/'float16'/);
    expect(() => resample(volume, grid, { dataType: 'uint8', fill: -1 })).toThrow(/fill value -1.*uint8/);
    expect(() => resample(volume, { ...grid, shape: [0, 1, 1] })).toThrow(/three positive integers/);
  });
});

const source = randomVolume([11, 9, 13], turnedAffine([1.1, 0.9, 1.3], [0, 0, 0], [-6, -4, -8]));
const aligned = turnedAffine([0.8317, 1.3711, 0.7123], [0, 0, 0], [-7.4, -4.9, -8.8]);
const shape: Shape3 = [17, 8, 25];

describe('resample against the naive reference', () => {
  test.each(methods)('%s, axis-aligned', (method) => {
    const grid = { shape, voxelToWorld: aligned };
    const result = resample(source, grid, { method, fill: 5, dataType: 'float64' });
    expect(largestDifference(result.data, naiveResample(source, grid, method, 5))).toBeLessThan(5e-3);
    expect(result.data.filter((value) => value === 5).length).toBeGreaterThan(0);
    expect(result.data.filter((value) => value !== 5).length).toBeGreaterThan(result.data.length / 3);
  });

  test.each(methods)('%s, every storage order of the target', (method) => {
    for (const codes of all48Orders) {
      const grid = gridOf(reorient(randomVolume([6, 5, 7], aligned), codes));
      const result = resample(source, grid, { method, dataType: 'float64' });
      expect(largestDifference(result.data, naiveResample(source, grid, method))).toBeLessThan(5e-3);
    }
  });

  test.each(methods)('%s, oblique', (method) => {
    const grid = { shape, voxelToWorld: turnedAffine([0.8, 1.1, 0.7], [0.3, -0.2, 0.4], [-5, -7, -6]) };
    const result = resample(source, grid, { method, fill: -2, dataType: 'float64' });
    expect(largestDifference(result.data, naiveResample(source, grid, method, -2))).toBeLessThan(1e-8);
    expect(result.data.filter((value) => value === -2).length).toBeGreaterThan(100);
    expect(result.data.filter((value) => value !== -2).length).toBeGreaterThan(500);
  });

  test('oblique, about one axis only: rows that run along a face of the source', () => {
    const grid = { shape, voxelToWorld: turnedAffine([0.8, 0.8, 0.8], [0.5, 0, 0], [-8, -4, -9]) };
    const result = resample(source, grid, { dataType: 'float64' });
    expect(largestDifference(result.data, naiveResample(source, grid, 'linear'))).toBeLessThan(1e-8);
  });

  test.each(['linear', 'cubic'] as const)('%s with smoothing, axis-aligned and oblique', (method) => {
    const grids = [
      { shape: [4, 5, 4] as const, voxelToWorld: turnedAffine([2.9, 0.9, 3.4], [0, 0, 0], [-6, -4, -8]) },
      {
        shape: [5, 5, 5] as const,
        voxelToWorld: turnedAffine([2.4, 2.2, 2.8], [0.2, 0.1, -0.3], [-6, -4, -8]),
      },
    ];
    for (const grid of grids) {
      const ratios = [0, 1, 2].map((axis) => {
        const steps = [0, 1, 2].map((col) => grid.voxelToWorld[axis * 4 + col]!);
        return Math.hypot(...steps) / source.voxelToWorld[axis * 5]!;
      });
      const smoothed = ratios.reduce<typeof source | ReturnType<typeof naiveGaussian>>(
        (volume, ratio, axis) =>
          ratio > 1.001
            ? naiveGaussian(volume, axis as 0 | 1 | 2, 0.42466 * Math.sqrt(ratio ** 2 - 1))
            : volume,
        source,
      );
      const result = resample(source, grid, { method, antiAlias: true, dataType: 'float64' });
      expect(largestDifference(result.data, naiveResample(smoothed, grid, method))).toBeLessThan(1e-2);
      expect(largestDifference(result.data, naiveResample(source, grid, method))).toBeGreaterThan(50);
    }
  });
});

describe('resample, properties', () => {
  test('whole shifts, flips and permutations are exact for every method', () => {
    const shifted = multiplyAffines(source.voxelToWorld, identity.with(3, 2).with(7, -3).with(11, 1));
    for (const codes of ['RAS', 'LPI', 'SAR', 'PIL']) {
      const grid = gridOf(reorient(randomVolume([11, 9, 13], shifted), codes));
      const exact = naiveResample(source, grid, 'nearest');
      for (const method of methods) {
        expect(largestDifference(resample(source, grid, { method }).data, exact)).toBe(0);
      }
    }
  });

  test('the storage order of the source makes no difference, to the last bit', () => {
    const grid = { shape, voxelToWorld: aligned };
    for (const method of methods) {
      for (const antiAlias of method === 'nearest' ? [false] : [false, true]) {
        const expected = resample(source, grid, { method, antiAlias } as object).data;
        for (const codes of all48Orders) {
          const result = resample(reorient(source, codes), grid, { method, antiAlias } as object).data;
          expect(largestDifference(result, expected), `${method} ${codes}`).toBe(0);
        }
      }
    }
  });

  test('a constant stays constant inside, smoothed or not', () => {
    const constant = createVolume(new Int16Array(11 * 9 * 13).fill(700), [11, 9, 13], source.voxelToWorld);
    const grids = [aligned, turnedAffine([2, 2, 2], [0.1, 0.2, 0.3], [-4, -3, -5])];
    for (const voxelToWorld of grids) {
      for (const antiAlias of [false, true]) {
        for (const method of ['linear', 'cubic'] as const) {
          const { data } = resample(
            constant,
            { shape: [5, 4, 4], voxelToWorld },
            { method, antiAlias, fill: 700 },
          );
          expect(largestDifference(data, new Float32Array(80).fill(700))).toBeLessThan(1e-3);
        }
      }
    }
  });

  test('smoothing only happens along axes that get coarser', () => {
    const finer = { shape, voxelToWorld: turnedAffine([0.8, 0.8, 0.9], [0, 0, 0], [-5, -3, -7]) };
    const plain = resample(source, finer);
    expect(resample(source, finer, { antiAlias: true }).data).toEqual(plain.data);
  });

  test('smoothing widens a point to the full width at half maximum that the formula asks for', () => {
    expect(antiAliasSigma(1)).toBe(0);
    expect(antiAliasSigma(0.5)).toBe(0);
    expect(antiAliasSigma(2)).toBeCloseTo(0.42466 * Math.sqrt(3), 5);
  });

  test('stripes finer than the target vanish with smoothing and alias without', () => {
    const stripes = createVolume(
      Float32Array.from({ length: 60 }, (_, n) => (n % 2) * 100),
      [60, 1, 1],
      identity,
    );
    const grid = places(19, 1, 3);
    // Near the ends the source is continued by its last stripe, which is no stripe pattern.
    const spread = (data: Float32Array) => Math.max(...data.slice(2, -2)) - Math.min(...data.slice(2, -2));
    expect(spread(resample(stripes, grid).data)).toBe(100);
    expect(spread(resample(stripes, grid, { antiAlias: true }).data)).toBeLessThan(1);
  });

  test('a grid that misses the source is all fill', () => {
    for (const angle of [0, 0.3]) {
      const far = { shape, voxelToWorld: turnedAffine([1, 1, 1], [0, 0, angle], [500, 0, 0]) };
      for (const method of methods) {
        expect(resample(source, far, { method, fill: 3 }).data.every((value) => value === 3)).toBe(true);
      }
    }
  });

  test('header rounding does not turn a copy into an interpolation', () => {
    const rounded = { shape: source.shape, voxelToWorld: source.voxelToWorld.map((v) => v * (1 + 6e-8)) };
    expect(resample(source, rounded).data).toEqual(source.data);
    expect(axisCodes(rounded.voxelToWorld)).toBe('RAS');
  });
});
