/** The files of a result, as the command writes them. */
import {
  drawReportPictures,
  drawResult,
  editedRecord,
  encodeLabels,
  encodePng,
  encodeStl,
  measureVentricles,
  type ResultRecord,
  reportHtml,
  resultsTable,
  ventricleSurfaces,
} from 'ventriseg';
import type { MeasuredScan } from '../measured-scan.ts';

export interface OutputFile {
  readonly name: string;
  readonly type: string;
  readonly content: Uint8Array | string;
}

export const outputKinds = ['mask', 'report', 'json', 'csv', 'stl', 'png'] as const;
export type OutputKind = (typeof outputKinds)[number];

/** The record as it stands, with the edits by hand. */
export function currentRecord({ record, segmentation, original, editor }: MeasuredScan): ResultRecord {
  const { intracranial } = segmentation;
  return editedRecord(record, {
    before: original,
    after: editor.volume,
    strokes: editor.strokes,
    intracranial,
  });
}

type Content = Omit<OutputFile, 'name'> & { readonly ending: string };

/** The files that are named after their scan. */
const contents: Readonly<
  Record<Exclude<OutputKind, 'csv'>, (measured: MeasuredScan) => Promise<Content> | Content>
> = {
  mask: async ({ scan, editor }) => ({
    ending: 'nii.gz',
    type: 'application/gzip',
    content: await encodeLabels(scan, editor.volume),
  }),
  report: (measured) => {
    const pictures = drawReportPictures(asShown(measured));
    return { ending: 'html', type: 'text/html', content: reportHtml(currentRecord(measured), pictures) };
  },
  json: (measured) => ({
    ending: 'json',
    type: 'application/json',
    content: `${JSON.stringify(currentRecord(measured), null, 2)}\n`,
  }),
  stl: ({ editor }) => ({
    ending: 'stl',
    type: 'model/stl',
    content: encodeStl(ventricleSurfaces(editor.volume)),
  }),
  png: (measured) => ({
    ending: 'png',
    type: 'image/png',
    content: encodePng(drawResult(asShown(measured), measured.name)),
  }),
};

/** @param all every scan on the page, for the table */
export async function outputFile(
  kind: OutputKind,
  measured: MeasuredScan,
  all: readonly MeasuredScan[],
): Promise<OutputFile> {
  if (kind === 'csv') {
    const rows = all.map((one) => ({
      name: one.name,
      path: one.scan.source.path,
      record: currentRecord(one),
    }));
    return { name: 'ventricles.csv', type: 'text/csv', content: resultsTable(rows) };
  }
  const { ending, ...file } = await contents[kind](measured);
  return { name: `${safeName(measured.name)}_ventricles.${ending}`, ...file };
}

/** Without what file systems do not take. */
export function safeName(name: string): string {
  return name.replace(/[<>:"/\\|?*]/g, '_');
}

/** The segmentation with the labels, volumes and measures as they are shown. */
function asShown(measured: MeasuredScan): MeasuredScan['segmentation'] {
  const { segmentation, editor } = measured;
  if (editor.strokes === 0) return segmentation;
  const { labels, total } = currentRecord(measured).volumes;
  const volumes = {
    ...segmentation.volumes,
    labels: segmentation.volumes.labels.map((volume, k) => ({ ...volume, ml: labels[k]!.ml })),
    total: { ...segmentation.volumes.total, ml: total.ml },
  };
  const measures = measureVentricles(editor.volume, segmentation);
  return { ...segmentation, ...measures, labels: editor.volume, volumes };
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
