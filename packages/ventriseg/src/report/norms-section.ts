/** The numbers beside published norms, each as a small chart: mean, two standard deviations, limit, and this scan. */
import { confidenceReach } from '../error-bar/index.ts';
import type { ResultRecord } from '../segment/result-record.ts';
import { type Html, html } from './html.ts';
import { normChart } from './norm-chart.ts';
import type { ReportInputs } from './report-section.ts';

type Norms = NonNullable<ResultRecord['norms']>;

const reasons: Readonly<Record<Norms['notCompared'][number]['reason'], string>> = {
  AGE_UNKNOWN: 'the age of the person is not known',
  SEX_UNKNOWN: 'the sex of the person is not known, or not one that was studied',
  AGE_OUTSIDE: 'the person is younger or older than those who were studied',
  NOT_MEASURED: 'this scan does not have the number, or lacks a part of it',
  SKULL_STRIPPED: 'the scan has no skull, which the number is related to',
};

export function normsSection({ record }: ReportInputs): Html | undefined {
  const { norms, errorBars } = record;
  if (norms === undefined || norms.compared.length + norms.notCompared.length === 0) return undefined;
  return html`<section>
<h2>Beside published norms</h2>
${norms.compared.map((norm) => {
  const error = errorBars?.numbers.find(({ id }) => id === norm.number)?.standardError;
  const reach = errorBars ? confidenceReach(error ?? 0, errorBars.variations) : 0;
  return html`<h3>${norm.title}: ${norm.value.toFixed(norm.digits)}${norm.unit === 'ratio' ? '' : ` ${norm.unit}`}, ${standardDeviations(norm.z)}</h3>
${normChart(norm, reach)}
<p class="note">Grey band: mean ± 2 standard deviations (${norm.mean} ± ${norm.sd}) of ${norm.people} people of ${norm.age.from} to ${norm.age.to} years,
${norm.population}.${limitOf(norm)} ${norm.remark} ${norm.citation}, doi ${norm.doi}; read in ${norm.confirmedIn}.</p>
`;
})}${
  norms.notCompared.length === 0
    ? undefined
    : html`<p class="note">Not compared: ${norms.notCompared
        .map(
          ({ title, citation, reason }) =>
            `${title} (${citation.replace(/:.*\((\d{4})\)$/s, ', $1')}): ${reasons[reason]}`,
        )
        .join('; ')}.</p>`
}
<p class="note">A norm tells how common a number is among those who were studied, by their method of measuring. It is
no limit of health.</p>
</section>
`;
}

function standardDeviations(z: number): string {
  return `${Math.abs(z).toFixed(1)} standard deviations ${z < 0 ? 'below' : 'above'} the mean`;
}

function limitOf({ upperLimit, unit }: Norms['compared'][number]): string {
  return upperLimit === null ? '' : ` Broken line: ${upperLimit.value} ${unit}, ${upperLimit.meaning}.`;
}
