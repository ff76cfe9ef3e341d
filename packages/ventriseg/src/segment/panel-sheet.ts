/** Panels as one sheet: the three planes in a row, the axial slices below them, and a caption. */
import { contactSheet, type Picture } from '../pictures/index.ts';
import { placeOf, type ResultPanel, type ResultPanels } from './result-panels.ts';

/** Draws the sheet on black; its width is that of the wider row. */
export function panelSheet({ planes, slices }: ResultPanels, caption: string): Picture {
  const lower = contactSheet([inOneRow(slices)], { columns: 1, gap: 4, labels: [caption] });
  return oneBelowTheOther(inOneRow(planes), lower);
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
