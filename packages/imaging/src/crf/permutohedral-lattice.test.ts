import { describe, expect, test } from 'vitest';
import { seeded } from '../morphology/masks.test-helper.ts';
import { PackedKeyTable } from './packed-key-table.ts';
import { buildLattice, filterLattice } from './permutohedral-lattice.ts';

function exactSums(features: Float32Array, d: number, input: Float32Array): Float64Array {
  const sums = new Float64Array(input.length);
  for (let i = 0; i < input.length; i++) {
    for (let j = 0; j < input.length; j++) {
      let squared = 0;
      for (let k = 0; k < d; k++) squared += (features[i * d + k]! - features[j * d + k]!) ** 2;
      sums[i]! += Math.exp(-squared / 2) * input[j]!;
    }
  }
  return sums;
}

function filtered(features: Float32Array, d: number, input: Float32Array): Float32Array {
  const output = new Float32Array(input.length);
  filterLattice(buildLattice(features, d), input, output);
  return output;
}

/** Points spread evenly over a cube of `side` standard deviations, with values from 0 to 1. */
function cloud(points: number, d: number, side: number) {
  const random = seeded(40 + d);
  const features = Float32Array.from({ length: points * d }, () => (random() - 0.5) * side);
  const input = Float32Array.from({ length: points }, () => random());
  return { features, input };
}

describe('permutohedral lattice', () => {
  // Tolerances are those of the method: about twice what is measured here.
  for (const [d, points, side, sumTolerance] of [
    [1, 300, 10, 0.02],
    [2, 1000, 8, 0.03],
    [3, 2000, 6, 0.05],
    [4, 2500, 5, 0.08],
  ] as const) {
    test(`sums as the exact Gaussian does in ${d} dimensions`, () => {
      const { features, input } = cloud(points, d, side);
      const ones = new Float32Array(points).fill(1);
      const [sums, counts] = [exactSums(features, d, input), exactSums(features, d, ones)];
      const [ours, ourCounts] = [filtered(features, d, input), filtered(features, d, ones)];
      let squared = 0;
      let total = 0;
      let worst = 0;
      for (let i = 0; i < points; i++) {
        squared += (ours[i]! - sums[i]!) ** 2;
        total += sums[i]! ** 2;
        worst = Math.max(worst, Math.abs(ours[i]! / ourCounts[i]! - sums[i]! / counts[i]!));
      }
      expect(Math.sqrt(squared / total)).toBeLessThan(sumTolerance);
      // Weighted means of values from 0 to 1.
      expect(worst).toBeLessThan(0.06);
    });
  }

  test('keeps apart points that are far from one another', () => {
    const features = Float32Array.from([0, 0, 0, 20, 20, 20]);
    const output = filtered(features, 3, Float32Array.from([1, 0]));
    expect(output[0]).toBeGreaterThan(0.5);
    expect(output[1]).toBe(0);
  });

  test('is linear and may filter in place', () => {
    const { features, input } = cloud(200, 3, 3);
    const lattice = buildLattice(features, 3);
    const once = new Float32Array(200);
    filterLattice(lattice, input, once);
    const doubled = input.map((value) => 2 * value);
    filterLattice(lattice, doubled, doubled);
    for (let i = 0; i < 200; i++) expect(doubled[i]! / once[i]!).toBeCloseTo(2, 5);
  });

  test('weights are barycentric', () => {
    const { features } = cloud(500, 4, 9);
    const { weight } = buildLattice(features, 4);
    for (let point = 0; point < 500; point++) {
      const own = weight.subarray(point * 5, point * 5 + 5);
      expect(own.reduce((sum, w) => sum + w)).toBeCloseTo(1, 5);
      expect(Math.min(...own)).toBeGreaterThan(-1e-6);
    }
  });

  test('refuses features that are not finite or reach too far', () => {
    expect(() => buildLattice(Float32Array.of(0, Number.NaN), 1)).toThrow(/NaN or infinite/);
    expect(() => buildLattice(new Float32Array(8).fill(1e4), 4)).toThrow(/10000 standard deviations/);
  });
});

describe('PackedKeyTable', () => {
  test('numbers keys as a Map does, through several growths', () => {
    const random = seeded(7);
    const table = new PackedKeyTable();
    const map = new Map<number, number>();
    for (let i = 0; i < 50_000; i++) {
      const key = Math.floor((random() - 0.5) * 2 ** (10 + (i % 40)));
      if (!map.has(key)) map.set(key, map.size + 1);
      expect(table.add(key)).toBe(map.get(key));
    }
    expect(table.size).toBe(map.size);
    for (const [key, number] of map) {
      if (table.find(key) !== number || table.keyOf(number) !== key) throw new Error(`lost ${key}`);
    }
    expect(table.find(2 ** 52 + 1)).toBe(0);
  });
});
