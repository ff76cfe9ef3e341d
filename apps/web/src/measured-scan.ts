/** A scan with its result and what was corrected in it. */
import type { Volume } from '@ventriseg/imaging';
import type { OpenedScan, ResultRecord, Segmentation } from 'ventriseg';
import type { LabelEditor } from './edit/label-editor.ts';

export interface MeasuredScan {
  readonly scan: OpenedScan;
  readonly segmentation: Segmentation;
  /** As the network gave it. */
  readonly record: ResultRecord;
  /** Labels as the network gave them. */
  readonly original: Volume<Uint8Array>;
  /** Labels as they are shown. */
  readonly editor: LabelEditor;
}
