/**
 * The picture for checking a result at a glance: three planes through the middle of the ventricles with their
 * outlines, and below them axial slices from the lowest to the highest part. The patient's right is on the left.
 */
import type { Picture } from '../pictures/index.ts';
import { panelSheet } from './panel-sheet.ts';
import { drawPanels } from './result-panels.ts';
import type { Segmentation } from './segment-volume.ts';

/** Draws the sheet, about 800 x 500 pixels, on black; the caption begins with `name`. */
export function drawResult(segmentation: Segmentation, name: string): Picture {
  const { volumes, quality } = segmentation;
  const panels = drawPanels(segmentation, { planeWindowMm: 256, pixelsPerMm: 1 });
  const amounts = volumes.labels.map(({ title, ml }) => `${title} ${ml.toFixed(1)} mL`);
  const caption = [
    `${name}: ${volumes.total.ml.toFixed(1)} mL`,
    ...inLines(amounts, 3),
    ...quality.map(({ severity, code }) => `${severity}: ${code}`),
    "The patient's right is on the left of coronal and axial pictures. Not a medical device.",
  ].join('\n');
  return panelSheet(panels, caption);
}

function inLines(items: readonly string[], perLine: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < items.length; at += perLine) lines.push(items.slice(at, at + perLine).join(', '));
  return lines;
}
