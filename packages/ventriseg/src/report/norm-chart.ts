/** A number on the scale of a norm: inline SVG in the report's own colours. */
import { type Html, html } from './html.ts';
import { ticksOf } from './ticks.ts';

export interface NormOnChart {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly value: number;
  readonly mean: number;
  readonly sd: number;
  readonly upperLimit: { readonly value: number } | null;
}

const width = 640;
const height = 64;
const margin = 30;
/** Top and bottom of the band. */
const band = { top: 8, bottom: 34 };

/** @param reach half the length of the value's error bar, in its unit */
export function normChart(norm: NormOnChart, reach: number): Html {
  const { value, mean, sd, upperLimit } = norm;
  const marks = [mean - 2 * sd, mean + 2 * sd, value - reach, value + reach, upperLimit?.value ?? mean];
  const ticks = ticksOf(Math.max(0, Math.min(...marks)), Math.max(...marks), 8);
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const x = (at: number) => {
    const inside = Math.min(Math.max(at, low), high);
    return Math.round((margin + ((inside - low) / (high - low)) * (width - 2 * margin)) * 10) / 10;
  };
  const middle = (band.top + band.bottom) / 2;
  const label = `${norm.title} ${value.toFixed(norm.digits)}, mean ${mean}, standard deviation ${sd}`;
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<rect class="band" x="${x(mean - 2 * sd)}" width="${Math.round((x(mean + 2 * sd) - x(mean - 2 * sd)) * 10) / 10}" y="${band.top}" height="${band.bottom - band.top}"/>
<line class="mean" x1="${x(mean)}" x2="${x(mean)}" y1="${band.top}" y2="${band.bottom}"/>
${upperLimit === null ? undefined : html`<line class="limit" x1="${x(upperLimit.value)}" x2="${x(upperLimit.value)}" y1="${band.top - 4}" y2="${band.bottom + 4}"/>`}
<line class="bar" x1="${x(value - reach)}" x2="${x(value + reach)}" y1="${middle}" y2="${middle}"/>
<circle class="value" cx="${x(value)}" cy="${middle}" r="5"/>
${ticks.map(
  (
    tick,
  ) => html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${band.bottom}" y2="${band.bottom + 6}"/>
<text x="${x(tick)}" y="${height - 8}" text-anchor="middle">${tick}</text>
`,
)}</svg>`;
}
