/** The report of a result (`<name>_ventricles.html`): its parts in their order; document.ts is the frame. */
import type { ResultPanels } from '../segment/result-panels.ts';
import type { ResultRecord } from '../segment/result-record.ts';
import { asymmetrySection } from './asymmetry-section.ts';
import { reportDocument } from './document.ts';
import { errorBarsSection } from './error-bars-section.ts';
import { type Html, html } from './html.ts';
import { normsSection } from './norms-section.ts';
import { picturesSection } from './pictures-section.ts';
import { provenanceSection } from './provenance-section.ts';
import { qualitySection } from './quality-section.ts';
import type { ReportSection } from './report-section.ts';
import { volumesSection } from './volumes-section.ts';

const sections: readonly ReportSection[] = [
  qualitySection,
  volumesSection,
  asymmetrySection,
  errorBarsSection,
  normsSection,
  picturesSection,
  provenanceSection,
];

/**
 * The report as an HTML document.
 *
 * @param panels of the same result, as `drawPanels` draws them; two pixels a mm print well
 * @example
 * const panels = drawPanels(segmentation, { planeWindowMm: 192, pixelsPerMm: 2 });
 * await writeFile('report.html', reportHtml(record, panels));
 */
export function reportHtml(record: ResultRecord, panels: ResultPanels): string {
  const { name, software } = record;
  return reportDocument({
    title: `Ventricles of ${name}`,
    software,
    intro: patientLine(record),
    sections: sections.map((section) => section({ record, panels })),
  });
}

function patientLine({ scan }: ResultRecord): Html | undefined {
  const { sex, ageYears } = scan.patient ?? {};
  const known = [
    ...(sex ? [`sex ${sex}`] : []),
    ...(typeof ageYears === 'number' ? [`age ${ageYears} years`] : []),
  ];
  return known.length === 0 ? undefined : html`<p>Patient: ${known.join(', ')}</p>`;
}
