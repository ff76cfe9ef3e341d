/** All pictures of a report, at the sizes that print well. */
import { drawMeasures } from '../measures/draw-measures.ts';
import { drawPanels } from '../segment/result-panels.ts';
import type { Segmentation } from '../segment/segment-volume.ts';
import { drawSurfaces, ventricleSurfaces } from '../surfaces/index.ts';
import type { ReportPictures } from './report-section.ts';

/** Side of the pictures of measures, pixels. */
const measurePixels = 400;

/** Slices, lines of the measures, and the surfaces from several sides, where there are any. */
export function drawReportPictures(segmentation: Segmentation): ReportPictures {
  const surfaces = ventricleSurfaces(segmentation.labels);
  return {
    ...drawPanels(segmentation, { planeWindowMm: 192, pixelsPerMm: 2 }),
    measures: drawMeasures(segmentation, measurePixels),
    ...(surfaces.length > 0 && { surfaces: drawSurfaces(surfaces) }),
  };
}
