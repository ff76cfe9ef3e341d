/** Doubts about the result, and what a person can do about each. */
import { qualityRules } from '../segment/quality.ts';
import type { ResultRecord } from '../segment/result-record.ts';
import { type Html, html } from './html.ts';
import type { ReportInputs } from './report-section.ts';

export function qualitySection({ record }: ReportInputs): Html {
  const { quality, warnings } = record;
  const unusable = quality.some(({ severity }) => severity === 'error');
  return html`<section>
<h2>Quality</h2>
${unusable ? html`<p class="unusable">The numbers of this result cannot be used.</p>` : undefined}
${
  quality.length === 0
    ? html`<p>None of the automatic checks found anything to doubt. Look at the pictures all the same.</p>`
    : html`<ul class="findings">\n${quality.map(finding)}</ul>`
}
${
  warnings.length === 0
    ? undefined
    : html`<h3>About the scan</h3>\n<ul>${warnings.map((warning) => html`<li>${warning}</li>\n`)}</ul>`
}
</section>
`;
}

function finding({ code, severity, message }: ResultRecord['quality'][number]): Html {
  return html`<li class="${severity}"><p><strong>${severity}</strong> <code>${code}</code></p>
<p>${message}</p>
<p>What to do: ${qualityRules[code].whatToDo}</p></li>
`;
}
