/** A small chart of one number over several scans, with its error bars: inline SVG in the report's own colours. */
import { type Html, html } from './html.ts';
import { ticksOf } from './ticks.ts';

export interface TimePoint {
  readonly name: string;
  /** Years, or the position of the scan. */
  readonly at: number;
  readonly value: number;
  /** Half the length of its error bar, in the unit of the value. */
  readonly reach: number;
}

const width = 640;
const height = 220;
const margin = { left: 60, right: 20, top: 12, bottom: 40 };

/** @param title of the vertical axis, with its unit @param horizontal what `at` counts */
export function timeCourseChart(
  title: string,
  points: readonly TimePoint[],
  horizontal: 'years' | 'scans',
): Html {
  const low = Math.min(...points.map((point) => point.value - point.reach));
  const high = Math.max(...points.map((point) => point.value + point.reach));
  const room = Math.max((high - low) * 0.15, Math.abs(high) * 0.02, 0.1);
  const ticks = ticksOf(Math.max(0, low - room), high + room, 5);
  const [bottom, top] = [Math.min(ticks[0]!, low), Math.max(ticks.at(-1)!, high)];
  const first = Math.min(...points.map(({ at }) => at));
  const span = Math.max(...points.map(({ at }) => at)) - first || 1;
  const x = (at: number) =>
    round(margin.left + 20 + ((at - first) / span) * (width - margin.left - margin.right - 40));
  const y = (value: number) =>
    round(
      height - margin.bottom - ((value - bottom) / (top - bottom)) * (height - margin.top - margin.bottom),
    );
  const path = points.map(({ at, value }, k) => `${k === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join(' ');
  const summary = points.map(({ name, value }) => `${name} ${value.toFixed(2)}`).join(', ');
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: ${summary}">
${ticks.map(
  (
    tick,
  ) => html`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${y(tick)}" y2="${y(tick)}"/>
<text x="${margin.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>
`,
)}<text x="14" y="${height / 2}" text-anchor="middle" transform="rotate(-90 14 ${height / 2})">${title}</text>
<path class="line" d="${path}"/>
${points.map((point) => {
  const px = x(point.at);
  return html`<line class="bar" x1="${px}" x2="${px}" y1="${y(point.value - point.reach)}" y2="${y(point.value + point.reach)}"/>
<circle class="point" cx="${px}" cy="${y(point.value)}" r="4"/>
<text x="${px}" y="${height - margin.bottom + 18}" text-anchor="middle">${
    horizontal === 'years' ? `${point.at.toFixed(2)} years` : point.name
  }</text>
`;
})}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
