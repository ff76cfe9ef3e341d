/**
 * Several scans of a person compared. Browser-safe.
 *
 *   every scan -> rigidly to the space in the middle of all -> segmented there, with error bars -> changes
 *
 * All scans are treated alike: each is interpolated once, onto the same grid, and the order makes no difference but
 * for the sign of the changes.
 */
import { findMeanSpace, type Grid, type MeanSpace, rigidToAffine, type Volume } from '@ventriseg/imaging';
import { type ErrorBars, estimateErrorBars, moveScan } from '../error-bar/index.ts';
import { VentrisegError } from '../errors.ts';
import {
  type Segmentation,
  type SegmentModel,
  type SegmentVolumeOptions,
  segmentVolume,
} from '../segment/segment-volume.ts';
import { changesBetween, type NumberChange } from './change.ts';
import { assessComparison, type ComparisonFinding } from './comparison-quality.ts';
import { meanSpaceGrid } from './mean-space-grid.ts';

export interface ScanToCompare {
  /** For messages, and for the comparison's table. */
  readonly name: string;
  readonly volume: Volume;
  /** Years since the first of the scans; null where that is not known. */
  readonly years: number | null;
}

export interface CompareScansOptions extends Omit<SegmentVolumeOptions, 'onProgress'> {
  /** How many times each scan is segmented again for its error bars; default 8, at least 2. */
  readonly variations?: number;
  readonly onProgress?: (progress: CompareProgress) => void;
}

export interface CompareProgress {
  readonly stage: 'register' | 'segment';
  /** Steps of the registration; segmentations. */
  readonly done: number;
  readonly total: number;
}

export interface ComparedScan {
  readonly name: string;
  readonly years: number | null;
  /** On the grid of the mean space. */
  readonly segmentation: Segmentation;
  readonly errorBars: ErrorBars;
}

/** What has changed from one scan to another. */
export interface ScanChange {
  /** Indices of the scans. */
  readonly from: number;
  readonly to: number;
  readonly years: number | null;
  readonly numbers: readonly NumberChange[];
}

export interface Comparison {
  readonly scans: readonly ComparedScan[];
  readonly meanSpace: MeanSpace;
  readonly grid: Grid;
  /** From each scan to the next, and from the first to the last; empty when the quality has an error. */
  readonly changes: readonly ScanChange[];
  readonly quality: readonly ComparisonFinding[];
}

/**
 * Compares two scans or more of one person.
 *
 * @throws VentrisegError BAD_ARGUMENT for fewer than two scans; ImagingError NO_STRUCTURE, NO_OVERLAP and NON_FINITE
 * from the registration; what `segmentVolume` throws; the signal's reason when aborted
 * @example
 * const { changes } = await compareScans([{ name: 'a', volume, years: 0 }, { name: 'b', volume: later, years: 1.5 }], model);
 */
export async function compareScans(
  scans: readonly ScanToCompare[],
  model: SegmentModel,
  options: CompareScansOptions = {},
): Promise<Comparison> {
  if (scans.length < 2) {
    throw new VentrisegError('BAD_ARGUMENT', `a comparison needs two scans or more, got ${scans.length}`);
  }
  const { variations, onProgress, ...segmenting } = options;
  const meanSpace = await findMeanSpace(
    scans.map(({ volume }) => volume),
    {
      ...(segmenting.signal && { signal: segmenting.signal }),
      onProgress: ({ done, total }) => onProgress?.({ stage: 'register', done, total }),
    },
  );
  const grid = meanSpaceGrid(
    scans.map(({ volume }) => volume),
    meanSpace.toMean,
  );
  const compared: ComparedScan[] = [];
  for (const [k, { name, volume, years }] of scans.entries()) {
    const tell = (done: number, total: number) =>
      onProgress?.({ stage: 'segment', done: k * total + done, total: scans.length * total });
    tell(0, 1);
    const moved = moveScan(volume, rigidToAffine(meanSpace.toMean[k]!), grid);
    const segmentation = await segmentVolume(moved, model, segmenting);
    const errorBars = await estimateErrorBars(moved, segmentation, model, {
      ...segmenting,
      ...(variations !== undefined && { variations }),
      onProgress: ({ done, total }) => tell(done + 1, total + 1),
    });
    compared.push({ name, years, segmentation, errorBars });
  }
  const quality = assessComparison({
    names: scans.map(({ name }) => name),
    grids: scans.map(({ volume }) => volume),
    meanSpace,
    quality: compared.map(({ segmentation }) => segmentation.quality),
    forced: segmenting.force === true,
  });
  const refused = quality.some(({ severity }) => severity === 'error');
  return { scans: compared, meanSpace, grid, changes: refused ? [] : changesOf(compared), quality };
}

function changesOf(scans: readonly ComparedScan[]): ScanChange[] {
  const last = scans.length - 1;
  const steps = Array.from({ length: last }, (_, k): [number, number] => [k, k + 1]);
  const pairs = last > 1 ? [...steps, [0, last] as const] : steps;
  return pairs.map(([from, to]) => {
    const [a, b] = [scans[from]!, scans[to]!];
    // Two scans of one day have no change a year.
    const years = a.years === null || b.years === null || a.years === b.years ? null : b.years - a.years;
    return { from, to, years, numbers: changesBetween(a.errorBars, b.errorBars, years) };
  });
}
