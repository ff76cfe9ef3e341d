/** Doubts about the result, and what a person can do about each. */
import type { QualityCode } from '../segment/quality.ts';
import type { ResultRecord } from '../segment/result-record.ts';
import { type Html, html } from './html.ts';
import type { ReportInputs } from './report-section.ts';

const whatToDo: Readonly<Record<QualityCode, string>> = {
  NO_HEAD_FOUND:
    'Make sure that this is a T1-weighted scan of a head and that its voxel size is right; of a DICOM study, ' +
    'name the series to take (--series).',
  NO_VENTRICLES_FOUND:
    'Look at the pictures: is this a T1-weighted head, upright, with the middle of the brain in the scan? Use no ' +
    'number of this report.',
  PARTS_MISSING:
    'Look for these parts in the pictures. Take their 0 mL, and the sums that they belong to, for incomplete.',
  VENTRICLES_IMPLAUSIBLE:
    'Compare the outlines with the ventricles in the pictures; where they do not agree, use no number of this ' +
    'report.',
  TOUCHES_FIELD_OF_VIEW:
    'Take the volumes for lower bounds, or segment a scan that covers the whole ventricles.',
  CUT_BY_MODEL: 'Take the volumes for lower bounds, or use a model that looks at more of the head (--model).',
  LARGE_ISLANDS_REMOVED:
    'Look whether ventricles lack their outline in the pictures; if so, segment again with all parts kept ' +
    '(--keep-islands).',
  SIDES_UNCERTAIN:
    'Check in the pictures where left meets right before you use the volume of one side; the total does not ' +
    'depend on it.',
  COARSE_SCAN:
    'Prefer a scan with smaller voxels, and compare these volumes only with those of scans of the same kind.',
};

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
<p>What to do: ${whatToDo[code]}</p></li>
`;
}
