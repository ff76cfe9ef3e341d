/** Ratios, widths and the angle, with their units, or why they could not be measured. */
import { formatMeasure } from '../measures/measure-text.ts';
import { type Html, html } from './html.ts';
import type { ReportInputs } from './report-section.ts';
import { numberTable } from './table.ts';

export function measuresSection({ record }: ReportInputs): Html | undefined {
  const { measures, pose } = record;
  if (measures.length === 0) return undefined;
  const messages = [...new Set(measures.flatMap(({ message }) => message ?? []))];
  return html`<section class="half tall">
<h2>Measures</h2>
${numberTable(
  'Ratios, widths and angles',
  ['measure', 'value'],
  measures.map(({ id, title, value, message }) => ({
    title,
    cells: [value === null ? `– (${messages.indexOf(message!) + 1})` : formatMeasure(id, value)],
  })),
)}
${messages.length === 0 ? undefined : html`<ol class="note">${messages.map((message) => html`<li>${message}</li>\n`)}</ol>`}
${
  pose === null
    ? undefined
    : html`<p class="note">Widths lie at right angles to the midline in slices parallel to the line through the
commissures, which was found from the ventricles; its tilt is known to ${pose.tiltErrorDegrees} degrees (standard
error).</p>`
}
${
  measures.some(({ id, value }) => id === 'intracranialVolumeMl' && value !== null)
    ? html`<p class="note">The intracranial volume is seen at 4 mm: on heads made from label maps 5 % off on average and
10 % at most, in either direction. It suits a person’s own course better than comparing people.</p>`
    : undefined
}
</section>
`;
}
