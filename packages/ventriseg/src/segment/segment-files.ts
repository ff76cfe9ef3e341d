/**
 * Many scans, one after another, with one model. A scan that cannot be done is collected with its reason and the
 * others go on; for several scans `ventricles.csv` lists all of them.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { derivativePaths, findScans, requireDerivativeDataset } from '../bids/index.ts';
import { VentrisegError } from '../errors.ts';
import { writeWhole } from '../files/index.ts';
import { distinctNames } from './output-names.ts';
import { type ResultsTableRow, resultsTable } from './results-table.ts';
import {
  isLoaded,
  mayOverwrite,
  openModel,
  requireFree,
  type SegmentFileOptions,
  type SegmentFileProgress,
  type SegmentResult,
  segmentFile,
} from './segment-file.ts';

export interface SegmentFilesOptions extends Omit<SegmentFileOptions, 'name' | 'onProgress'> {
  /** Told of what was found in BIDS datasets, and of what there is left aside. */
  readonly onNote?: (note: string) => void;
  readonly onProgress?: (progress: SegmentFilesProgress) => void;
  /** Told of each scan as it is done or has failed. */
  readonly onScan?: (outcome: SegmentResult | SegmentFailure) => void;
}

export type SegmentFilesProgress = SegmentFileProgress & {
  readonly path: string;
  /** Scans that are finished, and all of them. */
  readonly scansDone: number;
  readonly scans: number;
};

/** A scan that could not be done. */
export interface SegmentFailure {
  readonly path: string;
  /** A code of VentrisegError or ImagingError, or UNEXPECTED. */
  readonly code: string;
  readonly message: string;
}

export interface SegmentedFiles {
  readonly results: readonly SegmentResult[];
  readonly failures: readonly SegmentFailure[];
  /** For several scans. */
  readonly csvPath: string | undefined;
}

export const CSV_FILE = 'ventricles.csv';

/**
 * Segments scans into one folder; inputs of the same name get their folders' names in front.
 *
 * @param inputs scans as `openScan` takes them, and BIDS datasets, which stand for all their T1-weighted images
 * @throws VentrisegError BAD_ARGUMENT without inputs or with a person for several scans, NO_IMAGE, NO_SUCH_MODEL,
 * BAD_MODEL, OUTPUT_EXISTS (of the CSV); with `bids` BAD_ARGUMENT and BAD_DATASET as `segmentFile`; the signal's reason when aborted, with the results of
 * finished scans left in place
 */
export async function segmentFiles(
  inputs: readonly string[],
  options: SegmentFilesOptions,
): Promise<SegmentedFiles> {
  if (inputs.length === 0) throw new VentrisegError('BAD_ARGUMENT', 'no scans to segment were named');
  const { paths, notes } = await findScans(inputs);
  for (const note of notes) options.onNote?.(note);
  if (options.bids) await requireBids(paths, options.output);
  requireOnePerson(paths, options);
  const names = distinctNames(paths);
  const csvPath = paths.length > 1 ? join(options.output, CSV_FILE) : undefined;
  if (csvPath !== undefined && !mayOverwrite(options)) await requireFree([csvPath]);
  const model = isLoaded(options.model) ? options.model : await openModel(options.model, options);
  const { onProgress, onScan, onNote: _, ...shared } = options;
  const results: SegmentResult[] = [];
  const failures: SegmentFailure[] = [];
  const rows: ResultsTableRow[] = [];
  try {
    for (const [k, path] of paths.entries()) {
      options.signal?.throwIfAborted();
      try {
        const result = await segmentFile(path, {
          ...shared,
          model,
          name: names[k]!,
          ...(onProgress && {
            onProgress: (progress) =>
              onProgress({ ...progress, path, scansDone: k, scans: paths.length } as SegmentFilesProgress),
          }),
        });
        results.push(result);
        rows.push({ name: names[k]!, path, record: result.record });
        onScan?.(result);
      } catch (error) {
        options.signal?.throwIfAborted();
        const failure = failureOf(path, error);
        failures.push(failure);
        rows.push({ name: names[k]!, path, failure });
        onScan?.(failure);
      }
    }
  } finally {
    if (model !== options.model) await model.release();
  }
  if (csvPath !== undefined) {
    await mkdir(options.output, { recursive: true });
    await writeWhole(csvPath, resultsTable(rows));
  }
  return { results, failures, csvPath };
}

/** Sex and age that are given are those of one person. */
function requireOnePerson(paths: readonly string[], { person }: SegmentFilesOptions): void {
  if (paths.length === 1 || (person?.sex === undefined && person?.ageYears === undefined)) return;
  throw new VentrisegError(
    'BAD_ARGUMENT',
    `sex and age are of one person, but ${paths.length} scans are to be segmented; name one scan`,
  );
}

/** What can be found wrong with a BIDS dataset of results before the first scan is opened. */
async function requireBids(paths: readonly string[], output: string): Promise<void> {
  await requireDerivativeDataset(output);
  const scanOf = new Map<string, string>();
  for (const path of paths) {
    const { labelsPath } = derivativePaths(output, path);
    const other = scanOf.get(labelsPath);
    if (other !== undefined) {
      throw new VentrisegError(
        'BAD_ARGUMENT',
        `${path}: its results would be those of ${other} (${labelsPath}); segment it into another folder`,
        { path },
      );
    }
    scanOf.set(labelsPath, path);
  }
}

function failureOf(path: string, error: unknown): SegmentFailure {
  const code = (error as { code?: unknown } | undefined)?.code;
  return {
    path,
    code: typeof code === 'string' ? code : 'UNEXPECTED',
    message: error instanceof Error ? error.message : String(error),
  };
}
