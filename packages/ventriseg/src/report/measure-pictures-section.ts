/** The lines of the measures on the slices where they were taken. */
import type { MeasurePanel } from '../measures/draw-measures.ts';
import { measureDefinitions } from '../measures/measure.ts';
import { type Html, html } from './html.ts';
import { figure } from './picture-figure.ts';
import type { ReportInputs, ReportPicture } from './report-section.ts';

export function measurePicturesSection({ pictures: { measures = [] } }: ReportInputs): Html | undefined {
  if (measures.length === 0) return undefined;
  return html`<section class="pictures">
<h2>Where the measures were taken</h2>
<p class="note">Slices of the head in its standard pose: the line through the commissures is horizontal, and the
patient’s right is on the left.</p>
<div class="planes measured">
${measures.map(measureFigure)}</div>
</section>
`;
}

function measureFigure({ id, plane, positionMm, caption, picture }: MeasurePanel<ReportPicture>): Html {
  const alt = `${plane} slice of the head in its standard pose with the lines of: ${measureDefinitions[id].title}`;
  return figure(picture, alt, `${caption}; ${plane}, ${placeOf(plane, positionMm)}`);
}

/** Where the slice lies beside the commissures, in words. */
function placeOf(plane: MeasurePanel['plane'], positionMm: number): string {
  const away = `${Math.abs(positionMm).toFixed(0)} mm`;
  if (away === '0 mm')
    return plane === 'axial' ? 'through the commissures' : 'through the anterior commissure';
  if (plane === 'axial') return `${away} ${positionMm > 0 ? 'above' : 'below'} the commissures`;
  return `${away} ${positionMm > 0 ? 'in front of' : 'behind'} the anterior commissure`;
}
