/** Everything that is needed to make a comparison again. */
import type { ComparisonRecord } from '../compare/comparison-record.ts';
import { type Html, html } from './html.ts';
import { propertyTable } from './table.ts';
import { variationsText } from './variations-text.ts';

export function comparisonProvenance(record: ComparisonRecord): Html {
  const { scans, registration, errorBars, software, model, options, timingsMs } = record;
  return html`<section>
<h2>Where the numbers come from</h2>
${scans.map((scan) =>
  propertyTable(`Scan ${scan.name}`, [
    ['path', scan.path],
    ['SHA-256', html`<code>${scan.sha256}</code>`],
    [
      'voxels',
      `${scan.shape.join(' × ')} of ${scan.voxelMm.map((mm) => Math.round(mm * 100) / 100).join(' × ')} mm`,
    ],
    ['storage axes', scan.axes],
    ['years since the first', scan.years === null ? undefined : scan.years.toFixed(3)],
    ['remarks', scan.warnings.length === 0 ? undefined : scan.warnings.join(' ')],
  ]),
)}
${propertyTable('Registration', [
  ['kind', 'rigid, each scan to the space in the middle of all'],
  ...registration.pairs.map(
    ({ first, second, similarity, overlap }) =>
      [
        `${scans[first]!.name} and ${scans[second]!.name}`,
        `correlation ${similarity.toFixed(3)}, overlap ${(100 * overlap).toFixed(0)} %`,
      ] as const,
  ),
  [
    'contradiction of the pairs',
    scans.length > 2 ? `${registration.contradictionMm.toFixed(2)} mm` : undefined,
  ],
])}
${propertyTable('Method', [
  ['software', `${software.name} ${software.version}`],
  ['model', `${model.name}, trained for ${model.steps} steps`],
  ['model’s SHA-256', html`<code>${model.sha256}</code>`],
  ['standard errors', `each scan segmented ${errorBars.variations} times more, ${variationsText(errorBars)}`],
  [
    'options',
    Object.entries(options)
      .map(
        ([name, value]) =>
          `${name}: ${typeof value === 'boolean' ? (value ? 'yes' : 'no') : (value ?? 'none')}`,
      )
      .join(', '),
  ],
  [
    'times',
    Object.entries(timingsMs)
      .map(([stage, ms]) => `${stage} ${(ms / 1000).toFixed(2)} s`)
      .join(', '),
  ],
])}
</section>
`;
}
