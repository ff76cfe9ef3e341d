/** What is told of segmented scans: progress, volumes in mL, doubts, files. */
import type { MeasureUnit, SegmentFailure, SegmentFilesProgress, SegmentResult } from 'ventriseg/node';
import type { CommandRun } from './command-run.ts';
import { formatTable } from './table.ts';

/** Each stage in words, and its share of a scan's time in percent: from, to. */
const stages: Readonly<
  Record<SegmentFilesProgress['stage'], readonly [text: string, from: number, to: number]>
> = {
  headers: ['reading headers', 0, 5],
  reading: ['reading', 5, 15],
  converting: ['converting DICOM', 15, 25],
  conform: ['conforming', 25, 35],
  head: ['finding the head', 35, 40],
  network: ['segmenting', 40, 75],
  grid: ['turning the scan upright', 25, 30],
  locate: ['finding the ventricles', 30, 40],
  segment: ['segmenting', 40, 75],
  crf: ['refining borders', 75, 90],
  labels: ['returning to the grid of the scan', 90, 93],
  measure: ['measuring', 93, 95],
  'error-bar': ['segmenting again for error bars', 95, 98],
  write: ['writing', 98, 100],
};

export function showSegmentProgress(progress: SegmentFilesProgress, run: CommandRun): void {
  const { stage, done, total, scansDone, scans, path } = progress;
  const [text, from, to] = stages[stage];
  const share = from + (to - from) * (total > 0 ? done / total : 1);
  const which = scans === 1 ? '' : `${scansDone + 1}/${scans} `;
  run.progress.update(100 * scansDone + share, 100 * scans, `${which}${path}: ${text}`);
}

/** Decimals that measures are shown with. */
const measureDigits: Readonly<Record<MeasureUnit, number>> = { mL: 0, '%': 2, mm: 1, degrees: 1, ratio: 3 };

/** A scan's volumes and measures, what to look at, and where its files are. */
export function formatResult(result: SegmentResult): string {
  const { volumes, measures, quality, warnings, timingsMs, scan, errorBars } = result.record;
  const errorOf = (id: string, digits = 2) => {
    const error = errorBars?.numbers.find((number) => number.id === id)?.standardError;
    return error == null ? '' : `± ${error.toFixed(digits)}`;
  };
  const rows = volumes.labels.map(({ label, title, ml }) => [
    title,
    ml.toFixed(2),
    'mL',
    errorOf(`label${label}Ml`),
  ]);
  rows.push(['total', volumes.total.ml.toFixed(2), 'mL', errorOf('totalMl')]);
  for (const { id, title, value, unit } of measures) {
    if (value === null) continue;
    const digits = measureDigits[unit];
    rows.push([title, value.toFixed(digits), unit === 'ratio' ? '' : unit, errorOf(id, digits)]);
  }
  const [shape, size] = [scan.shape, scan.voxelMm].map((numbers) => numbers.map(short).join(' x '));
  const seconds = ((timingsMs.total ?? 0) / 1000).toFixed(1);
  const series =
    scan.series === null ? '' : `  series: ${scan.series.description}; ${scan.series.chosenBecause}\n`;
  const doubts = quality.map(({ severity, code, message }) => `  ${severity}: ${code} ${message}\n`);
  const remarks = warnings.map((warning) => `  note: ${warning}\n`);
  const files = Object.values(filesOf(result)).map((path) => `  ${path}\n`);
  return (
    `${scan.path}  (${shape} voxels of ${size} mm, ${scan.axes}; ${seconds} s)\n` +
    series +
    formatTable(rows, [1]) +
    [...doubts, ...remarks].join('') +
    files.join('')
  );
}

/** The same for programs: the record, and where the files are; so it no longer is what the schema describes. */
export function jsonResult(result: SegmentResult) {
  const { $schema: _, ...fields } = result.record;
  return { ...fields, files: filesOf(result) };
}

function filesOf(result: SegmentResult): Record<string, string> {
  const { labelsPath, recordPath, picturePath, reportPath, sidecarPath, labelTablePath } = result;
  const { stlPath, plyPath } = result;
  return {
    labels: labelsPath,
    ...(sidecarPath !== undefined && { sidecar: sidecarPath }),
    ...(labelTablePath !== undefined && { labelTable: labelTablePath }),
    record: recordPath,
    picture: picturePath,
    report: reportPath,
    ...(stlPath !== undefined && { stl: stlPath }),
    ...(plyPath !== undefined && { ply: plyPath }),
  };
}

/** One line for each reason why the numbers of a result cannot be used, such as an empty one. */
export function unusable({ record }: SegmentResult): { code: string; message: string }[] {
  return record.quality
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => ({ code, message: `${record.scan.path}: ${message}` }));
}

export function isFailure(outcome: SegmentResult | SegmentFailure): outcome is SegmentFailure {
  return 'code' in outcome;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
