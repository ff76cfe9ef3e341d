/** How far the numbers of repeated scans lie from those of the scan itself, and whether error bars say so. */
import type { ErrorBar, ScanNumber } from 'ventriseg/node';
import { markdownTable } from '../experiment-2017/markdown-table.ts';
import { mean } from '../labelled-scans.ts';
import { type RepeatKind, repeatKinds } from './repeated-scans.ts';

export interface RepeatedScan {
  readonly scan: string;
  /** Of the scan itself. */
  readonly bars: readonly ErrorBar[];
  readonly repeats: readonly {
    readonly kind: RepeatKind;
    readonly name: string;
    readonly numbers: readonly ScanNumber[];
  }[];
}

/** The volumes that tables show; the data have all. */
const shownVolumes = ['totalMl', 'totalMlByProbability', 'lateralMl', 'label14Ml', 'label15Ml'];

function isShown({ id }: ScanNumber): boolean {
  return shownVolumes.includes(id) || !/^(label\d+|lateral|total)Ml/.test(id);
}

interface Difference {
  /** Of the repeat from the scan itself; undefined where the repeat does not give the number. */
  readonly value: number | undefined;
  /** Of the scan itself; null where a variation did not give the number. */
  readonly detectable: number | null;
}

function differences(scans: readonly RepeatedScan[], id: string, kind: RepeatKind): Difference[] {
  return scans.flatMap(({ bars, repeats }) => {
    const bar = bars.find((one) => one.id === id);
    if (bar === undefined) return [];
    return repeats
      .filter((repeat) => repeat.kind === kind)
      .map(({ numbers }) => {
        const again = numbers.find((one) => one.id === id)?.value;
        return {
          value: again === undefined ? undefined : again - bar.value,
          detectable: bar.smallestDetectableChange,
        };
      });
  });
}

/** Root mean square of the differences, and the share of them that error bars foretell, in percent. */
function summary(found: readonly Difference[]) {
  const values = found.flatMap(({ value }) => value ?? []);
  const judged = found.filter(({ value, detectable }) => value !== undefined && detectable !== null);
  const inside = judged.filter(({ value, detectable }) => Math.abs(value!) <= detectable!);
  return {
    rms: values.length === 0 ? undefined : Math.sqrt(mean(values.map((value) => value ** 2))),
    insidePercent: judged.length === 0 ? undefined : (100 * inside.length) / judged.length,
    without: found.length - values.length,
  };
}

/** One row for each number: its standard error, and for each kind of repeat the differences and the share inside. */
export function numberTable(scans: readonly RepeatedScan[]): string {
  const bars = scans.flatMap((scan) => scan.bars).filter(isShown);
  const numbers = new Map(bars.map((bar) => [bar.id, bar]));
  const rows = [...numbers.values()].map(({ id, title, unit, digits }) => {
    const errors = bars.flatMap((bar) => (bar.id === id ? (bar.standardError ?? []) : []));
    const standardError = Math.sqrt(mean(errors.map((error) => error ** 2)));
    const cells = repeatKinds.map((kind) => {
      const { rms, insidePercent, without } = summary(differences(scans, id, kind));
      if (rms === undefined) return '-';
      const missing = without > 0 ? `, ${without} without` : '';
      return `${rms.toFixed(digits + 1)} (${insidePercent?.toFixed(0) ?? '-'} %${missing})`;
    });
    return [`${title}, ${unit}`, standardError.toFixed(digits + 1), ...cells];
  });
  const all = repeatKinds.map((kind) => {
    const { insidePercent } = summary([...numbers.keys()].flatMap((id) => differences(scans, id, kind)));
    return `${insidePercent?.toFixed(0) ?? '-'} %`;
  });
  return markdownTable(['number', 'standard error', ...repeatKinds], [...rows, ['inside, all', '', ...all]]);
}

/** One row for each scan: all ventricles, and the differences of the repeat of each kind that differs most. */
export function scanTable(scans: readonly RepeatedScan[]): string {
  const rows = scans.map((scan) => {
    const bar = scan.bars.find(({ id }) => id === 'totalMl')!;
    const worst = repeatKinds.map((kind) => {
      const values = differences([scan], bar.id, kind).flatMap(({ value }) => value ?? []);
      return values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0).toFixed(2);
    });
    const amount = (value: number | null) => value?.toFixed(2) ?? '-';
    return [
      scan.scan,
      bar.value.toFixed(2),
      amount(bar.standardError),
      amount(bar.smallestDetectableChange),
      ...worst,
    ];
  });
  return markdownTable(['scan', 'mL', 'standard error', 'detectable', ...repeatKinds], rows);
}
