/** The files of a result, as the command writes them. */
import {
  drawResult,
  editedRecord,
  encodeLabels,
  encodePng,
  type ResultRecord,
  resultsTable,
} from 'ventriseg';
import type { MeasuredScan } from '../measured-scan.ts';

export interface OutputFile {
  readonly name: string;
  readonly type: string;
  readonly content: Uint8Array | string;
}

export const outputKinds = ['mask', 'json', 'csv', 'png'] as const;
export type OutputKind = (typeof outputKinds)[number];

/** The record as it stands, with the edits by hand. */
export function currentRecord({ record, original, editor }: MeasuredScan): ResultRecord {
  return editedRecord(record, { before: original, after: editor.volume, strokes: editor.strokes });
}

/** @param all every scan on the page, for the table */
export async function outputFile(
  kind: OutputKind,
  measured: MeasuredScan,
  all: readonly MeasuredScan[],
): Promise<OutputFile> {
  const base = `${measured.scan.name.replace(/[<>:"/\\|?*]/g, '_')}_ventricles`;
  if (kind === 'mask') {
    const content = await encodeLabels(measured.scan, measured.editor.volume);
    return { name: `${base}.nii.gz`, type: 'application/gzip', content };
  }
  if (kind === 'json') {
    const content = `${JSON.stringify(currentRecord(measured), null, 2)}\n`;
    return { name: `${base}.json`, type: 'application/json', content };
  }
  if (kind === 'csv') {
    const rows = all.map((one) => ({
      name: one.scan.name,
      path: one.scan.source.path,
      record: currentRecord(one),
    }));
    return { name: 'ventricles.csv', type: 'text/csv', content: resultsTable(rows) };
  }
  const record = currentRecord(measured);
  const volumes = {
    ...measured.segmentation.volumes,
    labels: measured.segmentation.volumes.labels.map((volume, k) => ({
      ...volume,
      ml: record.volumes.labels[k]!.ml,
    })),
    total: { ...measured.segmentation.volumes.total, ml: record.volumes.total.ml },
  };
  const shown = { ...measured.segmentation, labels: measured.editor.volume, volumes };
  return {
    name: `${base}.png`,
    type: 'image/png',
    content: encodePng(drawResult(shown, measured.scan.name)),
  };
}

/** Hands a file to the browser's downloads. */
export function download({ name, type, content }: OutputFile): void {
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Browsers take the blob up at once, some of them in a later task.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
