/**
 * A person's numbers beside published norms: only where sex and age are known and inside of what the publication
 * covers. Nothing is carried over to other ages.
 */
import type { ScanNumber } from '../error-bar/scan-numbers.ts';
import { type PublishedNorm, publishedNorms, type Sex } from './published-norms.ts';

export interface Person {
  readonly sex: Sex | undefined;
  readonly ageYears: number | undefined;
}

export const notComparedReasons = [
  'AGE_UNKNOWN',
  'SEX_UNKNOWN',
  'AGE_OUTSIDE',
  'NOT_MEASURED',
  'SKULL_STRIPPED',
] as const;

export interface NormComparison {
  readonly norm: PublishedNorm;
  readonly value: number;
  /** Standard deviations above the mean. */
  readonly z: number;
}

export interface NormNotCompared {
  readonly norm: PublishedNorm;
  readonly reason: (typeof notComparedReasons)[number];
}

export interface NormComparisons {
  readonly compared: readonly NormComparison[];
  readonly notCompared: readonly NormNotCompared[];
}

export interface NormOptions {
  readonly norms?: readonly PublishedNorm[];
  /** Whether the scan has no skull, so that what is related to its inside is too large; default false. */
  readonly skullStripped?: boolean;
}

/** @param numbers of one scan */
export function compareWithNorms(
  numbers: readonly ScanNumber[],
  { sex, ageYears }: Person,
  { norms = publishedNorms, skullStripped = false }: NormOptions = {},
): NormComparisons {
  const compared: NormComparison[] = [];
  const notCompared: NormNotCompared[] = [];
  const amountOf = (id: string) => numbers.find((number) => number.id === id)?.value;
  for (const norm of norms) {
    const value = amountOf(norm.number);
    const reason = reasonAgainst(norm, value);
    if (reason !== undefined) notCompared.push({ norm, reason });
    else compared.push({ norm, value: value!, z: (value! - norm.mean) / norm.sd });
  }
  return { compared, notCompared };

  function reasonAgainst(
    norm: PublishedNorm,
    value: number | undefined,
  ): NormNotCompared['reason'] | undefined {
    if (ageYears === undefined) return 'AGE_UNKNOWN';
    if (sex === undefined || !norm.sexes.includes(sex)) return 'SEX_UNKNOWN';
    if (ageYears < norm.age.from || ageYears > norm.age.to) return 'AGE_OUTSIDE';
    if (value === undefined || norm.needs.some((id) => !(amountOf(id)! > 0))) return 'NOT_MEASURED';
    return skullStripped && norm.relatedToSkull ? 'SKULL_STRIPPED' : undefined;
  }
}
