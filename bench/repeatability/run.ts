/**
 * `npm run bench:repeatability`: how well error bars foretell what differs when a head is scanned again. Each scan is
 * segmented, given error bars by test-time variation, and repeated in many ways (see repeated-scans.ts). Told are the
 * differences of each number, and the share of them that is not over the smallest detectable change, which should be
 * 95 %.
 */
import { parseArgs } from 'node:util';
import {
  compareScans,
  estimateErrorBars,
  openModel,
  openScan,
  type SegmentModel,
  scanNumbers,
  segmentVolume,
} from 'ventriseg/node';
import { dataPath } from '../../test/data-folder.ts';
import { runScript, wholeNumber } from '../command-line.ts';
import { markdownTable } from '../experiment-2017/markdown-table.ts';
import { quickRepeats, type Repeat, repeats } from './repeated-scans.ts';
import { numberTable, type RepeatedScan, scanTable } from './scores.ts';

const help = `npm run bench:repeatability -- [options] [scan...]

Scans are paths inside of ../shared/data (VENTRISEG_DATA) or of their own; default: eight of different kinds.

  --model NAME|FILE   instead of the shipped model
  --variations N      for the error bars (default 8)
  --quick             two scans (unless some are named), and fewer repeats
  --compare           instead: what compare says of each scan and its first repeat of the kind "all", which is a head
                      that has not changed
  --json              prints data instead of tables
  --help
`;

/** 1 mm and 2 mm. */
const quickScans = ['freesurfer-subjects/ecog/mri/T1.mgz', 'ixi-2mm/IXI034-HH-1260_T1.nii.gz'];
const usualScans = [
  ...quickScans,
  'oasis-manual/1006_T1.nii.gz',
  'unlabelled/chris_t1.nii.gz',
  'dicom/philips-sagittal-mprage',
  'oasis-manual/1012_T1.nii.gz',
  'oasis-manual/1036_T1.nii.gz',
  'ixi-2mm/IXI015-HH-1258_T1.nii.gz',
];

interface Settings {
  readonly variations: number;
  readonly repeats: readonly Repeat[];
  readonly json: boolean;
}

async function measure(scan: string, model: SegmentModel, settings: Settings): Promise<RepeatedScan> {
  const { volume } = await openScan(pathOf(scan));
  const found = await segmentVolume(volume, model);
  const { numbers: bars } = await estimateErrorBars(volume, found, model, {
    variations: settings.variations,
  });
  const repeated: RepeatedScan['repeats'][number][] = [];
  for (const { kind, name, make } of settings.repeats) {
    const numbers = scanNumbers(await segmentVolume(make(volume), model));
    repeated.push({ kind, name, numbers });
    process.stderr.write(`${scan}: ${kind} ${name}\n`);
  }
  return { scan, bars, repeats: repeated };
}

function pathOf(scan: string): string {
  return /^[./]/.test(scan) ? scan : dataPath(scan);
}

/** Rows of a table: changes that `compare` finds where there are none. */
async function compareWithRepeat(scan: string, model: SegmentModel, { variations }: Settings) {
  const { volume } = await openScan(pathOf(scan));
  const again = repeats.find(({ kind }) => kind === 'all')!.make(volume);
  const { changes } = await compareScans(
    [volume, again].map((one, k) => ({ name: `${k + 1}`, volume: one, years: null })),
    model,
    { variations },
  );
  return changes[0]!.numbers.map(({ id, title, change, smallestDetectableChange }) => ({
    ...{ scan, id, title, change, smallestDetectableChange },
  }));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      variations: { type: 'string', default: '8' },
      quick: { type: 'boolean', default: false },
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
    repeats: values.quick ? quickRepeats : repeats,
    json: values.json,
  };
  const usual = values.quick ? quickScans : usualScans;
  const scans = positionals.length > 0 ? positionals : usual;
  const model = await openModel(values.model);
  try {
    const text = values.compare
      ? await compared(scans, model, settings)
      : await measured(scans, model, settings);
    process.stdout.write(`${text}\n`);
  } finally {
    await model.release();
  }
}

async function measured(scans: readonly string[], model: SegmentModel, settings: Settings) {
  const found: RepeatedScan[] = [];
  for (const scan of scans) found.push(await measure(scan, model, settings));
  if (settings.json) return JSON.stringify({ variations: settings.variations, scans: found });
  return `${numberTable(found)}\n\n${scanTable(found)}`;
}

async function compared(scans: readonly string[], model: SegmentModel, settings: Settings) {
  const found: Awaited<ReturnType<typeof compareWithRepeat>> = [];
  for (const scan of scans) found.push(...(await compareWithRepeat(scan, model, settings)));
  if (settings.json) return JSON.stringify({ variations: settings.variations, changes: found });
  return markdownTable(
    ['scan', 'number', 'change', 'detectable'],
    found.map(({ scan, title, change, smallestDetectableChange }) => [
      scan,
      title,
      change.toFixed(3),
      smallestDetectableChange?.toFixed(3) ?? '-',
    ]),
  );
}

await runScript('bench:repeatability', main);
