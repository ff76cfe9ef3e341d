/** Measures in words, for captions and tables. */
import { type Measure, type MeasuredLine, type MeasureId, measureDefinitions } from './measure.ts';

const unitText = { mL: ' mL', '%': ' %', mm: ' mm', degrees: '°', ratio: '' } as const;

/** A value with its unit, to the decimals that are worth showing, such as `41.9 mm`. */
export function formatMeasure(id: MeasureId, value: number): string {
  const { unit, digits } = measureDefinitions[id];
  return `${value.toFixed(digits)}${unitText[unit]}`;
}

/** Title and value; of ratios with the lengths they are made of. */
export function measureText(measure: Extract<Measure, { status: 'measured' }>): string {
  const { title, unit } = measureDefinitions[measure.id];
  const parts =
    unit === 'ratio'
      ? ` (${measure.lines.map((line) => `${line.name} ${lengthMm(line).toFixed(1)} mm`).join(', ')})`
      : '';
  return `${title} ${formatMeasure(measure.id, measure.value)}${parts}`;
}

function lengthMm({ from, to }: MeasuredLine): number {
  return Math.hypot(from[0] - to[0], from[1] - to[1], from[2] - to[2]);
}
