/** How unlike the two sides are: (left - right) / ((left + right) / 2), for structures that were found on both. */
import { asymmetryPercent } from '../measures/volume-measures.ts';
import type { ResultRecord } from '../segment/result-record.ts';
import { type Html, html } from './html.ts';
import { formatMl, formatSignedPercent } from './numbers.ts';
import type { ReportInputs } from './report-section.ts';
import { numberTable } from './table.ts';

/** FreeSurfer's numbers of a structure's two sides. */
const pairs = [
  { title: 'lateral ventricle', left: 4, right: 43 },
  { title: 'temporal horn', left: 5, right: 44 },
] as const;

interface Asymmetry {
  readonly title: string;
  readonly leftMl: number;
  readonly rightMl: number;
  /** From -2 (right only) to 2 (left only). */
  readonly asymmetry: number;
}

export function asymmetrySection({ record }: ReportInputs): Html | undefined {
  const found = asymmetries(record.volumes);
  if (found.length === 0) return undefined;
  return html`<section class="half">
<h2>Left and right</h2>
${numberTable(
  'Asymmetry of volumes by voxels',
  ['structure', 'left, mL', 'right, mL', 'asymmetry'],
  found.map(({ title, leftMl, rightMl, asymmetry }) => ({
    title,
    cells: [formatMl(leftMl), formatMl(rightMl), formatSignedPercent(asymmetry)],
  })),
)}
<p class="note">Asymmetry: (left − right) / ((left + right) / 2); above 0 when the left side is larger.</p>
</section>
`;
}

/** A side with 0 mL was not found, so there is nothing to compare it with. */
function asymmetries({ labels }: ResultRecord['volumes']): Asymmetry[] {
  const mlOf = (number: number) => labels.find(({ label }) => label === number)?.ml ?? 0;
  return pairs
    .map(({ title, left, right }) => ({ title, leftMl: mlOf(left), rightMl: mlOf(right) }))
    .filter(({ leftMl, rightMl }) => leftMl > 0 && rightMl > 0)
    .map((sides) => ({
      ...sides,
      asymmetry: asymmetryPercent(sides.leftMl, sides.rightMl) / 100,
    }));
}
