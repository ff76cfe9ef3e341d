/** The labelled scans of the data folder, as its `cases.tsv` lists them. */
import { readFile } from 'node:fs/promises';
import type { LabelScheme } from 'ventriseg/node';
import { dataPath } from '../test/data-folder.ts';

export interface LabelledScan {
  readonly dataset: string;
  readonly subject: string;
  /** Paths inside of the data folder. */
  readonly image: string;
  readonly labels: string;
  readonly scheme: LabelScheme;
  readonly head: 'whole-head' | 'skull-stripped';
}

/** oasis-manual is never trained on; of the permissive sets these people are held out. */
export const heldOutPeople: readonly string[] = ['IXI015-HH-1258', 'IXI034-HH-1260', 'brainload'];
/** And these label maps. */
export const heldOutMaps: readonly string[] = ['map_05', 'map_09', 'map_12', 'map_18'];

/** The rows that have an image, of all sets or of those named. */
export async function labelledScans(datasets?: readonly string[]): Promise<LabelledScan[]> {
  const [head, ...lines] = (await readFile(dataPath('cases.tsv'), 'utf8')).trimEnd().split('\n');
  const columns = head!.split('\t');
  return lines
    .map((line) => {
      const cells = line.split('\t');
      return Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? ''])) as unknown as LabelledScan;
    })
    .filter(({ image, dataset }) => image !== '' && (datasets === undefined || datasets.includes(dataset)));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
