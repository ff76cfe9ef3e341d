import { expect, test } from 'vitest';
import { dayOf, yearsOfScans } from './scan-years.ts';

const refused = (message: string) =>
  expect.objectContaining({ code: 'BAD_ARGUMENT', message: expect.stringContaining(message) });

test('days are read as people and DICOM write them; what is no day is none', () => {
  expect(dayOf('2024-03-01')).toBe(Date.UTC(2024, 2, 1));
  expect(dayOf(' 20240301 ')).toBe(Date.UTC(2024, 2, 1));
  for (const wrong of ['2024-02-30', '2024-13-01', '1.3.2024', '', '2024']) {
    expect(dayOf(wrong)).toBeUndefined();
  }
});

test('years since the first scan, from dates or an interval', () => {
  const years = yearsOfScans([undefined, undefined, undefined], {
    dates: ['2020-01-01', '2021-01-01', '2019-01-01'],
  });
  expect(years[0]).toBe(0);
  expect(years[1]).toBeCloseTo(366 / 365.25, 12);
  expect(years[2]).toBeCloseTo(-365 / 365.25, 12);
  expect(yearsOfScans([undefined, undefined, undefined], { intervalYears: 1.5 })).toEqual([0, 1.5, 3]);
});

test('what the scans tell is taken where nothing is given; a missing date is not known', () => {
  expect(yearsOfScans(['20200101', undefined], {})).toEqual([0, null]);
  expect(yearsOfScans([undefined, '20200101'], {})).toEqual([null, null]);
  expect(yearsOfScans(['20200101', '20200101'], {})).toEqual([0, 0]);
  expect(yearsOfScans(['20200101', 'nonsense'], {})).toEqual([0, null]);
  expect(yearsOfScans(['20200101', '20210101'], { dates: ['2020-01-01', '2020-01-01'] })).toEqual([0, 0]);
});

test('dates that do not fit are refused', () => {
  const two = [undefined, undefined];
  expect(() => yearsOfScans(two, { dates: ['2020-01-01'] })).toThrow(
    refused('2 scans need as many dates, got 1'),
  );
  expect(() => yearsOfScans(two, { dates: ['2020-01-01', '2020-02-30'] })).toThrow(
    refused("'2020-02-30' is no date"),
  );
  expect(() => yearsOfScans(two, { intervalYears: 0 })).toThrow(refused('over 0 years, got 0'));
  expect(() => yearsOfScans(two, { dates: [], intervalYears: 1 })).toThrow(refused('one of them is enough'));
});
