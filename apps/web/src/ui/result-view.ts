/** The right side: volumes, doubts and what the result came from, and beside another scan when there is one. */
import type { ResultRecord } from 'ventriseg';
import { byId, element } from './dom.ts';
import { comparisonTable, measuresTable, volumesTable } from './numbers.ts';

export function showResult(record: ResultRecord): void {
  byId('result').hidden = false;
  byId('result-name').textContent = record.name;
  const measures = record.measures.length === 0 ? [] : [measuresTable(record)];
  byId('volumes').replaceChildren(volumesTable(record), ...measures);
  const seconds = ((record.timingsMs.total ?? 0) / 1000).toFixed(1);
  byId('took').textContent =
    `${record.scan.shape.join(' × ')} voxels of ${record.scan.voxelMm.map((mm) => mm.toFixed(2)).join(' × ')} mm; ` +
    `${seconds} s; model ${record.model.name}` +
    (record.edit === undefined ? '' : `; corrected by hand, ${record.edit.strokes} strokes`);
  const doubts = record.quality.map(({ severity, code, message }) =>
    element('li', { class: severity }, element('strong', {}, code), ` ${message}`),
  );
  const { series } = record.scan;
  const remarks = [
    ...(series === null ? [] : [`Series ${series.description}: ${series.chosenBecause}.`]),
    ...record.warnings,
  ].map((text) => element('li', {}, text));
  byId('doubts').replaceChildren(...doubts, ...remarks);
}

/** @param others the scans to compare with, by their place on the page; `chosen` is one of them */
export function showComparison(
  record: ResultRecord,
  compared: ResultRecord | undefined,
  others: readonly { readonly place: number; readonly name: string; readonly chosen: boolean }[],
): void {
  byId('comparison').hidden = compared === undefined;
  if (compared === undefined) return;
  const options = others.map(({ place, name, chosen }) => {
    const option = element('option', { value: String(place) }, name);
    option.selected = chosen;
    return option;
  });
  byId('other').replaceChildren(...options);
  byId('comparison-table').replaceChildren(comparisonTable(record, compared));
}
