/** The picture of a comparison for a look at it: where the ventricles were gained and lost, and the change in words. */
import type { Picture } from '../pictures/index.ts';
import { panelSheet } from '../segment/panel-sheet.ts';
import type { ResultPanels } from '../segment/result-panels.ts';
import type { ComparisonRecord } from './comparison-record.ts';

export function drawChangeSheet(panels: ResultPanels, record: ComparisonRecord): Picture {
  const { name, scans, changes, quality } = record;
  const caption = [
    `${name}: from ${scans[0]!.name} to ${scans.at(-1)!.name}`,
    ...(changes.at(-1)?.numbers ?? [])
      .filter(({ id }) => id === 'lateralMl' || id === 'totalMl')
      .map(
        ({ title, from, to, change, smallestDetectableChange: least }) =>
          `${title} ${from.toFixed(2)} to ${to.toFixed(2)} mL: ${signed(change)} mL` +
          (least === null ? '' : `, detectable from ${least.toFixed(2)} mL`),
      ),
    ...quality.map(({ severity, code }) => `${severity}: ${code}`),
    'Orange: ventricle only in the last scan. Blue: only in the first.',
    "The patient's right is on the left of coronal and axial pictures. Not a medical device.",
  ].join('\n');
  return panelSheet(panels, caption);
}

function signed(ml: number): string {
  return `${ml < 0 ? '-' : '+'}${Math.abs(ml).toFixed(2)}`;
}
