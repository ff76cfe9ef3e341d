/**
 * Results of several scans as a table (CSV, RFC 4180): one row a scan, failed ones included. Volumes are in mL;
 * measures have their ids for headers, and empty cells where they could not be taken.
 */
import { measureIds } from '../measures/measure.ts';
import type { ResultRecord } from './result-record.ts';

export interface ResultsTableRow {
  readonly name: string;
  readonly path: string;
  readonly record?: ResultRecord | undefined;
  /** Why there is no result. */
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}

/** @returns the lines with their header, each ended by a newline */
export function resultsTable(rows: readonly ResultsTableRow[]): string {
  const labels = new Map(
    rows.flatMap(({ record }) => record?.volumes.labels.map(({ label, name }) => [label, name]) ?? []) as [
      number,
      string,
    ][],
  );
  const header = ['name', 'path', 'lateral_ml', 'total_ml', ...[...labels.values()].map((n) => `${n}_ml`)];
  const lines = [[...header, ...measureIds, 'quality', 'error']];
  for (const { name, path, record, failure } of rows) {
    const amount = (value: number | null | undefined) => (value == null ? '' : String(value));
    lines.push([
      name,
      path,
      amount(record?.volumes.lateral?.ml),
      amount(record?.volumes.total.ml),
      ...[...labels.keys()].map((label) => amount(record?.volumes.labels.find((v) => v.label === label)?.ml)),
      ...measureIds.map((id) => amount(record?.measures.find((measure) => measure.id === id)?.value)),
      record?.quality.map(({ code }) => code).join(' ') ?? '',
      failure === undefined ? '' : `${failure.code}: ${failure.message}`,
    ]);
  }
  return `${lines.map((cells) => cells.map(quoted).join(',')).join('\n')}\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
