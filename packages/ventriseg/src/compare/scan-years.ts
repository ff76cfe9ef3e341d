/** How many years lie between scans: from dates, or from an interval that is given. */
import { VentrisegError } from '../errors.ts';

const dayMs = 86_400_000;
const daysPerYear = 365.25;

/**
 * Milliseconds of a day as people (`2024-03-01`) and DICOM (`20240301`) write it; undefined for what is none, such as
 * February 30.
 */
export function dayOf(date: string): number | undefined {
  const match = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(date.trim());
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.getTime() : undefined;
}

export interface YearsOptions {
  /** One date a scan, YYYY-MM-DD. */
  readonly dates?: readonly string[];
  /** Years from each scan to the next. */
  readonly intervalYears?: number;
}

/**
 * Years of each scan since the first one; null for those that cannot be told.
 *
 * @param known dates that the scans themselves tell
 * @throws VentrisegError BAD_ARGUMENT for dates and an interval together, a date that is none, or not one a scan
 */
export function yearsOfScans(
  known: readonly (string | undefined)[],
  { dates, intervalYears }: YearsOptions,
): (number | null)[] {
  if (dates !== undefined && intervalYears !== undefined) {
    throw new VentrisegError('BAD_ARGUMENT', 'dates and an interval were given; one of them is enough');
  }
  if (intervalYears !== undefined) {
    if (!(intervalYears > 0 && Number.isFinite(intervalYears))) {
      throw new VentrisegError('BAD_ARGUMENT', `the interval must be over 0 years, got ${intervalYears}`);
    }
    return known.map((_, k) => k * intervalYears);
  }
  if (dates !== undefined && dates.length !== known.length) {
    throw new VentrisegError('BAD_ARGUMENT', `${known.length} scans need as many dates, got ${dates.length}`);
  }
  const days = (dates ?? known).map((date) => (date === undefined ? undefined : dayOf(date)));
  const wrong = dates?.findIndex((_, k) => days[k] === undefined) ?? -1;
  if (wrong >= 0) {
    throw new VentrisegError('BAD_ARGUMENT', `'${dates![wrong]}' is no date; write it as YYYY-MM-DD`);
  }
  const first = days[0];
  return days.map((day) =>
    day === undefined || first === undefined ? null : (day - first) / (dayMs * daysPerYear),
  );
}
