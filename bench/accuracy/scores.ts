/** What is measured of each scan, and the tables of it. */
import type { LabelScheme, StructureScores } from 'ventriseg/node';
import { markdownTable } from '../experiment-2017/markdown-table.ts';
import { mean } from '../labelled-scans.ts';

/** Structures by their names in `compareLabels`, and what they are called in tables. */
const structures = {
  'Lateral-Ventricles': 'lateral',
  'Lateral-Ventricles-With-Horns': 'with horns',
  'Left-Inf-Lat-Vent': 'L horn',
  'Right-Inf-Lat-Vent': 'R horn',
  '3rd-Ventricle': 'third',
  '4th-Ventricle': 'fourth',
  'All-Ventricles': 'all',
} as const;
type StructureName = keyof typeof structures;
const names = Object.keys(structures) as StructureName[];

export type Scores = Pick<
  StructureScores,
  'dice' | 'jaccard' | 'hausdorff95Mm' | 'truthMl' | 'predictionMl' | 'volumeErrorPercent'
>;

/** A scan and its true labels, as files. */
export interface ScoredScan {
  readonly dataset: string;
  readonly subject: string;
  readonly imagePath: string;
  readonly labelsPath: string;
  readonly scheme: LabelScheme;
  /** True volume inside the skull, where the labels tell it. */
  readonly intracranialMl?: number;
}

export interface ScanScores extends ScoredScan {
  /** Whether the model was trained on this person: no measure of quality then. */
  readonly trainedOn: boolean;
  readonly structures: Readonly<Partial<Record<StructureName, Scores>>>;
  /** Of the volume inside the skull; null where it was not measured or its truth is not known. */
  readonly intracranialErrorPercent: number | null;
  readonly seconds: number;
  /** Codes of the quality. */
  readonly quality: readonly string[];
  /** Labels that were found. */
  readonly resultPath: string;
}

/** What a scan's files are called after. */
export function nameOf({ dataset, subject }: Pick<ScoredScan, 'dataset' | 'subject'>): string {
  return `${dataset}_${subject}`.replaceAll(/[ ,]+/g, '-');
}

/** The structures that the truth has; a horn that the labels do not tell apart has no score. */
export function scoresOf(found: readonly StructureScores[]): ScanScores['structures'] {
  return Object.fromEntries(
    found
      .filter(({ name, truthMl }) => name in structures && truthMl > 0)
      .map(({ name, dice, jaccard, hausdorff95Mm, truthMl, predictionMl, volumeErrorPercent }) => [
        name,
        { dice, jaccard, hausdorff95Mm, truthMl, predictionMl, volumeErrorPercent },
      ]),
  );
}

export function diceOfAll({ structures: { 'All-Ventricles': all } }: ScanScores): number {
  return all?.dice ?? 0;
}

const cell = (value: number | null | undefined, digits: number) =>
  value === undefined || value === null || Number.isNaN(value) ? '-' : value.toFixed(digits);

/** Dice scan by scan. */
export function scanTable(scans: readonly ScanScores[]): string {
  return markdownTable(
    [
      'scan',
      ...names.map((name) => structures[name]),
      'HD95 mm',
      'mL',
      'volume error %',
      'skull error %',
      's',
      'doubts',
    ],
    scans.map((scan) => {
      const all = scan.structures['All-Ventricles'];
      return [
        scan.subject,
        ...names.map((name) => cell(scan.structures[name]?.dice, 3)),
        cell(all?.hausdorff95Mm, 1),
        cell(all?.truthMl, 1),
        cell(all?.volumeErrorPercent, 1),
        cell(scan.intracranialErrorPercent, 1),
        cell(scan.seconds, 2),
        scan.quality.join(' '),
      ];
    }),
  );
}

/** Mean and worst of each measure, structure by structure. */
export function summaryTable(scans: readonly ScanScores[]): string {
  const rows = names.flatMap((name) => {
    const scores = scans.flatMap((scan) => scan.structures[name] ?? []);
    if (scores.length === 0) return [];
    const dice = scores.map((score) => score.dice);
    const distances = scores.flatMap((score) => score.hausdorff95Mm ?? []);
    const errors = scores.map((score) => Math.abs(score.volumeErrorPercent!));
    return [
      [
        structures[name],
        `${scores.length}`,
        cell(mean(dice), 3),
        cell(Math.min(...dice), 3),
        cell(mean(scores.map((score) => score.jaccard)), 3),
        cell(mean(distances), 2),
        distances.length < scores.length ? 'none found' : cell(Math.max(...distances), 2),
        cell(mean(errors), 1),
        cell(Math.max(...errors), 1),
      ],
    ];
  });
  const skull = scans.flatMap((scan) => scan.intracranialErrorPercent ?? []).map(Math.abs);
  if (skull.length > 0) {
    const empty = Array.from({ length: 5 }, () => '-');
    const errors = [cell(mean(skull), 1), cell(Math.max(...skull), 1)];
    rows.push(['inside the skull', `${skull.length}`, ...empty, ...errors]);
  }
  return markdownTable(
    [
      ...['structure', 'scans', 'Dice', 'worst', 'Jaccard', 'HD95 mm', 'worst'],
      ...['volume error % (absolute)', 'worst'],
    ],
    rows,
  );
}
