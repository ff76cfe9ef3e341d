/** The ventricles as bodies, from several sides. */
import { type Html, html } from './html.ts';
import { figure } from './picture-figure.ts';
import type { ReportInputs } from './report-section.ts';

export function surfacesSection({ pictures: { surfaces } }: ReportInputs): Html | undefined {
  if (surfaces === undefined) return undefined;
  return html`<section class="pictures surfaces">
<h2>Surfaces</h2>
${figure(surfaces, 'the surfaces of the ventricles from the front, the left, obliquely, above and below, with their volumes')}
<p class="note">The volumes in this picture are those inside the smoothed surfaces.</p>
</section>
`;
}
