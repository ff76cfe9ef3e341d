/** The rows of a table of changes, as the report and the command show them. */
import type { ComparisonRecord } from '../compare/comparison-record.ts';
import type { NumberRow } from './table.ts';

type Change = ComparisonRecord['changes'][number];

/** Those of the volumes by probability are left to the record: they would double the table. */
export function comparisonRows({ numbers, years }: Change): { heads: string[]; rows: NumberRow[] } {
  const perYear = years === null ? [] : ['a year', '% a year'];
  return {
    heads: ['number', 'from', 'to', 'change', '%', 'detectable from', 'more than chance', ...perYear],
    rows: numbers
      .filter(({ id }) => !id.endsWith('ByProbability'))
      .map((number) => {
        const { digits } = number;
        const amount = (value: number | null) => (value === null ? '–' : value.toFixed(digits));
        const percent = (value: number | null) => (value === null ? '–' : signed(value, 1));
        const error = number.standardError === null ? '' : ` ± ${amount(number.standardError)}`;
        return {
          title: `${number.title}, ${number.unit}`,
          cells: [
            amount(number.from),
            amount(number.to),
            `${signed(number.change, digits)}${error}`,
            percent(number.changePercent),
            amount(number.smallestDetectableChange),
            number.exceeds === null ? '–' : number.exceeds ? 'yes' : 'no',
            ...(years === null
              ? []
              : [
                  number.perYear === null ? '–' : signed(number.perYear, digits),
                  percent(number.percentPerYear),
                ]),
          ],
        };
      }),
  };
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}
