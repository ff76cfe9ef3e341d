/** What there is to keep of a comparison: the record as JSON, the picture and the report. Browser-safe. */
import { encodePng } from '../pictures/index.ts';
import { comparisonHtml } from '../report/comparison-html.ts';
import type { ResultPanels } from '../segment/result-panels.ts';
import { drawChange } from './change-panels.ts';
import { drawChangeSheet } from './change-sheet.ts';
import type { Comparison } from './compare-scans.ts';
import type { ComparisonRecord } from './comparison-record.ts';

export interface ComparisonOutputs {
  readonly json: string;
  /** PNG. */
  readonly picture: Uint8Array;
  /** HTML. */
  readonly report: string;
  /** The pictures of the report: the change from the first to the last scan. */
  readonly panels: ResultPanels;
}

/** @param record of this comparison, as `comparisonRecord` makes it */
export function comparisonOutputs(record: ComparisonRecord, comparison: Comparison): ComparisonOutputs {
  const panels = panelsOf(comparison, 192, 2);
  return {
    json: `${JSON.stringify(record, null, 2)}\n`,
    picture: encodePng(drawChangeSheet(panelsOf(comparison, 256, 1), record)),
    report: comparisonHtml(record, panels),
    panels,
  };
}

function panelsOf({ scans, grid }: Comparison, planeWindowMm: number, pixelsPerMm: number): ResultPanels {
  const [first, last] = [scans[0]!.segmentation, scans.at(-1)!.segmentation];
  return drawChange(first, last, grid, { planeWindowMm, pixelsPerMm });
}
