/** The slices of the scan with the outlines of the labels. */
import { encodePng } from '../pictures/index.ts';
import { placeOf, type ResultPanel, type ResultPanels } from '../segment/result-panels.ts';
import { type Html, html } from './html.ts';
import type { ReportInputs } from './report-section.ts';

export function picturesSection({ panels }: ReportInputs): Html {
  return html`<section class="pictures">
<h2>Pictures</h2>
<p class="note">Outlines in the colours of the table of volumes. The patient’s right is on the left of coronal and
axial slices, the front on the right of sagittal ones. x, y and z are mm to the right, to the front and upwards in
the coordinates of the scan.</p>
${panelFigures(panels, 'with the outlines of the labels')}
</section>
`;
}

/** @param shown what the pictures show over the scan, in words for those who do not see them */
export function panelFigures({ planes, slices }: ResultPanels, shown: string): Html {
  return html`<div class="planes">
${planes.map((panel) => figure(panel, `through the middle of the ventricles, ${shown}`))}</div>
<div class="slices">
${slices.map((panel) => figure(panel, `around the ventricles, ${shown}`))}</div>`;
}

function figure(panel: ResultPanel, what: string): Html {
  const { picture } = panel;
  const source = `data:image/png;base64,${base64(encodePng(picture))}`;
  return html`<figure><img src="${source}" width="${picture.width}" height="${picture.height}" alt="${panel.plane} slice of the scan ${what}"><figcaption>${placeOf(panel)}</figcaption></figure>
`;
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  // In parts, because a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}
