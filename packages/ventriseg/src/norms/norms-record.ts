/** Comparisons with norms as a part of JSON records. */
import { z } from 'zod';
import type { ScanNumber } from '../error-bar/scan-numbers.ts';
import { compareWithNorms, type NormOptions, notComparedReasons, type Person } from './compare-with-norms.ts';

const normFields = {
  id: z.string().describe('Stable id of the norm.'),
  number: z.string().describe('Id of the number that is compared.'),
  title: z.string(),
  citation: z.string(),
  doi: z.string(),
};

export const normsSchema = z.strictObject({
  sex: z.enum(['F', 'M']).nullable(),
  ageYears: z.number().nullable(),
  compared: z.array(
    z.strictObject({
      ...normFields,
      unit: z.string(),
      digits: z.number().int().min(0),
      value: z.number().describe('The number of this scan.'),
      z: z.number().describe('Standard deviations above the mean of the norm.'),
      mean: z.number(),
      sd: z.number(),
      upperLimit: z.strictObject({ value: z.number(), meaning: z.string() }).nullable(),
      people: z.number().int().describe('How many people were studied.'),
      population: z.string(),
      age: z.strictObject({ from: z.number(), to: z.number() }).describe('Years, both ends included.'),
      confirmedIn: z.string().describe('Where the numbers of the norm were read.'),
      remark: z.string(),
    }),
  ),
  notCompared: z.array(z.strictObject({ ...normFields, reason: z.enum(notComparedReasons) })),
});

/** undefined for a person of whom neither sex nor age is known. */
export function normsRecord(
  numbers: readonly ScanNumber[],
  person: Person,
  options: NormOptions = {},
): z.infer<typeof normsSchema> | undefined {
  const { sex, ageYears } = person;
  if (sex === undefined && ageYears === undefined) return undefined;
  const { compared, notCompared } = compareWithNorms(numbers, person, options);
  return {
    sex: sex ?? null,
    ageYears: ageYears ?? null,
    compared: compared.map(({ norm: { needs: _, sexes: __, relatedToSkull: ___, ...norm }, value, z }) => ({
      ...norm,
      value: Math.round(value * 1e6) / 1e6,
      z: Math.round(z * 1e3) / 1e3,
    })),
    notCompared: notCompared.map(({ norm: { id, number, title, citation, doi }, reason }) => ({
      ...{ id, number, title, citation, doi },
      reason,
    })),
  };
}
