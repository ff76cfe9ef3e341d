/** Volumes of the ventricles, each with the colour of its outline in the pictures. */
import { ventricles } from '../labels/index.ts';
import type { ResultRecord } from '../segment/result-record.ts';
import { type Html, html } from './html.ts';
import { formatMl } from './numbers.ts';
import type { ReportInputs } from './report-section.ts';
import { type NumberRow, numberTable } from './table.ts';

type VolumePair = ResultRecord['volumes']['total'];

export function volumesSection({ record }: ReportInputs): Html {
  const { labels, lateral, total } = record.volumes;
  const rows: NumberRow[] = labels.map((volume) => ({
    title: [swatch(volume.label), ' ', volume.title],
    cells: cellsOf(volume),
  }));
  if (lateral !== null) {
    rows.push({ title: 'lateral, both sides', cells: cellsOf(lateral), isSum: true });
  }
  rows.push({ title: 'total', cells: cellsOf(total), isSum: true });
  return html`<section class="half">
<h2>Volumes</h2>
${numberTable('Volumes of the ventricles in mL', ['structure', 'by voxels', 'by probability'], rows)}
<p class="note">By voxels: voxels of the label times the volume of a voxel. By probability: the network’s
probabilities added up, which depends less on the size of the voxels. Lateral, both sides:
the temporal horns included. Left is the patient’s left.</p>
${record.edit && html`<p class="note">The labels were corrected by hand, so there are no volumes by probability.</p>`}
</section>
`;
}

function cellsOf({ ml, mlByProbability }: VolumePair): string[] {
  return [formatMl(ml), mlByProbability === null ? '–' : formatMl(mlByProbability)];
}

function swatch(label: number): Html | undefined {
  const colour = ventricles.find(({ number }) => number === label)?.colour;
  if (colour === undefined) return undefined;
  return html`<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" fill="rgb(${colour.join(' ')})"/></svg>`;
}
