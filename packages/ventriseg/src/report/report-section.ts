/** What every part of a report is: a function from the result to markup. */
import type { MeasurePanel } from '../measures/draw-measures.ts';
import type { Picture } from '../pictures/index.ts';
import type { ResultPanels } from '../segment/result-panels.ts';
import type { ResultRecord } from '../segment/result-record.ts';
import type { Html } from './html.ts';

/** The pictures of a result; those that there are none of are left out. */
export interface ReportPictures extends ResultPanels {
  /** As `drawMeasures` draws them. */
  readonly measures?: readonly MeasurePanel[];
  /** As `drawSurfaces` draws them. */
  readonly surfaces?: Picture;
}

/** What a report is made from. */
export interface ReportInputs {
  readonly record: ResultRecord;
  readonly pictures: ReportPictures;
}

/** A part of the report; undefined when it has nothing to say about this result. */
export type ReportSection = (inputs: ReportInputs) => Html | undefined;
