/**
 * The change of a number between two scans of a person, with its uncertainty.
 *
 * Percentages are of the mean of both scans (the symmetrised percent change of M. Reuter et al., "Within-subject
 * template estimation for unbiased longitudinal image analysis", NeuroImage 61, 2012), so that they only change
 * their sign when the scans are exchanged.
 */
import { detectableDifference } from '../error-bar/confidence.ts';
import type { ErrorBar, ErrorBars } from '../error-bar/error-bars.ts';
import type { ScanNumber } from '../error-bar/scan-numbers.ts';

export interface NumberChange extends Omit<ScanNumber, 'value'> {
  readonly from: number;
  readonly to: number;
  /** To less from, in the number's own unit. */
  readonly change: number;
  /** Of the mean of both, in %; null where that is 0. */
  readonly changePercent: number | null;
  /** Of the change, from the standard errors of both; null where one has none. */
  readonly standardError: number | null;
  /** What the change must exceed to be more than chance (5 %), in the number's own unit. */
  readonly smallestDetectableChange: number | null;
  /** Whether it does; null where that is not known. */
  readonly exceeds: boolean | null;
  /** The change divided by the years between, and its standard error; null where the interval is not known. */
  readonly perYear: number | null;
  readonly perYearStandardError: number | null;
  /** In % of the mean of both scans a year. */
  readonly percentPerYear: number | null;
}

/** The numbers that both scans have. @param years from the first to the second; negative when it was the later one */
export function changesBetween(from: ErrorBars, to: ErrorBars, years: number | null): NumberChange[] {
  const variations = [from.variations, to.variations] as const;
  return from.numbers.flatMap((first) => {
    const second = to.numbers.find(({ id }) => id === first.id);
    return second === undefined ? [] : [changeOf(first, second, variations, years)];
  });
}

function changeOf(
  first: ErrorBar,
  second: ErrorBar,
  variations: readonly [number, number],
  years: number | null,
): NumberChange {
  const { id, title, unit, digits } = first;
  const change = second.value - first.value;
  const middle = (first.value + second.value) / 2;
  const changePercent = middle === 0 ? null : (100 * change) / middle;
  const [a, b] = [first.standardError, second.standardError];
  const isKnown = a !== null && b !== null;
  const standardError = isKnown ? Math.hypot(a, b) : null;
  const detectable = isKnown ? detectableDifference([a, b], variations) : null;
  const perYear = years === null ? null : change / years;
  return {
    id,
    title,
    unit,
    digits,
    from: first.value,
    to: second.value,
    change,
    changePercent,
    standardError,
    smallestDetectableChange: detectable,
    exceeds: detectable === null ? null : Math.abs(change) > detectable,
    perYear,
    perYearStandardError: years === null || standardError === null ? null : standardError / Math.abs(years),
    percentPerYear: years === null || changePercent === null ? null : changePercent / years,
  };
}
