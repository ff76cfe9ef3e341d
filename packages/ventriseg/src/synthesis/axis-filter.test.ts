import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisFilter, type Block, filterAxis } from './axis-filter.ts';

const block = (values: readonly number[], shape: Block['shape']): Block => ({
  data: Float32Array.from(values),
  shape,
});

/** Sum over all inputs with the formula, one output after another. */
function naive({ data, shape }: Block, axis: 0 | 1 | 2, outputs: number, sigma: number): number[] {
  const inputs = shape[axis];
  const newShape = [...shape];
  newShape[axis] = outputs;
  const [nx, ny, nz] = newShape as [number, number, number];
  const radius = sigma > 0 ? Math.max(1, Math.ceil(2.5 * sigma)) : 1;
  const result: number[] = [];
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++) {
        const at = [i, j, k];
        const position = (at[axis]! + 0.5) * (inputs / outputs) - 0.5;
        let sum = 0;
        let weights = 0;
        for (let n = Math.round(position) - radius; n <= Math.round(position) + radius; n++) {
          const d = Math.abs(n - position);
          const weight = sigma > 0 ? Math.exp(-(d ** 2) / (2 * sigma ** 2)) : Math.max(0, 1 - d);
          at[axis] = Math.min(Math.max(n, 0), inputs - 1);
          sum += weight * data[at[0]! + shape[0] * (at[1]! + shape[1] * at[2]!)]!;
          weights += weight;
        }
        result.push(sum / weights);
      }
    }
  }
  return result;
}

describe('filterAxis', () => {
  test('as many samples without blur change nothing', () => {
    const line = block([3, 1, 4, 1, 5], [5, 1, 1]);
    expect([...filterAxis(line, 0, axisFilter(5, 5, 0)).data]).toEqual([3, 1, 4, 1, 5]);
  });

  test('twice as many samples lie a quarter off, half as many between two', () => {
    expect([...filterAxis(block([0, 4], [1, 2, 1]), 1, axisFilter(2, 4, 0)).data]).toEqual([0, 1, 3, 4]);
    expect([...filterAxis(block([0, 4, 2, 6], [1, 1, 4]), 2, axisFilter(4, 2, 0)).data]).toEqual([2, 4]);
  });

  test('along every axis, whatever the sizes: the same as the formula', () => {
    fc.assert(
      fc.property(
        fc.tuple(
          fc.integer({ min: 2, max: 9 }),
          fc.integer({ min: 2, max: 9 }),
          fc.integer({ min: 2, max: 9 }),
        ),
        fc.constantFrom(0, 1, 2),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(0, 0.4, 1, 2.3),
        (shape, axis, outputs, sigma) => {
          const size = shape[0] * shape[1] * shape[2];
          const source = block(
            Array.from({ length: size }, (_, n) => ((n * 7919) % 101) / 100),
            shape,
          );
          const filter = axisFilter(shape[axis]!, outputs, sigma);
          const filtered = filterAxis(source, axis as 0 | 1 | 2, filter);
          const expected = naive(source, axis as 0 | 1 | 2, outputs, sigma);
          expect(filtered.data.length).toBe(expected.length);
          expected.forEach((value, n) => {
            expect(filtered.data[n]).toBeCloseTo(value, 5);
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a constant stays constant up to the ends, an even blur keeps the sum of an impulse', () => {
    const filter = axisFilter(40, 13, 2);
    expect(
      filterAxis(block(new Array(40).fill(0.7), [40, 1, 1]), 0, filter).data.every(
        (v) => Math.abs(v - 0.7) < 1e-6,
      ),
    ).toBe(true);
    const impulse = block(
      Array.from({ length: 41 }, (_, n) => (n === 20 ? 1 : 0)),
      [41, 1, 1],
    );
    const blurred = filterAxis(impulse, 0, axisFilter(41, 41, 1.7)).data;
    expect(blurred.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 5);
    expect(blurred[17]).toBeCloseTo(blurred[23]!, 6);
  });
});
