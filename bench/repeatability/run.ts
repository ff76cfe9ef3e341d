/**
 * `npm run bench:repeatability`: how well error bars foretell what differs when a head is scanned again. For each scan
 * the standard error by test-time variation, beside the spread over repeated scans (see repeated-scans.ts); the share
 * of pairs of scans that differ by more than the smallest detectable change, which should be 5 %; and what
 * `compare` says of a head that has not changed.
 */
import { parseArgs } from 'node:util';
import {
  compareScans,
  type ErrorBar,
  estimateErrorBars,
  openModel,
  openScan,
  type ScanNumber,
  type SegmentModel,
  scanNumbers,
  segmentVolume,
} from 'ventriseg/node';
import { dataPath } from '../../test/data-folder.ts';
import { runScript, wholeNumber } from '../command-line.ts';
import { type RepeatKind, repeatKinds, repeatScan } from './repeated-scans.ts';

const help = `npm run bench:repeatability -- [options] [scan...]

Scans are paths inside of ../shared/data (VENTRISEG_DATA) or of their own; default: six of different kinds.

  --model NAME|FILE   instead of the shipped model
  --variations N      for the error bars (default 8)
  --repeats N         repeated scans of each kind (default 4)
  --compare           also compare each scan with its first repeat of the kind "all"
  --json              prints data instead of tables
  --help
`;

const SCANS = [
  'freesurfer-subjects/ecog/mri/T1.mgz',
  'unlabelled/chris_t1.nii.gz',
  'oasis-manual/1006_T1.nii.gz',
  'oasis-manual/1012_T1.nii.gz',
  'ixi-2mm/IXI034-HH-1260_T1.nii.gz',
  'dicom/philips-sagittal-mprage',
];
const NUMBERS = ['lateralMl', 'totalMl', 'totalMlByProbability'];

interface NumberScores {
  readonly id: string;
  readonly title: string;
  readonly value: number;
  readonly standardError: number | null;
  /** Standard deviation over the repeats of each kind, the scan itself included. */
  readonly spread: Readonly<Record<RepeatKind, number>>;
  /** Pairs of scans of the kind "all" that differ by more than the smallest detectable change, and all pairs. */
  readonly beyond: number;
  readonly pairs: number;
  /** By `compare`: change of a head that has not changed, and what it must exceed; null unless it was run. */
  readonly compared: { readonly change: number; readonly detectable: number | null } | null;
}

interface ScanScores {
  readonly scan: string;
  readonly numbers: readonly NumberScores[];
}

interface Settings {
  readonly variations: number;
  readonly repeats: number;
  readonly compare: boolean;
}

async function measure(scan: string, model: SegmentModel, settings: Settings): Promise<ScanScores> {
  const { volume } = await openScan(/^[./]/.test(scan) ? scan : dataPath(scan));
  const found = await segmentVolume(volume, model);
  const { numbers: bars } = await estimateErrorBars(volume, found, model, {
    variations: settings.variations,
  });
  const repeated = {} as Record<RepeatKind, ScanNumber[][]>;
  for (const kind of repeatKinds) {
    repeated[kind] = [];
    for (let seed = 1; seed <= settings.repeats; seed++) {
      repeated[kind].push(scanNumbers(await segmentVolume(repeatScan(volume, kind, seed), model)));
    }
    process.stderr.write(`${scan}: ${kind} done\n`);
  }
  const changes = settings.compare
    ? await compareScans(
        [volume, repeatScan(volume, 'all', 1)].map((v, k) => ({ name: `${k + 1}`, volume: v, years: null })),
        model,
        { variations: settings.variations },
      )
    : undefined;
  return {
    scan,
    numbers: bars
      .filter(({ id }) => NUMBERS.includes(id) || !id.includes('Ml'))
      .map((bar) => scoresOf(bar, repeated, changes?.changes[0]?.numbers)),
  };
}

function scoresOf(
  bar: ErrorBar,
  repeated: Readonly<Record<RepeatKind, ScanNumber[][]>>,
  changes: Awaited<ReturnType<typeof compareScans>>['changes'][number]['numbers'] | undefined,
): NumberScores {
  const valuesOf = (kind: RepeatKind) => [
    bar.value,
    ...repeated[kind].flatMap((numbers) => numbers.find(({ id }) => id === bar.id)?.value ?? []),
  ];
  const all = valuesOf('all');
  const pairs = all.flatMap((a, n) => all.slice(n + 1).map((b) => Math.abs(a - b)));
  const change = changes?.find(({ id }) => id === bar.id);
  return {
    id: bar.id,
    title: bar.title,
    value: bar.value,
    standardError: bar.standardError,
    spread: Object.fromEntries(repeatKinds.map((kind) => [kind, deviation(valuesOf(kind))])) as Record<
      RepeatKind,
      number
    >,
    beyond: pairs.filter((d) => d > (bar.smallestDetectableChange ?? Number.POSITIVE_INFINITY)).length,
    pairs: pairs.length,
    compared: change ? { change: change.change, detectable: change.smallestDetectableChange } : null,
  };
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function table(scores: readonly ScanScores[]): string {
  const amount = (value: number | null | undefined) => (value == null ? '-' : value.toFixed(3));
  const lines = [
    `| scan | number | value | standard error | ${repeatKinds.join(' | ')} | beyond detectable | compare: change | detectable |`,
    `|---|---|---|---|${repeatKinds.map(() => '---|').join('')}---|---|---|`,
  ];
  for (const { scan, numbers } of scores) {
    for (const n of numbers) {
      const spread = repeatKinds.map((kind) => amount(n.spread[kind])).join(' | ');
      lines.push(
        `| ${scan} | ${n.title} | ${n.value.toFixed(2)} | ${amount(n.standardError)} | ${spread} | ` +
          `${n.beyond} of ${n.pairs} | ${amount(n.compared?.change)} | ${amount(n.compared?.detectable)} |`,
      );
    }
  }
  return lines.join('\n');
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      variations: { type: 'string', default: '8' },
      repeats: { type: 'string', default: '4' },
      compare: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const settings = {
    variations: wholeNumber('--variations', values.variations, 2),
    repeats: wholeNumber('--repeats', values.repeats, 1),
    compare: values.compare,
  };
  const model = await openModel(values.model);
  const scores: ScanScores[] = [];
  try {
    for (const scan of positionals.length > 0 ? positionals : SCANS) {
      scores.push(await measure(scan, model, settings));
      if (!values.json) process.stderr.write(`${table(scores.slice(-1))}\n`);
    }
  } finally {
    await model.release();
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ ...settings, scores }, null, 2)}\n`);
  else
    process.stdout.write(
      `${table(scores)}\n\nSpread: standard deviation over ${settings.repeats + 1} scans.\n`,
    );
}

await runScript('bench:repeatability', main);
