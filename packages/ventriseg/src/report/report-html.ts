/**
 * The report of a result (`<name>_ventricles.html`): one file that opens from disk and prints, with nothing
 * fetched and nothing run. Its policy forbids both to browsers, whatever the scan's names may hold.
 */
import type { ResultPanels } from '../segment/result-panels.ts';
import type { ResultRecord } from '../segment/result-record.ts';
import { asymmetrySection } from './asymmetry-section.ts';
import { type Html, html, styleElement } from './html.ts';
import { picturesSection } from './pictures-section.ts';
import { provenanceSection } from './provenance-section.ts';
import { qualitySection } from './quality-section.ts';
import type { ReportSection } from './report-section.ts';
import { reportStyle } from './report-style.ts';
import { volumesSection } from './volumes-section.ts';

const sections: readonly ReportSection[] = [
  qualitySection,
  volumesSection,
  asymmetrySection,
  picturesSection,
  provenanceSection,
];

const policy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const notMedical = 'Not a medical device: for research, not for diagnosis or treatment.';

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
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${software.name} ${software.version}">
<title>Ventricles of ${name}</title>
${styleElement(reportStyle)}
</head>
<body>
<header>
<h1>Ventricles of ${name}</h1>
${patientLine(record)}
<p class="notice">${notMedical}</p>
</header>
<main>
${sections.map((section) => section({ record, panels }))}
</main>
</body>
</html>
`.markup;
}

function patientLine({ scan }: ResultRecord): Html | undefined {
  const { sex, ageYears } = scan.patient ?? {};
  const known = [
    ...(sex ? [`sex ${sex}`] : []),
    ...(typeof ageYears === 'number' ? [`age ${ageYears} years`] : []),
  ];
  return known.length === 0 ? undefined : html`<p>Patient: ${known.join(', ')}</p>`;
}
