/** Text, filled rectangles and lines in RGB pictures. */
import { forEachTextPixel } from './bitmap-font.ts';
import type { Picture, Rgb } from './picture.ts';

/** A picture of one colour. */
export function blankPicture(width: number, height: number, colour: Rgb): Picture {
  const data = new Uint8Array(width * height * 3);
  const row = data.subarray(0, 3 * width);
  for (let at = 0; at < row.length; at++) row[at] = colour[at % 3]!;
  for (let y = 1; y < height; y++) data.set(row, y * row.length);
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

/** A place in a picture, pixels from its top left corner; pixel centres are at halves. */
export type PicturePoint = readonly [x: number, y: number];

/** Draws a straight line with smooth edges; what lies outside the picture is left out. */
export function drawLine(
  picture: Picture,
  from: PicturePoint,
  to: PicturePoint,
  width: number,
  colour: Rgb,
): void {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const lengthSquared = dx * dx + dy * dy;
  const reach = width / 2 + 1;
  const firstX = Math.max(0, Math.floor(Math.min(from[0], to[0]) - reach));
  const lastX = Math.min(picture.width - 1, Math.ceil(Math.max(from[0], to[0]) + reach));
  const firstY = Math.max(0, Math.floor(Math.min(from[1], to[1]) - reach));
  const lastY = Math.min(picture.height - 1, Math.ceil(Math.max(from[1], to[1]) + reach));
  for (let row = firstY; row <= lastY; row++) {
    for (let column = firstX; column <= lastX; column++) {
      const [x, y] = [column + 0.5 - from[0], row + 0.5 - from[1]];
      const along = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / lengthSquared));
      const distance = Math.hypot(x - along * dx, y - along * dy);
      const cover = Math.min(1, Math.max(0, width / 2 + 0.5 - distance));
      if (cover === 0) continue;
      const at = (row * picture.width + column) * 3;
      for (let c = 0; c < 3; c++) {
        picture.data[at + c] = Math.round(picture.data[at + c]! * (1 - cover) + colour[c]! * cover);
      }
    }
  }
}
