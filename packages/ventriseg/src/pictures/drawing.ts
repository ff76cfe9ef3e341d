/** Text and filled rectangles in RGB pictures. */
import { forEachTextPixel } from './bitmap-font.ts';
import type { Picture, Rgb } from './picture.ts';

/** A picture of one colour. */
export function blankPicture(width: number, height: number, colour: Rgb): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at++) data[at] = colour[at % 3]!;
  return { width, height, data, channels: 3 };
}

/** Fills a rectangle; what lies outside the picture is left out. */
export function fillRectangle(
  picture: Picture,
  left: number,
  top: number,
  width: number,
  height: number,
  colour: Rgb,
): void {
  for (let y = Math.max(0, top); y < Math.min(picture.height, top + height); y++) {
    for (let x = Math.max(0, left); x < Math.min(picture.width, left + width); x++) {
      picture.data.set(colour, (y * picture.width + x) * 3);
    }
  }
}

/**
 * Writes text, lines separated by `\n`, from its top left corner.
 *
 * @param scale side in pixels of a dot of the font
 */
export function drawText(
  picture: Picture,
  text: string,
  left: number,
  top: number,
  scale: number,
  ink: Rgb,
): void {
  forEachTextPixel(text, (x, y) => {
    fillRectangle(picture, left + x * scale, top + y * scale, scale, scale, ink);
  });
}
