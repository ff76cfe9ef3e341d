/**
 * The picture for checking a result at a glance: three planes through the middle of the ventricles with their
 * outlines, and below them axial slices from the lowest to the highest part. The patient's right is on the left.
 */
import { contactSheet, type Picture } from '../pictures/index.ts';
import { drawPanels, placeOf, type ResultPanel } from './result-panels.ts';
import type { Segmentation } from './segment-volume.ts';

/** Draws the sheet, about 800 x 500 pixels, on black; the caption begins with `name`. */
export function drawResult(segmentation: Segmentation, name: string): Picture {
  const { volumes, quality } = segmentation;
  const { planes, slices } = drawPanels(segmentation, { planeWindowMm: 256, pixelsPerMm: 1 });
  const upper = inOneRow(planes);
  const lower = inOneRow(slices);
  const amounts = volumes.labels.map(({ title, ml }) => `${title} ${ml.toFixed(1)} mL`);
  const caption = [
    `${name}: ${volumes.total.ml.toFixed(1)} mL`,
    ...inLines(amounts, 3),
    ...quality.map(({ severity, code }) => `${severity}: ${code}`),
    "The patient's right is on the left of coronal and axial pictures. Not a medical device.",
  ].join('\n');
  return oneBelowTheOther(upper, contactSheet([lower], { columns: 1, gap: 4, labels: [caption] }));
}

function inOneRow(panels: readonly ResultPanel[]): Picture {
  return contactSheet(
    panels.map(({ picture }) => picture),
    { columns: panels.length, labels: panels.map(placeOf) },
  );
}

function oneBelowTheOther(upper: Picture, lower: Picture): Picture {
  const width = Math.max(upper.width, lower.width);
  const height = upper.height + lower.height;
  const data = new Uint8Array(width * height * 3);
  let top = 0;
  for (const picture of [upper, lower]) {
    const left = (width - picture.width) >> 1;
    for (let row = 0; row < picture.height; row++) {
      const from = row * picture.width * 3;
      data.set(picture.data.subarray(from, from + picture.width * 3), ((top + row) * width + left) * 3);
    }
    top += picture.height;
  }
  return { width, height, data, channels: 3 };
}

function inLines(items: readonly string[], perLine: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < items.length; at += perLine) lines.push(items.slice(at, at + perLine).join(', '));
  return lines;
}
