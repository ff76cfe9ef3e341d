/** All pictures of a report, at the sizes that print well. */
import type { Volume } from '@ventriseg/imaging';
import { drawMeasures, type MeasurePanel } from '../measures/draw-measures.ts';
import type { Picture } from '../pictures/index.ts';
import { drawPanels, type ResultPanels, type ShownSegmentation } from '../segment/result-panels.ts';
import type { Segmentation } from '../segment/segment-volume.ts';
import { drawSurfaces, ventricleSurfaces } from '../surfaces/index.ts';
import type { ReportPictures } from './report-section.ts';

/** Side of the pictures of measures, pixels. */
const measurePixels = 400;

/** Slices, lines of the measures, and the surfaces from several sides, where there are any. */
export function drawReportPictures(segmentation: Segmentation): ReportPictures<Picture> {
  return {
    ...drawReportPanels(segmentation),
    measures: drawReportMeasures(segmentation),
    surfaces: drawReportSurfaces(segmentation.labels),
  };
}

/** The part that shows the scan; it needs no measures. */
export function drawReportPanels(seen: ShownSegmentation): ResultPanels {
  return drawPanels(seen, { planeWindowMm: 192, pixelsPerMm: 2 });
}

/** The part that shows the lines of the measures. */
export function drawReportMeasures(segmentation: Segmentation): MeasurePanel[] {
  return drawMeasures(segmentation, measurePixels);
}

/** The part that shows the surfaces; undefined without ventricles. */
export function drawReportSurfaces(labels: Volume): Picture | undefined {
  const surfaces = ventricleSurfaces(labels);
  return surfaces.length === 0 ? undefined : drawSurfaces(surfaces);
}
