import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeededRandom } from './seeded-random.ts';

describe('SeededRandom', () => {
  test('is sfc32: from state 1 2 3 4 the first outputs are those of the published recurrence', () => {
    // a, b, c, d = 1, 2, 3, 4: out = a + b + d; d + 1; a = b ^ (b >> 9); b = c + (c << 3); c = rotl(c, 21) + out.
    const random = new SeededRandom([1, 2, 3, 4]);
    expect([random.nextUint32(), random.nextUint32()]).toEqual([7, 34]);
    expect(random.state).toEqual([27, ((3 * 2 ** 21 + 7) * 9) | 0, rotateLeft(3 * 2 ** 21 + 7, 21) + 34, 6]);
  });

  test('same seed, same numbers; seeds that differ only above 2^32 differ', () => {
    const draw = (seed: number) => {
      const random = new SeededRandom(seed);
      return [random.next(), random.next()];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7)).not.toEqual(draw(7 + 2 ** 32));
  });

  test('goes on from a saved state through JSON, wherever it was stopped', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 20 }), (seed, before) => {
        const random = new SeededRandom(seed);
        for (let k = 0; k < before; k++) random.normal();
        const resumed = new SeededRandom(JSON.parse(JSON.stringify(random.state)));
        const tail = (r: SeededRandom) => [r.normal(), r.normal(), r.next(), r.nextInt(10)];
        expect(tail(resumed)).toEqual(tail(random));
      }),
    );
  });

  test('next() is uniform in [0, 1): mean 1/2, variance 1/12', () => {
    const random = new SeededRandom(1);
    let sum = 0;
    let squares = 0;
    const n = 100_000;
    for (let k = 0; k < n; k++) {
      const x = random.next();
      if (!(x >= 0 && x < 1)) expect.fail(`${x} is not in [0, 1)`);
      sum += x;
      squares += x * x;
    }
    expect(sum / n).toBeCloseTo(0.5, 2);
    expect(squares / n - (sum / n) ** 2).toBeCloseTo(1 / 12, 2);
  });

  test('nextInt() gives each number equally often, and stays in range at 2^53 - 1', () => {
    const random = new SeededRandom(2);
    const counts = new Array<number>(7).fill(0);
    for (let k = 0; k < 70_000; k++) counts[random.nextInt(7)]!++;
    // Standard deviation of each count is 93.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(450);
    expect(random.nextInt(1)).toBe(0);
    expect(random.nextInt(2 ** 53 - 1)).toBeLessThan(2 ** 53 - 1);
  });

  test('normal() has mean 0, variance 1 and no excess kurtosis', () => {
    const random = new SeededRandom(3);
    const n = 100_000;
    const x = Array.from({ length: n }, () => random.normal());
    const mean = x.reduce((s, v) => s + v, 0) / n;
    const moment = (p: number) => x.reduce((s, v) => s + (v - mean) ** p, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(moment(4) / moment(2) ** 2).toBeCloseTo(3, 0);
    expect(x.every(Number.isFinite)).toBe(true);
  });

  test('shuffle() keeps the items and reaches all orders of three equally often', () => {
    const random = new SeededRandom(4);
    const orders = new Map<string, number>();
    for (let k = 0; k < 6000; k++) {
      const order = random.shuffle(['a', 'b', 'c']).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect([...orders.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect([...random.shuffle(Uint32Array.of(5, 6, 7))].sort()).toEqual([5, 6, 7]);
  });

  test('refuses what it cannot be seeded with', () => {
    expect(() => new SeededRandom(-1)).toThrow('seed must be an integer from 0 to 2^53 - 1: -1');
    expect(() => new SeededRandom(0.5)).toThrow(RangeError);
    expect(() => new SeededRandom([1, 2, 3, Number.NaN])).toThrow('four 32-bit integers: [1, 2, 3, NaN]');
    expect(() => new SeededRandom([1, 2, 3] as never)).toThrow(RangeError);
    expect(() => new SeededRandom(1).nextInt(0)).toThrow('nextInt(n) needs an integer from 1 to 2^53 - 1: 0');
  });

  test('truncatedNormal() stays within two standard deviations', () => {
    const random = new SeededRandom(5);
    const x = Array.from({ length: 20_000 }, () => random.truncatedNormal());
    expect(Math.max(...x.map(Math.abs))).toBeLessThanOrEqual(2);
    // Variance of the standard normal cut at 2: 1 - 4 phi(2) / (2 Phi(2) - 1) = 0.774.
    expect(x.reduce((s, v) => s + v * v, 0) / x.length).toBeCloseTo(0.774, 1);
  });
});

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
