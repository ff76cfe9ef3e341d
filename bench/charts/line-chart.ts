/** Line charts with bands, side by side on one drawing, with one legend below them. */
import type { Rgb } from '../../packages/ventriseg/src/pictures/index.ts';
import type { Drawing, Point, Shape } from './drawing.ts';

export interface Series {
  readonly label: string;
  readonly colour: Rgb;
  readonly points: readonly Point[];
  readonly width?: number;
  readonly dash?: readonly [number, number];
}

export interface Band {
  readonly label: string;
  readonly colour: Rgb;
  /** From left to right, in the chart's values. */
  readonly low: readonly Point[];
  readonly high: readonly Point[];
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  /** Range of the vertical axis; that of the data, widened to whole ticks, when left out. */
  readonly yRange?: readonly [number, number];
  readonly series: readonly Series[];
  readonly bands?: readonly Band[];
  /** Horizontal lines to compare with. */
  readonly references?: readonly { readonly y: number; readonly label: string }[];
}

/** Okabe and Ito's colours, told apart by the colour-blind. */
export const palette = {
  blue: [0, 114, 178],
  orange: [230, 159, 0],
  green: [0, 158, 115],
  vermilion: [213, 94, 0],
  purple: [204, 121, 167],
  sky: [86, 180, 233],
  grey: [130, 130, 130],
} as const satisfies Record<string, Rgb>;

const ink: Rgb = [40, 40, 40];
const faint: Rgb = [222, 222, 222];
const margin = { left: 52, right: 16, top: 34, bottom: 44 };
const height = 320;
const legendRow = 20;
/** Of a legend entry: its sample, and each letter of its text. */
const sampleWidth = 34;
const letterWidth = 6.4;

export function drawCharts(charts: readonly Chart[], description: string): Drawing {
  const panelWidth = charts.length === 1 ? 720 : 480;
  const width = charts.length * panelWidth;
  const shapes = charts.flatMap((chart, i) => panelShapes(chart, i * panelWidth, panelWidth));
  const entries = legendEntries(charts);
  const longest = Math.max(...entries.map((entry) => entry.label.length));
  const entryWidth = sampleWidth + letterWidth * longest + 24;
  const columns = Math.max(1, Math.floor((width - margin.left) / entryWidth));
  entries.forEach((entry, i) => {
    const x = margin.left + (i % columns) * entryWidth;
    const y = height + 12 + Math.floor(i / columns) * legendRow;
    shapes.push(...entry.sample(x, y), text(entry.label, [x + sampleWidth, y + 4], 'start', 12));
  });
  const legendHeight = Math.ceil(entries.length / columns) * legendRow + 12;
  return { width, height: height + legendHeight, description, shapes };
}

function panelShapes(chart: Chart, offset: number, width: number): Shape[] {
  const left = offset + margin.left;
  const right = offset + width - margin.right;
  const bottom = height - margin.bottom;
  const { series, bands = [], references = [] } = chart;
  const all = [...series.flatMap((s) => s.points), ...bands.flatMap((b) => [...b.low, ...b.high])];
  const [firstX, lastX] = [Math.min(0, ...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))];
  const xTicks = ticks(firstX, lastX, 6).filter((x) => x <= lastX);
  const ys = [...all.map(([, y]) => y), ...references.map(({ y }) => y)];
  const [lowest, highest] = chart.yRange ?? [Math.min(...ys), Math.max(...ys)];
  const yTicks = ticks(lowest, highest, 6);
  const xScale = scale([firstX, lastX], left, right);
  const yScale = scale(yTicks, bottom, margin.top);
  const place = ([x, y]: Point): Point => [xScale(x), yScale(y)];
  const across = (y: number): Point[] => [place([firstX, y]), place([lastX, y])];
  return [
    ...yTicks.flatMap((y): Shape[] => [
      { kind: 'line', points: across(y), colour: faint, width: 1 },
      text(label(y, yTicks), [left - 6, yScale(y) + 4], 'end', 11),
    ]),
    ...xTicks.map((x) => text(label(x, xTicks), [xScale(x), bottom + 16], 'middle', 11)),
    { kind: 'line', points: across(yTicks[0]!), colour: ink, width: 1 },
    text(chart.xLabel, [(left + right) / 2, bottom + 34], 'middle', 12),
    text(chart.title, [left, margin.top - 14], 'start', 13),
    ...bands.map(
      ({ low, high, colour }): Shape => ({
        kind: 'area',
        points: [...low.map(place), ...[...high].reverse().map(place)],
        colour,
        opacity: 0.3,
      }),
    ),
    ...references.flatMap(({ y, label: words }): Shape[] => [
      { kind: 'line', points: across(y), colour: ink, width: 1, dash: [2, 3] },
      text(words, [right, yScale(y) + 13], 'end', 11),
    ]),
    ...series.map(({ points, colour, width = 1.6, dash }): Shape => {
      const line = { kind: 'line' as const, points: points.map(place), colour, width };
      return dash === undefined ? line : { ...line, dash };
    }),
  ];
}

interface LegendEntry {
  readonly label: string;
  sample(x: number, y: number): Shape[];
}

/** One entry a label, however many panels it is in. */
function legendEntries(charts: readonly Chart[]): LegendEntry[] {
  const entries = new Map<string, LegendEntry>();
  for (const { bands = [], series } of charts) {
    for (const { label, colour } of bands) {
      entries.set(label, {
        label,
        sample: (x, y) => [
          {
            kind: 'area',
            points: [
              [x, y - 6],
              [x + 28, y - 6],
              [x + 28, y + 6],
              [x, y + 6],
            ],
            colour,
            opacity: 0.3,
          },
        ],
      });
    }
    for (const { label, colour, width = 1.6, dash } of series) {
      const sample = (x: number, y: number): Shape[] => {
        const points: Point[] = [
          [x, y],
          [x + 28, y],
        ];
        const line = { kind: 'line' as const, points, colour, width: width + 0.6 };
        return [dash === undefined ? line : { ...line, dash }];
      };
      entries.set(label, { label, sample });
    }
  }
  return [...entries.values()];
}

function text(words: string, at: Point, anchor: 'start' | 'middle' | 'end', size: number): Shape {
  return { kind: 'text', text: words, at, anchor, size, colour: ink };
}

/** Round numbers from at or below `low` to at or above `high`, about `count` of them. */
function ticks(low: number, high: number, count: number): number[] {
  const span = high > low ? high - low : Math.abs(low) || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [values[0]!, values.at(-1)!];
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

function label(value: number, all: readonly number[]): string {
  const step = all[1]! - all[0]!;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return value.toFixed(decimals).replace(/^-(0(\.0*)?)$/, '$1');
}
