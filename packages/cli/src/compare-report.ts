/** What is told of a comparison: progress, changes, doubts, files. */
import type { CompareFilesProgress, ComparisonResult } from 'ventriseg/node';
import { comparisonRows } from 'ventriseg/node';
import type { CommandRun } from './command-run.ts';
import { formatTable } from './table.ts';

/** Each stage in words, and its share of the time in percent: from, to. */
const stages: Readonly<
  Record<CompareFilesProgress['stage'], readonly [text: string, from: number, to: number]>
> = {
  headers: ['reading headers', 0, 2],
  reading: ['reading', 2, 4],
  converting: ['converting DICOM', 4, 6],
  register: ['registering', 6, 15],
  segment: ['segmenting', 15, 98],
  write: ['writing', 98, 100],
};

export function showCompareProgress({ stage, done, total }: CompareFilesProgress, run: CommandRun): void {
  const [text, from, to] = stages[stage];
  run.progress.update(from + (to - from) * (total > 0 ? done / total : 1), 100, text);
}

export function formatComparison({ record, recordPath, picturePath, reportPath }: ComparisonResult): string {
  const changes = record.changes.map((change) => {
    const [from, to] = [record.scans[change.from]!.name, record.scans[change.to]!.name];
    const { heads, rows } = comparisonRows(change);
    const years = change.years === null ? '' : ` (${change.years.toFixed(2)} years)`;
    const cells = rows.map(({ title, cells }) => [String(title), ...cells]);
    return `${from} to ${to}${years}\n${formatTable([heads, ...cells], heads.map((_, k) => k).slice(1))}`;
  });
  const doubts = [
    ...record.quality.map(({ severity, code, message }) => `  ${severity}: ${code} ${message}\n`),
    ...record.scans.flatMap(({ name, quality }) =>
      quality.map(({ severity, code, message }) => `  ${name}: ${severity}: ${code} ${message}\n`),
    ),
  ];
  const files = [recordPath, picturePath, reportPath].map((path) => `  ${path}\n`);
  return [...changes, ...doubts, ...files].join('');
}

/** The same for programs: the record, and where the files are; so it no longer is what the schema describes. */
export function jsonComparison({ record, recordPath, picturePath, reportPath }: ComparisonResult) {
  const { $schema: _, ...fields } = record;
  return { ...fields, files: { record: recordPath, picture: picturePath, report: reportPath } };
}
