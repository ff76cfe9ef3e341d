/** The slices of the scan with the outlines of the labels. */
import { placeOf, type ResultPanel, type ResultPanels } from '../segment/result-panels.ts';
import { type Html, html } from './html.ts';
import { figure } from './picture-figure.ts';
import type { ReportInputs, ReportPicture } from './report-section.ts';

export function picturesSection({ pictures }: ReportInputs): Html {
  return html`<section class="pictures">
<h2>Pictures</h2>
<p class="note">Outlines in the colours of the table of volumes. The patient’s right is on the left of coronal and
axial slices, the front on the right of sagittal ones. x, y and z are mm to the right, to the front and upwards in
the coordinates of the scan.</p>
${panelFigures(pictures, 'with the outlines of the labels')}
</section>
`;
}

/** @param shown what the pictures show over the scan, in words for those who do not see them */
export function panelFigures({ planes, slices }: ResultPanels<ReportPicture>, shown: string): Html {
  return html`<div class="planes">
${planes.map((panel) => sliceFigure(panel, `through the middle of the ventricles, ${shown}`))}</div>
<div class="slices">
${slices.map((panel) => sliceFigure(panel, `around the ventricles, ${shown}`))}</div>`;
}

function sliceFigure(panel: ResultPanel<ReportPicture>, what: string): Html {
  return figure(panel.picture, `${panel.plane} slice of the scan ${what}`, placeOf(panel));
}
