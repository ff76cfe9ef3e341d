export { comparisonHtml } from './comparison-html.ts';
export { comparisonRows } from './comparison-rows.ts';
export { drawReportPictures } from './draw-report-pictures.ts';
export { reportHtml } from './report-html.ts';
export type { ReportPictures } from './report-section.ts';
