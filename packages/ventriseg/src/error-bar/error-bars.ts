/**
 * How far the numbers of a scan can be trusted: the scan is segmented again as it could have been taken as well
 * (see variations.ts), and the spread of the numbers is their standard error of measurement. It is the standard
 * deviation over the variations or, where that is larger, Dahlberg's error of pairs of measurements, here of the scan
 * and each variation: the root of half their mean squared difference (G. Dahlberg, "Statistical methods for medical and
 * biological students", 1940). The latter also counts what all variations shift alike, such as the blur of
 * interpolation, which makes thin parts smaller.
 *
 * The smallest detectable change is t sqrt(2) standard errors, with Student's t for as many variations as there were (2.36
 * for eight): two measurements of an unchanged head differ by more in 5 % of cases (J. M. Bland, D. G. Altman,
 * "Measurement error", BMJ 313, 1996; H. Beckerman et al., "Smallest real difference, a link between reproducibility and
 * responsiveness", Quality of Life Research 10, 2001).
 *
 * The spread knows of position and voxels, not of what else differs between two sessions: another scanner, motion,
 * hydration. `bench/repeatability` compares it with turned, coarsened and noisy copies of real scans.
 */
import type { Volume } from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';
import { type SegmentModel, type SegmentVolumeOptions, segmentVolume } from '../segment/segment-volume.ts';
import { smallestDetectableChange } from './confidence.ts';
import { type FoundInScan, type ScanNumber, scanNumbers } from './scan-numbers.ts';
import { firstVariations, undoVariation, varyScan } from './variations.ts';

export const leastVariations = 2;
export const usualVariations = 8;

export interface ErrorBar extends ScanNumber {
  /** Mean over the variations; null where some variation did not give the number. */
  readonly mean: number | null;
  /** In the number's own unit; null like the mean. */
  readonly standardError: number | null;
  /** t sqrt(2) standard errors: a smaller difference between two scans may be chance. */
  readonly smallestDetectableChange: number | null;
}

export interface ErrorBars {
  readonly variations: number;
  /** One for each number of the scan. */
  readonly numbers: readonly ErrorBar[];
}

export interface ErrorBarOptions extends Omit<SegmentVolumeOptions, 'onProgress'> {
  /** How many times the scan is segmented again; default 8, at least 2. */
  readonly variations?: number;
  /** The numbers to be told; default all that `scanNumbers` knows. */
  readonly numbersOf?: (found: FoundInScan) => readonly ScanNumber[];
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/**
 * Segments a scan again and again, and gives the standard error of each number.
 *
 * @param found the scan's segmentation by the same model and options
 * @throws VentrisegError BAD_ARGUMENT for fewer than 2 variations, and all that `segmentVolume` throws
 * @example
 * const found = await segmentVolume(scan.volume, model);
 * const { numbers } = await estimateErrorBars(scan.volume, found, model);
 */
export async function estimateErrorBars(
  scan: Volume,
  found: FoundInScan,
  model: SegmentModel,
  options: ErrorBarOptions = {},
): Promise<ErrorBars> {
  const { variations: count = usualVariations, numbersOf = scanNumbers, onProgress, ...segmenting } = options;
  if (!Number.isInteger(count) || count < leastVariations) {
    throw new VentrisegError(
      'BAD_ARGUMENT',
      `error bars need a whole number of variations, ${leastVariations} or more, got ${count}`,
    );
  }
  const told: (readonly ScanNumber[])[] = [];
  for (const [n, variation] of firstVariations(count).entries()) {
    onProgress?.({ done: n, total: count });
    segmenting.signal?.throwIfAborted();
    const { volume, toScanWorld } = varyScan(scan, variation);
    const varied = await segmentVolume(volume, model, segmenting);
    told.push(numbersOf(undoVariation(varied, variation, toScanWorld)));
  }
  onProgress?.({ done: count, total: count });
  return { variations: count, numbers: numbersOf(found).map((number) => barOf(number, told)) };
}

function barOf(number: ScanNumber, told: readonly (readonly ScanNumber[])[]): ErrorBar {
  const values = told.flatMap((numbers) => numbers.find(({ id }) => id === number.id)?.value ?? []);
  if (values.length < told.length) {
    return { ...number, mean: null, standardError: null, smallestDetectableChange: null };
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squaresAbout = (centre: number) => values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const variance = squaresAbout(mean) / (values.length - 1);
  const dahlberg = squaresAbout(number.value) / (2 * values.length);
  const standardError = Math.sqrt(Math.max(variance, dahlberg));
  return {
    ...number,
    mean,
    standardError,
    smallestDetectableChange: smallestDetectableChange(standardError, values.length),
  };
}
