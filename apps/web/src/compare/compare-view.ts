/** What the tab for comparing shows of a comparison: doubts, changes, and where they are. */
import { type ComparisonRecord, comparisonRows } from 'ventriseg';
import type { ChangePicture, MeasuredChange } from '../engine/protocol.ts';
import { byId, element } from '../ui/dom.ts';
import { findingItem } from '../ui/findings.ts';
import { row, table } from '../ui/numbers.ts';

export class CompareView {
  private urls: string[] = [];

  show({ record, planes, slices }: MeasuredChange): void {
    const { scans, changes } = record;
    const [from, to] = [scans[0]!.name, scans.at(-1)!.name];
    byId('change-empty').hidden = true;
    byId('change').hidden = false;
    byId('change-quality').hidden = false;
    byId('change-title').textContent = `Change from ${from} to ${to}`;
    for (const url of this.urls) URL.revokeObjectURL(url);
    this.urls = [];
    byId('change-planes').replaceChildren(...planes.map((picture) => this.figure(picture)));
    byId('change-slices').replaceChildren(...slices.map((picture) => this.figure(picture)));
    byId('change-refused').hidden = changes.length > 0;
    byId('change-tables').replaceChildren(...changes.map(changeTable));
    byId('change-doubts').replaceChildren(...doubtsOf(record));
  }

  hide(): void {
    byId('change-empty').hidden = false;
    byId('change').hidden = true;
    byId('change-quality').hidden = true;
  }

  private figure({ title, png }: ChangePicture): HTMLElement {
    const url = URL.createObjectURL(new Blob([png as Uint8Array<ArrayBuffer>], { type: 'image/png' }));
    this.urls.push(url);
    const alt = `${title}: the mean of both scans with gained and lost voxels`;
    return element('figure', {}, element('img', { src: url, alt }), element('figcaption', {}, title));
  }
}

function changeTable(change: ComparisonRecord['changes'][number]): HTMLTableElement {
  const { heads, rows } = comparisonRows(change);
  const { years } = change;
  const between =
    years === null ? 'the time between is not known' : `${Math.abs(years).toFixed(2)} years between`;
  return table(
    heads,
    rows.map(({ title, cells }) => row([String(title)], cells)),
    `To less from, ± its standard error; % of the mean of both; ${between}`,
  );
}

function doubtsOf({ quality, scans }: ComparisonRecord): HTMLLIElement[] {
  const items = [
    ...quality.map((finding) => findingItem(finding, ` ${finding.whatToDo}`)),
    ...scans.flatMap(({ name, quality }) => quality.map((finding) => findingItem(finding, ` (${name})`))),
  ];
  if (items.length > 0) return items;
  return [
    element(
      'li',
      {},
      'None of the automatic checks found anything to doubt. Look at the pictures all the same.',
    ),
  ];
}
