import { expect, test } from 'vitest';
import { ageYearsFrom } from './patient-age.ts';

test.each([
  ['041Y', 41],
  ['018M', 1.5],
  ['000Y', 0],
  [' 41y ', 41],
])('the age string %s is %f years', (age, years) => {
  expect(ageYearsFrom(age, '', '')).toBe(years);
});

test('weeks and days are fractions of a year', () => {
  expect(ageYearsFrom('052W', '', '')).toBeCloseTo(0.9966, 4);
  expect(ageYearsFrom('003D', '', '')).toBeCloseTo(0.0082, 4);
});

test('without an age string, the years between birth and examination count', () => {
  expect(ageYearsFrom('', '19800515', '20200514')).toBe(39);
  expect(ageYearsFrom('', '19800515', '20200516')).toBe(40);
  expect(ageYearsFrom('', '1980.05.15', '2020-05-16')).toBe(40);
});

test.each([
  ['', '', ''],
  ['unknown', '', '20200101'],
  ['', '18000101', '20200101'],
  ['', '20210101', '20200101'],
  ['999Y', '', ''],
])('no age can be told from "%s", "%s", "%s"', (age, birth, examination) => {
  expect(ageYearsFrom(age, birth, examination)).toBeUndefined();
});
