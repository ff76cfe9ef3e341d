/**
 * Scans of one person from disk to a comparison on disk (Node):
 *
 *   <name>_comparison.json   changes, their uncertainty, doubts, provenance (see comparison-record.ts)
 *   <name>_comparison.png    where the ventricles have changed
 *   <name>_comparison.html   report with pictures, to read and to print
 *
 * All appear together or not at all.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAllWhole } from '../files/index.ts';
import type { OpenedScan, OpenProgress } from '../scan-input/index.ts';
import { openScan } from '../scan-input/open-scan.ts';
import { distinctNames } from '../segment/output-names.ts';
import {
  isLoaded,
  mayOverwrite,
  openModel,
  requireFree,
  type SegmentFileOptions,
} from '../segment/segment-file.ts';
import { type CompareProgress, type Comparison, compareScans } from './compare-scans.ts';
import { comparisonOutputs } from './comparison-outputs.ts';
import { type ComparisonRecord, comparisonRecord } from './comparison-record.ts';
import { type YearsOptions, yearsOfScans } from './scan-years.ts';

export interface CompareFilesOptions
  extends YearsOptions,
    Pick<
      SegmentFileOptions,
      | 'output'
      | 'model'
      | 'name'
      | 'threads'
      | 'backend'
      | 'series'
      | 'overwrite'
      | 'force'
      | 'fillHoles'
      | 'removeIslands'
      | 'crf'
      | 'signal'
    > {
  /** How many times each scan is segmented again for its error bars; default 8, at least 2. */
  readonly errorBar?: number;
  readonly onProgress?: (progress: CompareFilesProgress) => void;
}

export type CompareFilesProgress =
  | CompareProgress
  | OpenProgress
  | { readonly stage: 'write'; readonly done: number; readonly total: number };

export interface ComparisonResult {
  readonly name: string;
  readonly recordPath: string;
  readonly picturePath: string;
  readonly reportPath: string;
  readonly record: ComparisonRecord;
}

/**
 * Compares scans of one person, in the order in which they are named.
 *
 * @throws VentrisegError BAD_ARGUMENT (fewer than two scans, dates that do not fit), OUTPUT_EXISTS, NO_SUCH_MODEL,
 * BAD_MODEL, and all that `openScan` and `compareScans` throw; the signal's reason when aborted
 * @example
 * const { record } = await compareFiles(['2022.nii.gz', '2024.nii.gz'], { output: 'results', intervalYears: 2 });
 * console.log(record.changes[0]?.numbers.find(({ id }) => id === 'totalMl'));
 */
export async function compareFiles(
  paths: readonly string[],
  options: CompareFilesOptions,
): Promise<ComparisonResult> {
  const names = distinctNames(paths);
  const name = options.name ?? `${names[0]}_to_${names.at(-1)}`;
  const base = join(options.output, `${name}_comparison`);
  const outputs = { recordPath: `${base}.json`, picturePath: `${base}.png`, reportPath: `${base}.html` };
  if (!mayOverwrite(options)) await requireFree(Object.values(outputs));
  // What is wrong with given dates is said before anything is read.
  yearsOfScans(
    paths.map(() => undefined),
    options,
  );
  const { signal, onProgress } = options;
  const begun = performance.now();
  const scans: OpenedScan[] = [];
  for (const path of paths) {
    scans.push(
      await openScan(path, {
        ...(options.series !== undefined && { series: options.series }),
        ...(signal && { signal }),
        ...(onProgress && { onProgress }),
      }),
    );
  }
  const years = yearsOfScans(
    scans.map(({ source }) => source.acquisitionDate),
    options,
  );
  const model = isLoaded(options.model) ? options.model : await openModel(options.model, options);
  const opened = performance.now();
  let comparison: Comparison;
  try {
    comparison = await compareScans(
      scans.map(({ volume }, k) => ({ name: names[k]!, volume, years: years[k]! })),
      model,
      {
        ...segmentingOptions(options),
        ...(options.errorBar !== undefined && { variations: options.errorBar }),
        ...(onProgress && { onProgress }),
      },
    );
  } finally {
    if (model !== options.model) await model.release();
  }
  const compared = performance.now();
  onProgress?.({ stage: 'write', done: 0, total: 1 });
  const record = comparisonRecord(name, scans, comparison, {
    open: opened - begun,
    compare: compared - opened,
    total: compared - begun,
  });
  await mkdir(options.output, { recursive: true });
  const { json, picture, report } = comparisonOutputs(record, comparison);
  await writeAllWhole(
    [
      { path: outputs.picturePath, content: picture },
      { path: outputs.reportPath, content: report },
      { path: outputs.recordPath, content: json },
    ],
    { signal },
  );
  onProgress?.({ stage: 'write', done: 1, total: 1 });
  return { name, ...outputs, record };
}

function segmentingOptions({ fillHoles, removeIslands, crf, force, signal }: CompareFilesOptions) {
  return {
    ...(fillHoles !== undefined && { fillHoles }),
    ...(removeIslands !== undefined && { removeIslands }),
    ...(crf !== undefined && { crf }),
    ...(force !== undefined && { force }),
    ...(signal && { signal }),
  };
}
