/**
 * `npm run bench:quality`: what the limits of the doubts (quality.ts) rest on. The evidence of people that the model
 * was trained on, from which limits are set; of people that it has not seen, and of scans spoiled on purpose (see
 * spoiled-scans.ts), which show what the limits are worth. Also tells which measures each spoiled scan still gives.
 */
import { parseArgs } from 'node:util';
import {
  distinctLabels,
  measureDefinitions,
  openModel,
  openScan,
  resolveLabelScheme,
  type Segmentation,
  type SegmentModel,
  segmentVolume,
  toCanonicalLabels,
} from 'ventriseg/node';
import { dataPath } from '../../test/data-folder.ts';
import { runScript } from '../command-line.ts';
import { markdownTable } from '../experiment-2017/markdown-table.ts';
import { heldOutPeople, type LabelledScan, labelledScans } from '../labelled-scans.ts';
import { spoilings } from './spoiled-scans.ts';

const help = `npm run bench:quality -- [options]

Segments the labelled scans of ../shared/data (VENTRISEG_DATA), and spoiled copies of two of them.

  --model NAME|FILE   instead of the shipped model
  --held-out LIST     people of the permissive sets that the model was not trained on, comma-separated
                      (default: those of the shipped models' cards)
  --quick             three people of each kind, and spoiled copies of one
  --json              prints data instead of tables
  --help
`;
const spoiledPeople = ['ecog', 'IXI012-HH-1211'];

const groups = ['trained on', 'not seen', 'spoiled'] as const;

interface Evidence {
  readonly group: (typeof groups)[number];
  readonly scan: string;
  /** Each is null where there is nothing to take it from. */
  readonly numbers: Readonly<Record<string, number | null>>;
  readonly quality: readonly string[];
  /** Measures that have a value, and the reasons of those that have none. */
  readonly measured: readonly string[];
  readonly reasons: readonly string[];
}

function evidenceOf(group: Evidence['group'], scan: string, found: Segmentation): Evidence {
  const { volumes, evidence, quality, measures, islands } = found;
  const { total, labels } = volumes;
  const sideMl = (numbers: readonly number[]) =>
    labels.reduce((sum, { label, ml }) => sum + (numbers.includes(label) ? ml : 0), 0);
  const [left, right] = [sideMl([4, 5]), sideMl([43, 44])];
  const share = (part: number, of: number) => (of > 0 ? part / of : null);
  return {
    group,
    scan,
    numbers: {
      'ventricles, mL': total.ml,
      'inside the skull, mL': evidence?.intracranialMl ?? null,
      confidence: evidence?.confidence ?? null,
      'outside the skull': total.ml > 0 ? (evidence?.outsideShare ?? null) : null,
      'located / found': share(evidence?.locatedMl ?? 0, total.ml),
      asymmetry: share(Math.abs(left - right), left + right),
      'share of the skull, %': share(100 * total.ml, evidence?.intracranialMl ?? 0),
      'taken away as islands': share(islands.ml, islands.ml + total.ml),
    },
    quality: quality.map(({ code }) => code),
    measured: measures.flatMap(({ id, value }) => (value === null ? [] : [id])),
    reasons: [...new Set(measures.flatMap(({ status }) => (status === 'measured' ? [] : [status])))],
  };
}

async function ventriclesOf(row: LabelledScan) {
  const { volume } = await openScan(dataPath(row.labels));
  const { scheme } = resolveLabelScheme(distinctLabels(volume), row.scheme, row.labels);
  return toCanonicalLabels(volume, scheme, row.labels);
}

async function measure(
  rows: readonly LabelledScan[],
  model: SegmentModel,
  choices: Choices,
): Promise<Evidence[]> {
  const found: Evidence[] = [];
  const add = (one: Evidence) => {
    found.push(one);
    process.stderr.write(`${one.group}: ${one.scan}\n`);
  };
  for (const row of rows) {
    const { volume: scan } = await openScan(dataPath(row.image));
    const unseen = row.dataset === 'oasis-manual' || choices.heldOut.includes(row.subject);
    add(evidenceOf(unseen ? 'not seen' : 'trained on', row.subject, await segmentVolume(scan, model)));
    if (!choices.spoiled.includes(row.subject)) continue;
    const labels = await ventriclesOf(row);
    const ventricles = {
      ...{ shape: scan.shape, voxelToWorld: scan.voxelToWorld },
      data: labels.data.map((label) => Number(label !== 0)),
    };
    for (const { name, make } of spoilings) {
      const spoiled = make({ scan, ventricles });
      add(evidenceOf('spoiled', `${row.subject}: ${name}`, await segmentVolume(spoiled, model)));
    }
  }
  return found;
}

/** Least, median and most of each number in each group. */
function rangeTable(found: readonly Evidence[]): string {
  const names = Object.keys(found[0]!.numbers);
  const rows = names.flatMap((name) =>
    groups.map((group) => {
      const values = found
        .flatMap((one) => (one.group === group ? (one.numbers[name] ?? []) : []))
        .sort((a, b) => a - b);
      const text = (value: number | undefined) => (value === undefined ? '-' : value.toPrecision(3));
      const middle = values[Math.floor(values.length / 2)];
      return [name, group, `${values.length}`, text(values[0]), text(middle), text(values.at(-1))];
    }),
  );
  return markdownTable(['evidence', 'scans', 'number', 'least', 'median', 'most'], rows);
}

function scanTable(found: readonly Evidence[]): string {
  const all = Object.keys(measureDefinitions).length;
  const rows = found.map(({ group, scan, numbers, quality, measured, reasons }) => {
    const text = (value: number | null | undefined) => (value == null ? '-' : value.toPrecision(3));
    return [
      `${group}: ${scan}`,
      text(numbers['ventricles, mL']),
      text(numbers.confidence),
      text(numbers['located / found']),
      text(numbers['outside the skull']),
      quality.join(' '),
      `${measured.length} of ${all}`,
      reasons.join(' '),
    ];
  });
  const head = ['scan', 'mL', 'confidence', 'located / found', 'outside', 'doubts', 'measured', 'why not'];
  return markdownTable(head, rows);
}

interface Choices {
  readonly heldOut: readonly string[];
  /** People whose scans are spoiled. */
  readonly spoiled: readonly string[];
}

/** The first scans of each kind and those to be spoiled. */
function fewOf(rows: readonly LabelledScan[], { heldOut, spoiled }: Choices): LabelledScan[] {
  const unseen = rows.filter(
    ({ dataset, subject }) => dataset === 'oasis-manual' || heldOut.includes(subject),
  );
  const seen = rows.filter((row) => !unseen.includes(row));
  const wanted = seen.filter(({ subject }) => spoiled.includes(subject));
  const others = seen.filter((row) => !wanted.includes(row)).slice(0, 2);
  return [...unseen.slice(0, 3), ...wanted, ...others];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string' },
      'held-out': { type: 'string', default: heldOutPeople.join(',') },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const choices = {
    heldOut: values['held-out'].split(','),
    spoiled: values.quick ? spoiledPeople.slice(0, 1) : spoiledPeople,
  };
  const rows = await labelledScans();
  const model = await openModel(values.model);
  try {
    const found = await measure(values.quick ? fewOf(rows, choices) : rows, model, choices);
    const text = values.json ? JSON.stringify(found) : `${rangeTable(found)}\n\n${scanTable(found)}`;
    process.stdout.write(`${text}\n`);
  } finally {
    await model.release();
  }
}

await runScript('bench:quality', main);
