/**
 * The report of a comparison (`<name>_comparison.html`): doubts, changes, where they are, each scan's volumes, and
 * how all was made; document.ts is the frame.
 */

import type { ComparisonRecord } from '../compare/comparison-record.ts';
import { confidenceReach } from '../error-bar/index.ts';
import type { ResultPanels } from '../segment/result-panels.ts';
import { comparisonProvenance } from './comparison-provenance.ts';
import { comparisonRows } from './comparison-rows.ts';
import { reportDocument } from './document.ts';
import { type Html, html } from './html.ts';
import { panelFigures } from './pictures-section.ts';
import { numberTable } from './table.ts';
import { timeCourseChart } from './time-course-chart.ts';

/** @param panels of the change from the first to the last scan, as `drawChange` draws them */
export function comparisonHtml(record: ComparisonRecord, panels: ResultPanels): string {
  const { scans, software } = record;
  const last = scans.at(-1)!;
  return reportDocument({
    title: `Ventricles of ${scans[0]!.name} and ${last.name} compared`,
    software,
    intro: undefined,
    sections: [
      qualityOf(record),
      ...record.changes.map((change) => changeSection(record, change)),
      courseSection(record),
      picturesOf(record, panels),
      comparisonProvenance(record),
    ],
  });
}

function qualityOf({ quality, scans, changes }: ComparisonRecord): Html {
  const ofScans = scans.flatMap(({ name, quality }) => quality.map((finding) => ({ name, ...finding })));
  return html`<section>
<h2>Quality</h2>
${changes.length === 0 ? html`<p class="unusable">There are no changes to be told, for the reasons below.</p>` : undefined}
${
  quality.length + ofScans.length === 0
    ? html`<p>None of the automatic checks found anything to doubt. Look at the pictures all the same.</p>`
    : html`<ul class="findings">
${quality.map(
  ({
    code,
    severity,
    message,
    whatToDo,
  }) => html`<li class="${severity}"><p><strong>${severity}</strong> <code>${code}</code></p>
<p>${message}</p>
<p>What to do: ${whatToDo}</p></li>
`,
)}${ofScans.map(
  ({
    name,
    code,
    severity,
    message,
  }) => html`<li class="${severity}"><p><strong>${severity}</strong> <code>${code}</code> (${name})</p>
<p>${message}</p></li>
`,
)}</ul>`
}
</section>
`;
}

function changeSection({ scans }: ComparisonRecord, change: ComparisonRecord['changes'][number]): Html {
  const { years } = change;
  const [from, to] = [scans[change.from]!.name, scans[change.to]!.name];
  const { heads, rows } = comparisonRows(change);
  return html`<section>
<h2>Change from ${from} to ${to}</h2>
${years === null ? html`<p>The time between the scans is not known.</p>` : html`<p>Time between the scans: ${years.toFixed(2)} years.</p>`}
${numberTable('Change, with its standard error and what it must exceed', heads, rows)}
<p class="note">Change: to less from, ± its standard error; in % of the mean of both. Detectable from: a smaller
change may be chance (5 % of unchanged heads exceed it, by Student’s t). It covers how the head lies in the scanner and on the grid of voxels, not what else differs between two sessions, such as the scanner.</p>
</section>
`;
}

function courseSection({ scans, errorBars }: ComparisonRecord): Html | undefined {
  const chart = timeCourseChart(
    'all ventricles, mL',
    scans.map(({ name, years, numbers }, k) => {
      const { value, standardError } = numbers.find(({ id }) => id === 'totalMl')!;
      const reach = confidenceReach(standardError ?? 0, errorBars.variations);
      return { name, at: years ?? k, value, reach };
    }),
    scans.every(({ years }) => years !== null) ? 'years' : 'scans',
  );
  return html`<section>
<h2>Course</h2>
${chart}
<p class="note">Bars: where the number lies in 95 % of cases, as far as position and voxels go.</p>
</section>
`;
}

function picturesOf({ scans }: ComparisonRecord, panels: ResultPanels): Html {
  return html`<section class="pictures">
<h2>Where they have changed</h2>
<p class="note">The mean of ${scans[0]!.name} and ${scans.at(-1)!.name}, in the space in the middle of the scans.
Orange: ventricle only in the last scan (gained). Blue: only in the first (lost). The patient’s right is on the left of
coronal and axial slices, the front on the right of sagittal ones.</p>
${panelFigures(panels, 'with gained and lost voxels')}
</section>
`;
}
