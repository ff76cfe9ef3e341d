/** Comparing in the worker: the library's own comparison, with the files that the command writes. */
import {
  compareScans,
  comparisonOutputs,
  comparisonRecord,
  encodePng,
  placeOf,
  type ResultPanel,
  yearsOfScans,
} from 'ventriseg';
import { computeUsed } from './compute-used.ts';
import { readyModel } from './models.ts';
import type { ChangePicture, CompareOrder, CompareProgressNews, MeasuredChange } from './protocol.ts';

/** @throws what `compareScans` throws */
export async function compare(
  { scans, intervalYears, variations, model, compute }: CompareOrder,
  onProgress: (progress: CompareProgressNews) => void,
): Promise<MeasuredChange> {
  const begun = performance.now();
  onProgress({ stage: 'model', done: 0, total: 1 });
  const ready = await readyModel(model, compute);
  const years = yearsOfScans(
    scans.map(({ scan }) => scan.source.acquisitionDate),
    intervalYears === undefined ? {} : { intervalYears },
  );
  const opened = performance.now();
  const comparison = await compareScans(
    scans.map(({ name, scan: { volume } }, k) => ({ name, volume, years: years[k]! })),
    ready.model,
    { variations, onProgress },
  );
  const compared = performance.now();
  onProgress({ stage: 'draw', done: 0, total: 1 });
  const record = comparisonRecord(
    `${scans[0]!.name}_to_${scans.at(-1)!.name}`,
    scans.map(({ scan }) => scan),
    comparison,
    { model: opened - begun, compare: compared - opened, total: compared - begun },
  );
  const { panels, ...files } = comparisonOutputs(record, comparison);
  return {
    record,
    ...files,
    planes: panels.planes.map(pictureOf),
    slices: panels.slices.map(pictureOf),
    compute: computeUsed(ready.backend),
  };
}

function pictureOf(panel: ResultPanel): ChangePicture {
  return { title: placeOf(panel), png: encodePng(panel.picture) };
}
