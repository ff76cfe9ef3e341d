export { comparisonHtml } from './comparison-html.ts';
export { comparisonRows } from './comparison-rows.ts';
export {
  drawReportMeasures,
  drawReportPanels,
  drawReportPictures,
  drawReportSurfaces,
} from './draw-report-pictures.ts';
export { reportHtml } from './report-html.ts';
export type { ReportPictures } from './report-section.ts';
