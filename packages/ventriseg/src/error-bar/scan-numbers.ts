/** The numbers of one scan under stable ids, for whatever looks at all of them alike: error bars, changes, norms. */
import { type Measure, measureDefinitions } from '../measures/measure.ts';
import { measureVentricles } from '../measures/measure-ventricles.ts';
import type { LabelVolume, VentricleVolumes } from '../segment/measure-labels.ts';
import type { Segmentation } from '../segment/segment-volume.ts';

/** What the numbers are taken from; measures that are not there are taken anew. */
export type FoundInScan = Pick<Segmentation, 'labels' | 'volumes' | 'intracranial'> &
  Partial<Pick<Segmentation, 'measures'>>;

export interface ScanNumber {
  /** Stable, such as `label4Ml`, `totalMl`, `totalMlByProbability`, or the id of a measure. */
  readonly id: string;
  /** In words, without the unit. */
  readonly title: string;
  readonly unit: string;
  /** Decimals that are worth showing. */
  readonly digits: number;
  readonly value: number;
}

/** All numbers of a scan: volumes, and the measures that could be taken. */
export function scanNumbers(found: FoundInScan): ScanNumber[] {
  const measures = found.measures ?? measureVentricles(found.labels, found).measures;
  return [...volumeNumbers(found.volumes), ...measures.flatMap(measureNumber)];
}

function measureNumber({ id, value }: Measure): ScanNumber[] {
  const { title, unit, digits } = measureDefinitions[id];
  return value === null ? [] : [{ id, title, unit, digits, value }];
}

/** The volumes as numbers: each label, the lateral ventricles, and the total; by voxels and by probability. */
function volumeNumbers({ labels, lateral, total }: VentricleVolumes): ScanNumber[] {
  const rows: (readonly [id: string, title: string, pair: Pick<LabelVolume, 'ml' | 'mlByProbability'>])[] = [
    ...labels.map((volume) => [`label${volume.label}Ml`, volume.title, volume] as const),
    ...(lateral === null ? [] : [['lateralMl', 'lateral, both sides', lateral] as const]),
    ['totalMl', 'all ventricles', total],
  ];
  return rows.flatMap(([id, title, { ml, mlByProbability }]) => [
    { id, title, unit: 'mL', digits: 2, value: ml },
    {
      id: `${id}ByProbability`,
      title: `${title}, by probability`,
      unit: 'mL',
      digits: 2,
      value: mlByProbability,
    },
  ]);
}
