/** The report of a result (`<name>_ventricles.html`): its parts in their order; document.ts is the frame. */
import type { ResultRecord } from '../segment/result-record.ts';
import { asymmetrySection } from './asymmetry-section.ts';
import { reportDocument } from './document.ts';
import { errorBarsSection } from './error-bars-section.ts';
import { type Html, html } from './html.ts';
import { measurePicturesSection } from './measure-pictures-section.ts';
import { measuresSection } from './measures-section.ts';
import { normsSection } from './norms-section.ts';
import { picturesSection } from './pictures-section.ts';
import { provenanceSection } from './provenance-section.ts';
import { qualitySection } from './quality-section.ts';
import type { ReportPictures, ReportSection } from './report-section.ts';
import { surfacesSection } from './surfaces-section.ts';
import { volumesSection } from './volumes-section.ts';

const sections: readonly ReportSection[] = [
  qualitySection,
  volumesSection,
  measuresSection,
  asymmetrySection,
  errorBarsSection,
  normsSection,
  picturesSection,
  measurePicturesSection,
  surfacesSection,
  provenanceSection,
];

/**
 * The report as an HTML document.
 *
 * @param pictures of the same result (see `drawReportPictures`)
 * @example
 * await writeFile('report.html', reportHtml(record, drawReportPictures(segmentation)));
 */
export function reportHtml(record: ResultRecord, pictures: ReportPictures): string {
  const { name, software } = record;
  return reportDocument({
    title: `Ventricles of ${name}`,
    software,
    intro: patientLine(record),
    sections: sections.map((section) => section({ record, pictures })),
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
