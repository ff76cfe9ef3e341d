/**
 * A drawing as pixels. Lines are smoothed by how much of each pixel they cover, taken from its distance to them;
 * text is the bitmap font of pictures/.
 */
import {
  forEachTextPixel,
  glyphHeight,
  textSize,
} from '../../packages/ventriseg/src/pictures/bitmap-font.ts';
import type { Picture, Rgb } from '../../packages/ventriseg/src/pictures/index.ts';
import type { Drawing, Point, Shape } from './drawing.ts';

/** @param zoom pixels a unit of the drawing */
export function rasterise(drawing: Drawing, zoom = 2): Picture {
  const width = Math.round(drawing.width * zoom);
  const height = Math.round(drawing.height * zoom);
  const picture: Picture = {
    width,
    height,
    data: new Uint8Array(width * height * 3).fill(255),
    channels: 3,
  };
  for (const shape of drawing.shapes) paint(picture, shape, zoom);
  return picture;
}

function paint(picture: Picture, shape: Shape, zoom: number): void {
  const scaled = (points: readonly Point[]) => points.map(([x, y]): Point => [x * zoom, y * zoom]);
  switch (shape.kind) {
    case 'line': {
      const strokes =
        shape.dash === undefined
          ? [scaled(shape.points)]
          : dashes(scaled(shape.points), shape.dash[0] * zoom, shape.dash[1] * zoom);
      paintLines(picture, strokes, (shape.width * zoom) / 2, shape.colour);
      return;
    }
    case 'area':
      paintPolygon(picture, scaled(shape.points), shape.colour, shape.opacity);
      return;
    case 'text':
      paintText(picture, shape, zoom);
  }
}

function blend(picture: Picture, x: number, y: number, colour: Rgb, opacity: number): void {
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return;
  const at = (y * picture.width + x) * 3;
  for (let c = 0; c < 3; c++) {
    const below = picture.data[at + c]!;
    picture.data[at + c] = Math.round(below + (colour[c]! - below) * opacity);
  }
}

/** All strokes at once, so that where they meet nothing is painted twice. */
function paintLines(
  picture: Picture,
  strokes: readonly (readonly Point[])[],
  halfWidth: number,
  colour: Rgb,
): void {
  const coverage = new Map<number, number>();
  for (const points of strokes) {
    for (let i = 1; i < points.length; i++) {
      coverSegment(coverage, picture, points[i - 1]!, points[i]!, halfWidth);
    }
  }
  for (const [at, share] of coverage) {
    blend(picture, at % picture.width, Math.floor(at / picture.width), colour, share);
  }
}

function coverSegment(
  coverage: Map<number, number>,
  { width, height }: Picture,
  [x0, y0]: Point,
  [x1, y1]: Point,
  halfWidth: number,
): void {
  const reach = halfWidth + 1;
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const right = Math.min(width - 1, Math.ceil(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(y0, y1) + reach));
  const lengthSquared = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [dx, dy] = [x + 0.5 - x0, y + 0.5 - y0];
      const along = lengthSquared === 0 ? 0 : (dx * (x1 - x0) + dy * (y1 - y0)) / lengthSquared;
      const nearest = Math.min(1, Math.max(0, along));
      const distance = Math.hypot(dx - nearest * (x1 - x0), dy - nearest * (y1 - y0));
      const share = Math.min(1, halfWidth + 0.5 - distance);
      const at = y * width + x;
      if (share > (coverage.get(at) ?? 0)) coverage.set(at, share);
    }
  }
}

/** Cuts a line into strokes of `on` with gaps of `off`, going round its corners. */
function dashes(points: readonly Point[], on: number, off: number): Point[][] {
  const strokes: Point[][] = [];
  let drawing = true;
  let left = on;
  let stroke: Point[] = [points[0]!];
  for (let i = 1; i < points.length; i++) {
    let from = points[i - 1]!;
    const to = points[i]!;
    for (;;) {
      const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
      if (length < left) {
        left -= length;
        if (drawing) stroke.push(to);
        break;
      }
      const share = left / length;
      from = [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
      if (drawing) strokes.push([...stroke, from]);
      drawing = !drawing;
      left = drawing ? on : off;
      stroke = [from];
    }
  }
  if (drawing && stroke.length > 1) strokes.push(stroke);
  return strokes;
}

/** Even-odd filling, row by row through the middles of the pixels. */
function paintPolygon(picture: Picture, points: readonly Point[], colour: Rgb, opacity: number): void {
  for (let y = 0; y < picture.height; y++) {
    const middle = y + 0.5;
    const crossings: number[] = [];
    points.forEach(([x1, y1], i) => {
      const [x0, y0] = points.at(i - 1)!;
      if (y0 < middle === y1 < middle) return;
      crossings.push(x0 + ((middle - y0) / (y1 - y0)) * (x1 - x0));
    });
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const end = Math.ceil(crossings[i + 1]! - 0.5);
      for (let x = Math.ceil(crossings[i]! - 0.5); x < end; x++) blend(picture, x, y, colour, opacity);
    }
  }
}

/** In the whole multiple of the 5x7 font that is nearest to the size asked for. */
function paintText(picture: Picture, shape: Extract<Shape, { kind: 'text' }>, zoom: number): void {
  const capitalHeight = 0.72 * shape.size * zoom;
  const magnify = Math.max(1, Math.round(capitalHeight / glyphHeight));
  const width = textSize(shape.text).width * magnify;
  const shift = { start: 0, middle: width / 2, end: width }[shape.anchor];
  const left = Math.round(shape.at[0] * zoom - shift);
  const top = Math.round(shape.at[1] * zoom) - glyphHeight * magnify;
  forEachTextPixel(shape.text, (x, y) => {
    for (let dy = 0; dy < magnify; dy++) {
      for (let dx = 0; dx < magnify; dx++) {
        blend(picture, left + x * magnify + dx, top + y * magnify + dy, shape.colour, 1);
      }
    }
  });
}
