/**
 * `npm run bench:accuracy`: the shipped model, or another, on every labelled scan of the data folder: Dice and
 * volume error of each structure, scan by scan, means and worst cases, apart for people the model was trained on.
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluateLabels, type LabelScheme, openModel, segmentFile } from 'ventriseg/node';
import { dataPath } from '../../test/data-folder.ts';
import { runScript } from '../command-line.ts';

const help = `npm run bench:accuracy -- [options]

Segments every labelled scan of ../shared/data (VENTRISEG_DATA) and compares with its labels.

  --model NAME|FILE   instead of the shipped model
  --dataset NAME      only these rows of cases.tsv; may be repeated
  --held-out LIST     people of the permissive sets that the model was not trained on, comma-separated
                      (default: those of the shipped model's card)
  --crf               with the dense CRF
  --keep FOLDER       keep labels, records and pictures there
  --json              prints data instead of tables
  --help
`;

/** oasis-manual is never trained on; of the permissive sets these people were held out. */
const HELD_OUT = ['IXI015-HH-1258', 'IXI034-HH-1260', 'brainload'];
const STRUCTURES = {
  'Lateral-Ventricles': 'lateral',
  'Left-Inf-Lat-Vent': 'L temporal horn',
  'Right-Inf-Lat-Vent': 'R temporal horn',
  '3rd-Ventricle': 'third',
  '4th-Ventricle': 'fourth',
  'All-Ventricles': 'all',
} as const;
type StructureName = keyof typeof STRUCTURES;

interface CaseScores {
  readonly dataset: string;
  readonly subject: string;
  readonly trainedOn: boolean;
  readonly dice: Partial<Record<StructureName, number>>;
  readonly hausdorff95Mm: number | null;
  readonly truthMl: number;
  readonly volumeErrorPercent: number;
  readonly seconds: number;
  readonly quality: readonly string[];
}

interface CaseRow {
  readonly dataset: string;
  readonly subject: string;
  readonly image: string;
  readonly labels: string;
  readonly scheme: LabelScheme;
}

async function labelledCases(datasets: readonly string[] | undefined): Promise<CaseRow[]> {
  const [head, ...lines] = (await readFile(dataPath('cases.tsv'), 'utf8')).trimEnd().split('\n');
  const columns = head!.split('\t');
  return lines
    .map((line) => {
      const cells = line.split('\t');
      return Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? ''])) as unknown as CaseRow;
    })
    .filter(({ image, dataset }) => image !== '' && (datasets === undefined || datasets.includes(dataset)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function table(scores: readonly CaseScores[]): string {
  const names = Object.keys(STRUCTURES) as StructureName[];
  const lines = [
    `| scan | ${names.map((name) => STRUCTURES[name]).join(' | ')} | HD95 mm | mL | volume error % | s | doubts |`,
    `|---|${names.map(() => '---|').join('')}---|---|---|---|---|`,
  ];
  const cell = (value: number | undefined, digits = 3) => (value === undefined ? '' : value.toFixed(digits));
  for (const s of scores) {
    const dice = names.map((name) => cell(s.dice[name])).join(' | ');
    const hd = s.hausdorff95Mm === null ? '-' : s.hausdorff95Mm.toFixed(1);
    lines.push(
      `| ${s.subject} | ${dice} | ${hd} | ${s.truthMl.toFixed(1)} | ${s.volumeErrorPercent.toFixed(1)} | ${s.seconds.toFixed(2)} | ${s.quality.join(' ')} |`,
    );
  }
  const known = (name: StructureName) => scores.flatMap((s) => s.dice[name] ?? []);
  lines.push(
    `| **mean** | ${names.map((name) => `**${cell(mean(known(name)))}**`).join(' | ')} | | | ${mean(scores.map((s) => Math.abs(s.volumeErrorPercent))).toFixed(1)} abs. | ${mean(scores.map((s) => s.seconds)).toFixed(2)} | |`,
  );
  lines.push(`| worst | ${names.map((name) => cell(Math.min(...known(name)))).join(' | ')} | | | | | |`);
  return lines.join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string' },
      dataset: { type: 'string', multiple: true },
      'held-out': { type: 'string', default: HELD_OUT.join(',') },
      crf: { type: 'boolean', default: false },
      keep: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const heldOut = values['held-out'].split(',');
  const output = values.keep ?? (await mkdtemp(join(tmpdir(), 'ventriseg-accuracy-')));
  await mkdir(output, { recursive: true });
  const model = await openModel(values.model);
  const scores: CaseScores[] = [];
  try {
    for (const row of await labelledCases(values.dataset)) {
      const image = dataPath(row.image);
      const name = `${row.dataset}_${row.subject}`;
      const result = await segmentFile(image, { output, name, model, crf: values.crf, force: true });
      const { structures } = await evaluateLabels(dataPath(row.labels), result.labelsPath, {
        truthScheme: row.scheme,
        predictionScheme: 'freesurfer',
      });
      const all = structures.find((s) => s.name === 'All-Ventricles')!;
      scores.push({
        dataset: row.dataset,
        subject: row.subject,
        trainedOn: row.dataset !== 'oasis-manual' && !heldOut.includes(row.subject),
        dice: Object.fromEntries(structures.filter((s) => s.name in STRUCTURES).map((s) => [s.name, s.dice])),
        hausdorff95Mm: all.hausdorff95Mm,
        truthMl: all.truthMl,
        volumeErrorPercent: all.volumeErrorPercent ?? Number.NaN,
        seconds: result.record.timingsMs.total! / 1000,
        quality: result.record.quality.map(({ code }) => code),
      });
      process.stderr.write(`${name}: all ventricles Dice ${all.dice.toFixed(3)}\n`);
    }
  } finally {
    await model.release();
    if (values.keep === undefined) await rm(output, { recursive: true });
  }
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ model: model.metadata.name, sha256: model.sha256, scores }, null, 2)}\n`,
    );
    return;
  }
  for (const [title, trainedOn] of [
    ['People the model has not seen', false],
    ['People it was trained on (no measure of quality)', true],
  ] as const) {
    const part = scores.filter((s) => s.trainedOn === trainedOn);
    for (const dataset of new Set(part.map((s) => s.dataset))) {
      process.stdout.write(
        `\n## ${title}: ${dataset}, Dice\n\n${table(part.filter((s) => s.dataset === dataset))}\n`,
      );
    }
  }
}

await runScript('bench:accuracy', main);
