export { comparisonHtml } from './comparison-html.ts';
export { comparisonRows } from './comparison-rows.ts';
export { drawReportPictures, drawReportSlices, drawReportSurfaces } from './draw-report-pictures.ts';
export { reportHtml } from './report-html.ts';
export type { ReportPictures, ReportSlices } from './report-section.ts';
