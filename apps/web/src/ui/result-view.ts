/** The right side: volumes, measures, doubts and what the result came from. */
import type { ResultRecord } from 'ventriseg';
import { byId, element } from './dom.ts';
import { findingItem } from './findings.ts';
import { measuresTable, volumesTable } from './numbers.ts';

export function showResult(record: ResultRecord): void {
  byId('result').hidden = false;
  byId('result-name').textContent = record.name;
  byId('volumes').replaceChildren(volumesTable(record));
  const measures = record.measures.length === 0 ? [] : [element('h2', {}, 'Measures'), measuresTable(record)];
  byId('measures').replaceChildren(...measures);
  const seconds = ((record.timingsMs.total ?? 0) / 1000).toFixed(1);
  byId('took').textContent =
    `${record.scan.shape.join(' × ')} voxels of ${record.scan.voxelMm.map((mm) => mm.toFixed(2)).join(' × ')} mm; ` +
    `${seconds} s; model ${record.model.name}` +
    (record.edit === undefined
      ? ''
      : `; corrected by hand, ${record.edit.strokes} ${record.edit.strokes === 1 ? 'stroke' : 'strokes'}`);
  const doubts = record.quality.map((finding) => findingItem(finding));
  const { series } = record.scan;
  const remarks = [
    ...(series === null ? [] : [`Series ${series.description}: ${series.chosenBecause}.`]),
    ...record.warnings,
  ].map((text) => element('li', {}, text));
  byId('doubts').replaceChildren(...doubts, ...remarks);
}
