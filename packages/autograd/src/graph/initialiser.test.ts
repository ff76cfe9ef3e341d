import { expect, test } from 'vitest';
import { SeededRandom } from '../random/seeded-random.ts';
import { type Initialiser, initialise } from './initialiser.ts';

/** Start values of a kernel [out, in, 5, 5] and their standard deviation and range. */
function values(initialiser: Initialiser, shape: readonly number[], seed = 1) {
  const target = new Float32Array(shape.reduce((a, b) => a * b, 1));
  initialise(target, shape, initialiser, new SeededRandom(seed));
  const mean = target.reduce((a, b) => a + b, 0) / target.length;
  const sd = Math.sqrt(target.reduce((a, b) => a + (b - mean) ** 2, 0) / target.length);
  return { target, mean, sd, largest: Math.max(...target.map(Math.abs)) };
}

const kernel = [40, 20, 5, 5];

test('constant', () => {
  expect([...values({ kind: 'constant', value: 0.5 }, [3]).target]).toEqual([0.5, 0.5, 0.5]);
});

test('truncated normal: nothing beyond two sd, and the sd that leaves', () => {
  const { mean, sd, largest } = values({ kind: 'truncated-normal', sd: 0.1 }, kernel);
  expect(Math.abs(mean)).toBeLessThan(0.003);
  expect(sd).toBeCloseTo(0.1 * Math.sqrt(0.774), 2);
  expect(largest).toBeLessThanOrEqual(0.2);
  expect(largest).toBeGreaterThan(0.19);
});

test('He: sd sqrt(2 / fan in), the fan in being input channels times taps', () => {
  expect(values({ kind: 'he-normal' }, kernel).sd).toBeCloseTo(Math.sqrt(2 / (20 * 25)), 3);
  expect(values({ kind: 'he-normal', gain: 3 }, kernel).sd).toBeCloseTo(3 / Math.sqrt(20 * 25), 2);
});

test('Glorot: uniform up to sqrt(6 / (fan in + fan out))', () => {
  const limit = Math.sqrt(6 / ((20 + 40) * 25));
  const { sd, largest } = values({ kind: 'glorot-uniform' }, kernel);
  expect(largest).toBeLessThanOrEqual(limit);
  expect(sd).toBeCloseTo(limit / Math.sqrt(3), 3);
});

test('the same seed gives the same values, another one others', () => {
  const start = (seed: number) => values({ kind: 'he-normal' }, kernel, seed).target;
  expect(start(5)).toEqual(start(5));
  expect(start(5)).not.toEqual(start(6));
});

test('an unknown initialiser is refused', () => {
  const unknown = { kind: 'orthogonal' } as unknown as Initialiser;
  expect(() => values(unknown, [2, 2])).toThrow('unknown initialiser {"kind":"orthogonal"}');
});
