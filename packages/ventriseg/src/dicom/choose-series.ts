/**
 * Picks the one series to measure: the one the user names, or the most suitable one, with the reason in words.
 */
import { VentrisegError } from '../errors.ts';
import { type DicomSeries, describeSeries } from './dicom-series.ts';
import { type RatedSeries, rateSeries, T1_LIKE_SCORE } from './series-suitability.ts';

export interface ChosenSeries {
  readonly series: DicomSeries;
  /** Why this one, e.g. `it is called MPRAGE, is a 3-D acquisition`. */
  readonly because: string;
  /** Full sentences for people: doubts about the choice. */
  readonly warnings: readonly string[];
}

/** More candidates than this are counted, not listed. */
const LISTED = 12;

/**
 * Chooses among series.
 *
 * @param series at least one
 * @param wanted a SeriesInstanceUID, a series number, or part of a description, upper and lower case alike
 * @param path where the series are, for messages
 * @throws VentrisegError SERIES_NOT_FOUND, SERIES_AMBIGUOUS; NO_DICOM_IMAGES when none was named and none is an MR
 * scan of the head. All list what there is.
 */
export function chooseSeries(
  series: readonly DicomSeries[],
  wanted: string | undefined,
  path: string,
): ChosenSeries {
  if (wanted !== undefined) {
    const found = namedSeries(series, wanted, path);
    return {
      series: found,
      because: `asked for by "${oneLine(wanted)}"`,
      warnings: doubts(rateSeries(found)),
    };
  }
  const ranked = series.map(rateSeries).sort(
    (a, b) =>
      Number(b.usable) - Number(a.usable) ||
      b.score - a.score ||
      b.series.images - a.series.images ||
      // A repeated acquisition is usually repeated because the first one failed.
      (b.series.number ?? 0) - (a.series.number ?? 0),
  );
  const best = ranked[0]!;
  if (!best.usable) throw nothingUsable(ranked, path);
  return {
    series: best.series,
    because: reason(best, series.length),
    warnings: [...doubts(best), ...rivals(ranked)],
  };
}

function nothingUsable(ranked: readonly RatedSeries[], path: string): VentrisegError {
  const shown = ranked.slice(0, LISTED).map(({ series, clues }) => {
    const worst = [...clues].sort((a, b) => a.points - b.points)[0]!;
    return `${describeSeries(series)} ${worst.words}`;
  });
  const more = ranked.length > shown.length ? `; and ${ranked.length - shown.length} more` : '';
  return new VentrisegError(
    'NO_DICOM_IMAGES',
    `${path}: no series is an MR scan of the head: ${shown.join('; ')}${more}; ` +
      `name a series to open it all the same`,
    { path },
  );
}

/** Other series that might have been meant: as suitable as the best, or of another examination or person. */
function rivals([best, ...others]: readonly RatedSeries[]): string[] {
  const taken = describeSeries(best!.series);
  const suitable = others.filter(({ score }) => score >= T1_LIKE_SCORE);
  const elsewhere = suitable.filter(
    ({ series }) => series.studyInstanceUid !== best!.series.studyInstanceUid,
  );
  if (elsewhere.length > 0) {
    const names = list(elsewhere.map(({ series }) => series));
    return [
      `${taken} was taken, but different examinations lie together and ${names} could be meant; ` +
        `name a series to choose.`,
    ];
  }
  const equals = suitable.filter(({ score }) => score === best!.score);
  if (equals.length === 0) return [];
  const names = list(equals.map(({ series }) => series));
  return [`${taken} was taken, but ${names} would suit as well; name a series to choose.`];
}

function namedSeries(series: readonly DicomSeries[], wanted: string, path: string): DicomSeries {
  const asked = wanted.trim();
  const needle = asked.toLowerCase();
  const names = (one: DicomSeries) => {
    const { seriesDescription, protocolName } = one.headers[0]!;
    return [seriesDescription.toLowerCase(), protocolName.toLowerCase()].filter((name) => name !== '');
  };
  const attempts: ((one: DicomSeries) => boolean)[] = [
    (one) => one.seriesInstanceUid === asked,
    (one) => /^#?\d+$/.test(asked) && one.number === Number(asked.replace('#', '')),
    (one) => names(one).includes(needle),
    (one) => needle !== '' && names(one).some((name) => name.includes(needle)),
  ];
  for (const matches of attempts) {
    const found = series.filter(matches);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      throw new VentrisegError(
        'SERIES_AMBIGUOUS',
        `${path}: "${oneLine(asked)}" fits ${found.length} series: ${list(found, true)}; give the UID of one`,
        { path },
      );
    }
  }
  throw new VentrisegError(
    'SERIES_NOT_FOUND',
    `${path}: no series has "${oneLine(asked)}" as its UID or number or in its description; there is ${list(series)}`,
    { path },
  );
}

/** Why a series won: what speaks for it, or that nothing does. */
function reason(best: RatedSeries, count: number): string {
  const clues = best.clues.filter(({ points }) => points > 0).map(({ words }) => words);
  const why = clues.length === 0 ? 'nothing better is there' : `it ${clues.join(', ')}`;
  return count === 1 ? `it is the only image series; ${why}` : `best of ${count} image series: ${why}`;
}

function doubts({ series, score, clues }: RatedSeries): string[] {
  const against = clues.filter(({ points }) => points < 0).map(({ words }) => words);
  if (score >= T1_LIKE_SCORE) return [];
  const why = against.length === 0 ? 'nothing in its header says so' : `it ${against.join(', ')}`;
  return [`${describeSeries(series)} does not look like a T1-weighted 3-D head scan: ${why}.`];
}

function list(series: readonly DicomSeries[], withUid = false): string {
  const shown = series
    .slice(0, LISTED)
    .map((one) => (withUid ? `${describeSeries(one)} UID ${one.seriesInstanceUid}` : describeSeries(one)));
  const more = series.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 80);
}
