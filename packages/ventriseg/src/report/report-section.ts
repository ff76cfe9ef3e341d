/** What every part of a report is: a function from the result to markup. */
import type { ResultPanels } from '../segment/result-panels.ts';
import type { ResultRecord } from '../segment/result-record.ts';
import type { Html } from './html.ts';

/** What a report is made from. */
export interface ReportInputs {
  readonly record: ResultRecord;
  readonly panels: ResultPanels;
}

/** A part of the report; undefined when it has nothing to say about this result. */
export type ReportSection = (inputs: ReportInputs) => Html | undefined;
