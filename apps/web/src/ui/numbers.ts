/** The table of volumes with its legend, of measures, and of two scans side by side. */
import { formatMeasure, type ResultRecord, ventricles } from 'ventriseg';
import { element } from './dom.ts';

/** Volumes of one scan, mL, each with its colour. */
export function volumesTable({ volumes }: ResultRecord): HTMLTableElement {
  const rows = volumes.labels.map(({ label, title, ml }) =>
    row([swatch(label), ` ${title}`], [ml.toFixed(2)]),
  );
  rows.push(row(['total'], [volumes.total.ml.toFixed(2)], 'total'));
  return table(['structure', 'mL'], rows, 'Volumes of the ventricles in mL');
}

/** Ratios, widths and angles; for what could not be measured, the reason. */
export function measuresTable({ measures }: ResultRecord): HTMLTableElement {
  const rows = measures.map(({ id, title, value, message }) => {
    const made = row([title], [value === null ? 'not measured' : formatMeasure(id, value)]);
    if (message !== undefined && message !== null) made.title = message;
    return made;
  });
  return table(['measure', 'value'], rows, 'Ratios, widths and angles');
}

/** Two scans beside each other: A, B, and B - A in mL and in percent of A. */
export function sideBySideTable(a: ResultRecord, b: ResultRecord): HTMLTableElement {
  const titles = new Map(
    [...a.volumes.labels, ...b.volumes.labels].map(({ label, title }) => [label, title]),
  );
  const mlOf = (record: ResultRecord, label: number) =>
    record.volumes.labels.find((volume) => volume.label === label)?.ml;
  const rows = [...titles].map(([label, title]) =>
    row([swatch(label), ` ${title}`], difference(mlOf(a, label), mlOf(b, label))),
  );
  rows.push(row(['total'], difference(a.volumes.total.ml, b.volumes.total.ml), 'total'));
  return table(
    ['structure', 'A mL', 'B mL', 'B − A', '%'],
    rows,
    `A: ${a.name}, B: ${b.name}; each on its own grid`,
  );
}

function difference(a: number | undefined, b: number | undefined): string[] {
  const cells = [a, b].map((ml) => (ml === undefined ? 'not told' : ml.toFixed(2)));
  if (a === undefined || b === undefined) return [...cells, '', ''];
  const change = b - a;
  const percent = a === 0 ? '' : signed((100 * change) / a, 1);
  return [...cells, signed(change, 2), percent];
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

function swatch(label: number): SVGElement {
  const colour = ventricles.find(({ number }) => number === label)?.colour ?? [128, 128, 128];
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'swatch');
  svg.setAttribute('viewBox', '0 0 10 10');
  svg.setAttribute('aria-hidden', 'true');
  const square = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  square.setAttribute('width', '10');
  square.setAttribute('height', '10');
  square.setAttribute('fill', `rgb(${colour.join(' ')})`);
  svg.append(square);
  return svg;
}

export function row(
  name: readonly (Node | string)[],
  cells: readonly string[],
  className = '',
): HTMLTableRowElement {
  return element(
    'tr',
    { class: className },
    element('th', { scope: 'row' }, ...name),
    ...cells.map((cell) => element('td', {}, cell)),
  );
}

export function table(
  heads: readonly string[],
  rows: readonly HTMLTableRowElement[],
  caption: string,
): HTMLTableElement {
  return element(
    'table',
    {},
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
    element('tbody', {}, ...rows),
  );
}
