import { expect, test } from 'vitest';
import { compareWithNorms } from './compare-with-norms.ts';
import { publishedNorms } from './published-norms.ts';

const number = (id: string, value: number) => ({ id, title: id, unit: '', digits: 2, value });
const volumes = [
  number('label4Ml', 20),
  number('label43Ml', 25),
  number('label14Ml', 3),
  number('label15Ml', 7),
  number('totalMl', 55),
];
const all = [...volumes, number('evansIndex', 0.308), number('ventricleSharePercent', 3.64)];
const reasons = (...args: Parameters<typeof compareWithNorms>) =>
  compareWithNorms(...args).notCompared.map(({ reason }) => reason);

test('numbers of a person inside the range are told in standard deviations', () => {
  const { compared, notCompared } = compareWithNorms(all, { sex: 'F', ageYears: 65 });
  expect(notCompared).toEqual([]);
  // (55 - 37) / 18, (3.64 - 2.47) / 1.17, (0.308 - 0.281) / 0.027: one each.
  expect(compared.map(({ norm, value }) => [norm.number, value])).toEqual([
    ['totalMl', 55],
    ['ventricleSharePercent', 3.64],
    ['evansIndex', 0.308],
  ]);
  for (const { z } of compared) expect(z).toBeCloseTo(1, 9);
});

test('nothing is carried over to other ages, and nothing is said of a person who is not known', () => {
  for (const ageYears of [64.9, 77.1, 30]) {
    expect(reasons(all, { sex: 'M', ageYears })).toEqual(['AGE_OUTSIDE', 'AGE_OUTSIDE', 'AGE_OUTSIDE']);
  }
  expect(reasons(all, { sex: undefined, ageYears: 70 })).toContain('SEX_UNKNOWN');
  expect(reasons(all, { sex: 'M', ageYears: undefined })).toContain('AGE_UNKNOWN');
  expect(compareWithNorms(all, { sex: undefined, ageYears: undefined }).compared).toEqual([]);
});

test('sums that lack a part are not compared', () => {
  const person = { sex: 'M', ageYears: 70 } as const;
  const missing = (id: string) =>
    reasons(
      all.filter((entry) => entry.id !== id),
      person,
    );
  const emptied = all.map((entry) => (entry.id === 'label14Ml' ? { ...entry, value: 0 } : entry));
  expect(missing('label15Ml')).toEqual(['NOT_MEASURED', 'NOT_MEASURED']);
  expect(reasons(emptied, person)).toEqual(['NOT_MEASURED', 'NOT_MEASURED']);
  expect(missing('evansIndex')).toEqual(['NOT_MEASURED']);
});

test('a norm for one sex is not used for the other', () => {
  const norms = [{ ...publishedNorms[2]!, sexes: ['F'] as const }];
  expect(compareWithNorms(all, { sex: 'F', ageYears: 70 }, { norms }).compared).toHaveLength(1);
  expect(compareWithNorms(all, { sex: 'M', ageYears: 70 }, { norms }).compared).toHaveLength(0);
});

test('without a skull only what is not related to its inside is compared', () => {
  const { compared, notCompared } = compareWithNorms(
    all,
    { sex: 'M', ageYears: 70 },
    { skullStripped: true },
  );
  expect(compared.map(({ norm }) => norm.number)).toEqual(['totalMl']);
  expect(notCompared.map(({ reason }) => reason)).toEqual(['SKULL_STRIPPED', 'SKULL_STRIPPED']);
});

test('every norm can be found again, and its limit lies above its mean', () => {
  expect(new Set(publishedNorms.map(({ id }) => id)).size).toBe(publishedNorms.length);
  for (const { citation, doi, confirmedIn, mean, sd, upperLimit, age, people } of publishedNorms) {
    expect(citation).toMatch(/\(\d{4}\)$/);
    expect(doi).toMatch(/^10\.\d+\//);
    expect(confirmedIn.length).toBeGreaterThan(10);
    expect(sd).toBeGreaterThan(0);
    expect(people).toBeGreaterThan(20);
    expect(age.to).toBeGreaterThan(age.from);
    if (upperLimit !== null) expect(upperLimit.value).toBeGreaterThan(mean);
  }
});
