/** The two kinds of tables that reports have. */
import { type Html, type HtmlPart, html } from './html.ts';

export interface NumberRow {
  readonly title: HtmlPart;
  /** One a column but the first. */
  readonly cells: readonly string[];
  /** Whether the row sums up those above it. */
  readonly isSum?: boolean;
}

/** Numbers in columns, each row with its title. */
export function numberTable(caption: string, heads: readonly string[], rows: readonly NumberRow[]): Html {
  return html`<table class="numbers">
<caption>${caption}</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ({ title, cells, isSum }) =>
    html`<tr${isSum ? html` class="sum"` : undefined}><th scope="row">${title}</th>${cells.map(
      (cell) => html`<td>${cell}</td>`,
    )}</tr>\n`,
)}</tbody>
</table>`;
}

/** Properties with their values; those without a value are left out. */
export function propertyTable(
  caption: string,
  rows: readonly (readonly [title: string, value: HtmlPart])[],
): Html {
  return html`<table class="properties">
<caption>${caption}</caption>
<tbody>
${rows.map(([title, value]) =>
  value === undefined ? undefined : html`<tr><th scope="row">${title}</th><td>${value}</td></tr>\n`,
)}</tbody>
</table>`;
}
