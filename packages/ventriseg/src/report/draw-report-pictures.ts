/** All pictures of a report, at the sizes that print well. */
import type { Volume } from '@ventriseg/imaging';
import { drawMeasures } from '../measures/draw-measures.ts';
import type { Picture } from '../pictures/index.ts';
import { drawPanels } from '../segment/result-panels.ts';
import type { Segmentation } from '../segment/segment-volume.ts';
import { drawSurfaces, ventricleSurfaces } from '../surfaces/index.ts';
import type { ReportPictures, ReportSlices } from './report-section.ts';

/** Side of the pictures of measures, pixels. */
const measurePixels = 400;

/** Slices, lines of the measures, and the surfaces from several sides, where there are any. */
export function drawReportPictures(segmentation: Segmentation): ReportPictures<Picture> {
  return { ...drawReportSlices(segmentation), surfaces: drawReportSurfaces(segmentation.labels) };
}

/** The part of them that shows the scan. */
export function drawReportSlices(segmentation: Segmentation): ReportSlices<Picture> {
  return {
    ...drawPanels(segmentation, { planeWindowMm: 192, pixelsPerMm: 2 }),
    measures: drawMeasures(segmentation, measurePixels),
  };
}

/** The part that shows the surfaces; undefined without ventricles. */
export function drawReportSurfaces(labels: Volume): Picture | undefined {
  const surfaces = ventricleSurfaces(labels);
  return surfaces.length === 0 ? undefined : drawSurfaces(surfaces);
}
