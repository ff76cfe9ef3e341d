/** How far the numbers can be trusted: their standard errors and the smallest detectable change of each. */
import { type Html, html } from './html.ts';
import type { ReportInputs } from './report-section.ts';
import { numberTable } from './table.ts';
import { variationsText } from './variations-text.ts';

export function errorBarsSection({ record }: ReportInputs): Html | undefined {
  const { errorBars } = record;
  if (errorBars === undefined) return undefined;
  const shown = errorBars.numbers.filter(({ id }) => !id.endsWith('ByProbability'));
  return html`<section>
<h2>Error bars</h2>
${numberTable(
  `Standard errors over ${errorBars.variations} variations of the scan`,
  ['number', 'value', 'standard error', 'detectable change', 'mean of the variations'],
  shown.map((number) => {
    const amount = (value: number | null) => (value === null ? '–' : value.toFixed(number.digits));
    return {
      title: `${number.title}, ${number.unit}`,
      cells: [number.value, number.standardError, number.smallestDetectableChange, number.mean].map(amount),
    };
  }),
)}
<p class="note">The scan was segmented again with the head ${variationsText(errorBars)}. Detectable change: two scans of an
unchanged head differ by more in 5 % of cases (t √2 standard errors, by Student’s t), as far as position and voxels go;
another scanner, or voxels of quite another size, add to it. A dash: not every variation gave the number.</p>
</section>
`;
}
