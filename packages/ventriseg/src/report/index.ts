export { comparisonHtml } from './comparison-html.ts';
export { comparisonRows } from './comparison-rows.ts';
export { reportHtml } from './report-html.ts';
