/**
 * `npm run bench:robustness`: what the shipped model, or another, bears. Each scan is changed in many ways (see
 * variations.ts) and segmented again; the Dice index is that of the labels with the scan's true ones, moved in the
 * same way. Storage orders must not change a voxel.
 */
import { parseArgs } from 'node:util';
import { dice, labelMask, reorient, type Volume } from '@ventriseg/imaging';
import {
  distinctLabels,
  openModel,
  openScan,
  resolveLabelScheme,
  type SegmentModel,
  segmentVolume,
  toCanonicalLabels,
} from 'ventriseg/node';
import { codesOfLabels, lesionMasks } from '../../packages/ventriseg/src/volume-training/tissue-codes.ts';
import { dataPath } from '../../test/data-folder.ts';
import { runScript, UsageError } from '../command-line.ts';
import { markdownTable } from '../experiment-2017/markdown-table.ts';
import { type LabelledScan, labelledScans, mean } from '../labelled-scans.ts';
import { type LabelledHead, type Variation, variations } from './variations.ts';

const help = `npm run bench:robustness -- [options] [subject...]

Subjects of cases.tsv in ../shared/data (VENTRISEG_DATA); default: ${'ecog, 1006, 1012, IXI034-HH-1260'}.

  --model NAME|FILE   instead of the shipped model
  --only KIND         storage, rotation, shift, resolution, noise, "bias field", "field of view", motion,
                      intensity, size or "white matter lesions"; may be repeated
  --json              prints data instead of a table
  --help
`;
/** A whole head of 1 mm, two stripped ones with large and with small ventricles, a whole head of 2 mm. */
const usualSubjects = ['ecog', '1006', '1012', 'IXI034-HH-1260'];
const structures = {
  lateral: [4, 43, 5, 44],
  third: [14],
  fourth: [15],
  all: [4, 43, 5, 44, 14, 15],
} as const;
type Structure = keyof typeof structures;

interface VariationScores {
  readonly subject: string;
  readonly kind: string;
  readonly variation: string;
  readonly dice: Readonly<Record<Structure, number>>;
  /** Of storage orders: voxels whose label differs from that of the scan as it is. */
  readonly differingVoxels: number | null;
  /** Mean probability of the labels; null without any. */
  readonly confidence: number | null;
  readonly quality: readonly string[];
}

async function openHead(row: LabelledScan): Promise<LabelledHead> {
  const { volume: scan } = await openScan(dataPath(row.image));
  const { volume: truth } = await openScan(dataPath(row.labels));
  const { scheme } = resolveLabelScheme(distinctLabels(truth), row.scheme, row.labels);
  const brain = { ...truth, data: Uint8Array.from(truth.data, (label) => (label === 0 ? 0 : 1)) };
  const place = { voxelToWorld: scan.voxelToWorld };
  const labels = toCanonicalLabels(truth, scheme, row.labels);
  return {
    scan,
    labels: { ...labels, ...place },
    brain: { ...brain, ...place },
    ...lesionMasks(codesOfLabels(truth, scheme, false, row.labels).data),
  };
}

async function scoreHead(
  row: LabelledScan,
  model: SegmentModel,
  chosen: readonly Variation[],
): Promise<VariationScores[]> {
  const head = await openHead(row);
  const scores: VariationScores[] = [];
  const expected = await segmentVolume(head.scan, model);
  for (const variation of chosen) {
    const varied = variation.make(head, row.head === 'whole-head');
    if (varied === undefined) continue;
    const { labels, quality, evidence } = await segmentVolume(varied.scan, model);
    const diceOf = (numbers: readonly number[]) =>
      dice(labelMask(varied.labels, numbers), labelMask(labels, numbers));
    scores.push({
      subject: row.subject,
      kind: variation.kind,
      variation: variation.name,
      dice: Object.fromEntries(
        Object.entries(structures).map(([name, numbers]) => [name, diceOf(numbers)]),
      ) as Record<Structure, number>,
      differingVoxels: variation.kind === 'storage' ? differing(expected.labels, labels) : null,
      confidence: evidence?.confidence ?? null,
      quality: quality.map(({ code }) => code),
    });
    process.stderr.write(
      `${row.subject} ${variation.kind} ${variation.name}: ${scores.at(-1)!.dice.all.toFixed(3)}\n`,
    );
  }
  return scores;
}

function differing(expected: Volume<Uint8Array>, found: Volume<Uint8Array>): number {
  const [a, b] = [reorient(expected, 'RAS').data, reorient(found, 'RAS').data];
  return a.reduce((count, label, at) => count + (label === b[at] ? 0 : 1), 0);
}

function table(scores: readonly VariationScores[]): string {
  const names = Object.keys(structures) as Structure[];
  const rows = variations.flatMap(({ kind, name }) => {
    const own = scores.filter((score) => score.kind === kind && score.variation === name);
    if (own.length === 0) return [];
    const cells = names.flatMap((structure) => {
      const values = own.map(({ dice }) => dice[structure]);
      return [mean(values).toFixed(3), Math.min(...values).toFixed(3)];
    });
    const differingVoxels = own.reduce((sum, score) => sum + (score.differingVoxels ?? 0), 0);
    const sure = Math.min(...own.flatMap(({ confidence }) => confidence ?? []));
    const doubts = [...new Set(own.flatMap(({ quality }) => quality))].join(' ');
    const identical = differingVoxels === 0 ? 'identical' : `${differingVoxels} voxels differ`;
    const told = [sure.toFixed(2), kind === 'storage' ? identical : '', doubts];
    return [[`${kind}: ${name}`, `${own.length}`, ...cells, ...told]];
  });
  return markdownTable(
    ['variation', 'scans', ...names.flatMap((name) => [name, 'worst']), 'least sure', 'storage', 'doubts'],
    rows,
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      only: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const subjects = positionals.length > 0 ? positionals : usualSubjects;
  const rows = (await labelledScans()).filter(({ subject }) => subjects.includes(subject));
  const unknown = subjects.filter((subject) => !rows.some((row) => row.subject === subject));
  if (unknown.length > 0) throw new UsageError(`cases.tsv has no scan of ${unknown.join(', ')}`);
  const kinds = values.only?.concat('none');
  const chosen = variations.filter(({ kind }) => kinds === undefined || kinds.includes(kind));
  const unused = kinds?.find((kind) => !variations.some((variation) => variation.kind === kind));
  if (unused !== undefined) throw new UsageError(`there is no kind of variation ${unused}; see --help`);
  const model = await openModel(values.model);
  const scores: VariationScores[] = [];
  try {
    for (const row of rows) scores.push(...(await scoreHead(row, model, chosen)));
  } finally {
    await model.release();
  }
  process.stdout.write(values.json ? `${JSON.stringify(scores, null, 2)}\n` : `${table(scores)}\n`);
}

await runScript('bench:robustness', main);
