import { expect, test } from 'vitest';
import { learningRateAt, type Schedule } from './schedule.ts';

test.each<[string, Schedule, number, number]>([
  ['constant, first', { kind: 'constant' }, 0, 0.5],
  ['constant, last', { kind: 'constant' }, 99, 0.5],
  ['cosine, first', { kind: 'cosine' }, 0, 0.5],
  ['cosine, a third', { kind: 'cosine' }, 100 / 3, 0.375],
  ['cosine, middle', { kind: 'cosine' }, 50, 0.25],
  ['cosine, end', { kind: 'cosine' }, 100, 0],
  ['cosine, beyond the end', { kind: 'cosine' }, 130, 0],
  ['cosine with a floor, middle', { kind: 'cosine', floor: 0.2 }, 50, 0.3],
  ['cosine with a floor, end', { kind: 'cosine', floor: 0.2 }, 100, 0.1],
  ['cosine, warming up, first', { kind: 'cosine', warmupSteps: 4 }, 0, 0.1],
  ['cosine, warming up, last', { kind: 'cosine', warmupSteps: 4 }, 3, 0.4],
  ['cosine, warm', { kind: 'cosine', warmupSteps: 4 }, 4, 0.5],
  ['cosine, half way after warming up', { kind: 'cosine', warmupSteps: 20 }, 60, 0.25],
  ['polynomial, first', { kind: 'polynomial' }, 0, 0.5],
  ['polynomial of power 0.9, three quarters', { kind: 'polynomial' }, 75, 0.5 * 0.25 ** 0.9],
  ['polynomial of power 2, middle', { kind: 'polynomial', power: 2 }, 50, 0.125],
  ['polynomial, end', { kind: 'polynomial' }, 100, 0],
  ['polynomial, warming up', { kind: 'polynomial', warmupSteps: 1 }, 0, 0.25],
  ['step, before', { kind: 'step', every: 30 }, 29, 0.5],
  ['step, once', { kind: 'step', every: 30 }, 30, 0.05],
  ['step by half, three times', { kind: 'step', every: 30, factor: 0.5 }, 99, 0.0625],
])('%s', (_, schedule, step, expected) => {
  expect(learningRateAt(schedule, 0.5, step, 100)).toBeCloseTo(expected, 12);
});

test('an unknown schedule is refused', () => {
  const unknown = { kind: 'cosin' } as unknown as Schedule;
  expect(() => learningRateAt(unknown, 1, 0, 10)).toThrow('unknown learning-rate schedule {"kind":"cosin"}');
});
