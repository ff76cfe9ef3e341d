/** What every part of a report is: a function from the result to markup. */
import type { MeasurePanel } from '../measures/draw-measures.ts';
import type { EncodedPicture, Picture } from '../pictures/index.ts';
import type { ResultPanels } from '../segment/result-panels.ts';
import type { ResultRecord } from '../segment/result-record.ts';
import type { Html } from './html.ts';

/** A picture that a report takes. */
export type ReportPicture = Picture | EncodedPicture;

/** The pictures of a result; those that there are none of are left out. */
export interface ReportPictures<P = ReportPicture> extends ResultPanels<P> {
  /** As `drawMeasures` draws them. */
  readonly measures?: readonly MeasurePanel<P>[];
  /** As `drawSurfaces` draws them. */
  readonly surfaces?: P | undefined;
}

/** What a report is made from. */
export interface ReportInputs {
  readonly record: ResultRecord;
  readonly pictures: ReportPictures;
}

/** A part of the report; undefined when it has nothing to say about this result. */
export type ReportSection = (inputs: ReportInputs) => Html | undefined;
