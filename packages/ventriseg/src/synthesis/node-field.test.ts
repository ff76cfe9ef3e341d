import { SeededRandom } from 'onnx-autograd';
import { describe, expect, test } from 'vitest';
import { nodeCount, nodeSpacingMm, readNodeRow, smoothRandomField } from './node-field.ts';

describe('fields at nodes', () => {
  test('a row is read exactly at nodes and linearly between them', () => {
    const field = new Float32Array(nodeCount ** 3);
    for (let k = 0; k < nodeCount; k++) {
      for (let j = 0; j < nodeCount; j++) {
        for (let i = 0; i < nodeCount; i++)
          field[i + nodeCount * (j + nodeCount * k)] = i + 100 * j + 10000 * k;
      }
    }
    const row = new Float32Array(nodeCount);
    readNodeRow(field, 5 * nodeSpacingMm, 7 * nodeSpacingMm, row);
    expect([row[0], row[64]]).toEqual([70500, 70564]);
    readNodeRow(field, 5.25 * nodeSpacingMm, 7.5 * nodeSpacingMm, row);
    expect(row[3]).toBeCloseTo(525 + 75000 + 3, 1);
  });

  test('smooth random fields have the spread asked for, and no kinks', () => {
    const spreads: number[] = [];
    let roughest = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const field = smoothRandomField(new SeededRandom(seed), 32, 2);
      let squares = 0;
      for (const value of field) squares += value * value;
      spreads.push(squares / field.length);
      for (let i = 1; i < nodeCount - 1; i++) {
        const at = i + nodeCount * (30 + nodeCount * 30);
        roughest = Math.max(roughest, Math.abs(field[at - 1]! - 2 * field[at]! + field[at + 1]!));
      }
    }
    const spread = Math.sqrt(spreads.reduce((sum, v) => sum + v, 0) / spreads.length);
    expect(spread).toBeGreaterThan(1.8);
    expect(spread).toBeLessThan(2.2);
    // Control points are 8 nodes apart: the second difference is small against the field, everywhere.
    expect(roughest).toBeLessThan(0.4);
  });

  test('the spline is the sum of its control points times cubic B-splines', () => {
    const spacing = 64;
    const random = new SeededRandom(3);
    const controls = 256 / spacing + 4;
    const coefficients = Float64Array.from({ length: controls ** 3 }, () => random.normal() / 0.479 ** 1.5);
    const field = smoothRandomField(new SeededRandom(3), spacing, 1);
    const spline = (t: number) => {
      const a = Math.abs(t);
      if (a < 1) return 2 / 3 - a ** 2 + a ** 3 / 2;
      return a < 2 ? (2 - a) ** 3 / 6 : 0;
    };
    for (const [i, j, k] of [
      [0, 0, 0],
      [13, 40, 64],
      [31, 7, 22],
    ] as const) {
      let sum = 0;
      for (let n = 0; n < coefficients.length; n++) {
        const [a, b, c] = [n % controls, Math.floor(n / controls) % controls, Math.floor(n / controls ** 2)];
        const place = (node: number, control: number) => (node * nodeSpacingMm) / spacing - (control - 1);
        sum += coefficients[n]! * spline(place(i, a)) * spline(place(j, b)) * spline(place(k, c));
      }
      expect(field[i + nodeCount * (j + nodeCount * k)]).toBeCloseTo(sum, 4);
    }
  });
});
