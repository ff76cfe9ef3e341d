import { expect, test } from 'vitest';
import type { ErrorBar, ErrorBars } from '../error-bar/error-bars.ts';
import { changesBetween } from './change.ts';

const bar = (id: string, value: number, standardError: number | null): ErrorBar => ({
  ...{ id, title: id, unit: 'mL', digits: 2, value, mean: value },
  standardError,
  smallestDetectableChange: null,
});
const bars = (...numbers: ErrorBar[]): ErrorBars => ({ variations: 8, numbers });

test('a change is told with what it must exceed, in the unit, in percent and a year', () => {
  // From 18 to 22: 4 of 20 are 20 %; errors 0.3 and 0.4 make 0.5, with 12 degrees of freedom.
  const [change] = changesBetween(bars(bar('totalMl', 18, 0.3)), bars(bar('totalMl', 22, 0.4)), 2);
  expect(change).toMatchObject({ from: 18, to: 22, change: 4, changePercent: 20, exceeds: true });
  expect(change!.standardError).toBeCloseTo(0.5, 12);
  expect(change!.smallestDetectableChange).toBeCloseTo(0.5 * 2.1788, 4);
  expect(change).toMatchObject({ perYear: 2, percentPerYear: 10 });
  expect(change!.perYearStandardError).toBeCloseTo(0.25, 12);
});

test('exchanging the scans exchanges the sign and nothing else', () => {
  const [first, second] = [bars(bar('a', 18, 0.3)), bars(bar('a', 19, 0.4))];
  const [there] = changesBetween(first, second, 1.5);
  const [back] = changesBetween(second, first, -1.5);
  expect(back!.change).toBe(-there!.change);
  expect(back!.changePercent).toBe(-there!.changePercent!);
  expect(back!.perYear).toBe(there!.perYear);
  for (const key of [
    'standardError',
    'smallestDetectableChange',
    'exceeds',
    'perYearStandardError',
  ] as const) {
    expect(back![key]).toBe(there![key]);
  }
});

test('what is not known is null, and what only one scan has is left out', () => {
  const changes = changesBetween(bars(bar('a', 0, null), bar('b', 1, 0.1)), bars(bar('a', 0, 0.2)), null);
  expect(changes).toHaveLength(1);
  expect(changes[0]).toMatchObject({
    ...{ change: 0, changePercent: null, standardError: null, smallestDetectableChange: null },
    ...{ exceeds: null, perYear: null, perYearStandardError: null, percentPerYear: null },
  });
});

test('no change is never more than chance, even without any spread', () => {
  expect(changesBetween(bars(bar('a', 5, 0)), bars(bar('a', 5, 0)), null)[0]).toMatchObject({
    exceeds: false,
  });
});
