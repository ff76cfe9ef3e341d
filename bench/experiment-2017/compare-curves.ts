/**
 * Lays our training curves over the band of PyTorch's: a chart (SVG and PNG), and in words and as JSON how often
 * ours is inside the band, beside how often it would be if both engines did the same.
 */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawCharts, palette, type Series } from '../charts/line-chart.ts';
import { saveDrawing } from '../charts/save-drawing.ts';
import { runScript, UsageError, wholeNumber } from '../command-line.ts';
import { columnOf, readCsv } from './csv-table.ts';
import { bandOf, compareWithBand, expectedShareInside, smooth } from './curve-band.ts';

const help = `tsx bench/experiment-2017/compare-curves.ts -o DIR --pytorch CSV... --ours CSV... [options]

  -o, --output DIR        folder for <name>.svg, <name>.png, <name>.json
  --name NAME             default training-curves
  --pytorch CSV           curve of torch_curve.py; two or more make the band
  --ours CSV              curve of our-curve.ts; one or more
  --pytorch-from-our-start CSV
                          PyTorch from the start values and batches of the first of ours
  --window N              steps to average over; default 10
`;

interface Curve {
  readonly file: string;
  /** Loss of steps 1, 2, ... */
  readonly loss: readonly number[];
}

async function readCurve(path: string): Promise<Curve> {
  const table = await readCsv(path);
  const wrong = columnOf(table, 'step', path).findIndex((step, i) => step !== i + 1);
  if (wrong >= 0) throw new Error(`${path}: line ${wrong + 2} is not step ${wrong + 1}`);
  return { file: basename(path), loss: columnOf(table, 'loss', path) };
}

/** How far two engines are apart that began alike, over the first steps. */
function differences(ours: Curve, theirs: Curve) {
  const steps = Math.min(ours.loss.length, theirs.loss.length);
  return [1, 10, 30, 100, 300]
    .filter((first) => first <= steps)
    .map((first) => ({
      firstSteps: first,
      largestDifference: Math.max(
        ...ours.loss.slice(0, first).map((value, i) => Math.abs(value - theirs.loss[i]!)),
      ),
    }));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', short: 'o' },
      name: { type: 'string', default: 'training-curves' },
      pytorch: { type: 'string', multiple: true, default: [] },
      ours: { type: 'string', multiple: true, default: [] },
      'pytorch-from-our-start': { type: 'string' },
      window: { type: 'string', default: '10' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  if (values.output === undefined || values.pytorch.length < 2 || values.ours.length < 1) {
    throw new UsageError('wants -o DIR, two or more --pytorch CSV and one or more --ours CSV; see --help');
  }
  const window = wholeNumber('--window', values.window, 1);
  const pytorch = await Promise.all(values.pytorch.map(readCurve));
  const ours = await Promise.all(values.ours.map(readCurve));
  const sameStartFile = values['pytorch-from-our-start'];
  const sameStart = sameStartFile === undefined ? undefined : await readCurve(sameStartFile);
  const short = [...pytorch, ...ours].find(({ loss }) => loss.length < 2 * window);
  if (short)
    throw new Error(`${short.file}: ${short.loss.length} steps are too few to average over ${window}`);

  const smoothed = pytorch.map(({ loss }) => smooth(loss, window));
  const band = bandOf(smoothed);
  const steps = window - 1 + band.low.length;
  const compared = ours.map(({ file, loss }) => {
    const { largestAt, ...comparison } = compareWithBand(smooth(loss, window), band);
    return { file, ...comparison, largestAtStep: largestAt + window };
  });
  const result = {
    steps,
    window,
    pytorch: {
      files: pytorch.map(({ file }) => file),
      // Each of PyTorch's own curves beside the band of its others: what ours is up against.
      leaveOneOut: smoothed.map((curve, i) => ({
        file: pytorch[i]!.file,
        shareInside: compareWithBand(curve, bandOf(smoothed.filter((_, k) => k !== i))).shareInside,
        expectedShareInside: expectedShareInside(smoothed.length - 1),
      })),
    },
    ours: compared,
    expectedShareInside: expectedShareInside(pytorch.length),
    sameStart:
      sameStart === undefined
        ? null
        : { ours: ours[0]!.file, pytorch: sameStart.file, differences: differences(ours[0]!, sameStart) },
  };
  const point = (value: number, i: number) => [i + window, value] as const;
  const colours = [palette.blue, palette.vermilion, palette.green, palette.orange, palette.sky];
  const series: Series[] = ours.map(({ loss }, i) => ({
    label: `ours, run ${i + 1}`,
    colour: colours[i % colours.length]!,
    points: smooth(loss, window).map(point),
  }));
  if (sameStart !== undefined) {
    series.push({
      label: "PyTorch from our run 1's start",
      colour: [20, 20, 20],
      width: 1.2,
      dash: [4, 3],
      points: smooth(sameStart.loss, window).map(point),
    });
  }
  const drawing = drawCharts(
    [
      {
        title: `Training loss (-soft Jaccard), mean of ${window} steps`,
        xLabel: 'step',
        series,
        bands: [
          {
            label: `PyTorch, ${pytorch.length} runs`,
            colour: palette.grey,
            low: band.low.map(point),
            high: band.high.map(point),
          },
        ],
      },
    ],
    `Training loss of ${ours.length} of our runs over the range of ${pytorch.length} PyTorch runs, ${steps} steps`,
  );
  const files = await saveDrawing(values.output, values.name, drawing);
  const json = join(values.output, `${values.name}.json`);
  await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);

  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const lines = [
    `Mean of ${window} steps, ${steps} steps, band of ${pytorch.length} PyTorch runs.`,
    ...compared.map(
      (c) =>
        `${c.file}: inside the band at ${percent(c.shareInside)} of the steps; outside by ` +
        `${c.meanExcess.toFixed(4)} on average, at most ${c.largestExcess.toFixed(4)} (step ${c.largestAtStep})`,
    ),
    `Expected of one more run of the same process: ${percent(result.expectedShareInside)}.`,
    ...result.pytorch.leaveOneOut.map(
      (c) =>
        `${c.file}: inside the band of PyTorch's other runs at ${percent(c.shareInside)} ` +
        `(expected ${percent(c.expectedShareInside)})`,
    ),
    ...(result.sameStart?.differences ?? []).map(
      (d) =>
        `From the same start on the same batches the losses differ by at most ` +
        `${d.largestDifference.toExponential(1)} over the first ${d.firstSteps} steps.`,
    ),
    `Wrote ${[...files, json].join(', ')}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

await runScript('compare-curves', main);
