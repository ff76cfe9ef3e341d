/**
 * The picture of the ventricles' surfaces for reports: the same surfaces from several sides at one scale, each
 * with a scale bar and letters for the patient's directions, and a legend with colours and volumes.
 */
import { dot, type Vec3 } from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';
import { glyphHeight, textSize } from '../pictures/bitmap-font.ts';
import { blankPicture, drawText, fillRectangle } from '../pictures/drawing.ts';
import { contactSheet, type Picture, type Rgb } from '../pictures/index.ts';
import { renderSurfaces } from './render-surfaces.ts';
import { directionLetter, type SurfaceView, surfaceViews, type ViewAxes, viewAxes } from './surface-view.ts';
import type { VentricleSurface } from './ventricle-surfaces.ts';

export interface SurfacePictureOptions {
  /** Below the views, ASCII, lines separated by `\n`; other characters are shown as `?`. */
  readonly caption?: string;
  /** In reading order; from the front, the left, above, below and obliquely when left out. */
  readonly views?: readonly SurfaceView[];
  /** White when left out; on dark ones the writing is light. */
  readonly background?: Rgb;
}

/** Pixels of a view and of the legend. */
const tileWidth = 440;
const tileHeight = 320;
/** Pixels around the surfaces, where letters and scale bars are. */
const margin = 36;
/** Side in pixels of a dot of the font. */
const textScale = 2;
const letterHeight = glyphHeight * textScale;
/** Pixels from one line of the legend to the next. */
const lineSpacing = 26;

const defaultViews: readonly SurfaceView[] = ['anterior', 'left', 'oblique', 'superior', 'inferior'];

const viewTitles: Readonly<Record<SurfaceView, string>> = {
  anterior: 'from the front',
  posterior: 'from behind',
  left: "from the patient's left",
  right: "from the patient's right",
  superior: 'from above',
  inferior: 'from below',
  oblique: 'from the front, left, above',
};

/**
 * Draws the views and a legend, three pictures in a row, about 1350 pixels wide.
 *
 * @throws VentrisegError BAD_ARGUMENT without surfaces, or when a view has no such name; ImagingError
 * BAD_ARGUMENT when a surface's arrays do not fit each other.
 */
export function drawSurfaces(
  surfaces: readonly VentricleSurface[],
  options: SurfacePictureOptions = {},
): Picture {
  const { caption = '', views = defaultViews, background = [255, 255, 255] } = options;
  checkArguments(surfaces, views);
  const ink = inkOn(background);
  const { centre, mmPerPixel } = frameOf(surfaces, views);
  const tiles = views.map((view) => {
    const axes = viewAxes(view);
    const size = { width: tileWidth, height: tileHeight };
    const tile = renderSurfaces(surfaces, { ...size, axes, centre, mmPerPixel, background });
    drawLetters(tile, axes, ink);
    drawScaleBar(tile, mmPerPixel, ink);
    return tile;
  });
  const style = { textScale, background, ink };
  const sheet = contactSheet([...tiles, legend(surfaces, background, ink)], {
    ...style,
    columns: 3,
    gap: 8,
    labels: [...views.map((view) => viewTitles[view]), ''],
  });
  return caption === '' ? sheet : contactSheet([sheet], { ...style, columns: 1, labels: [caption] });
}

/** Dark writing on light backgrounds and light on dark ones, by their luma (ITU-R BT.601). */
function inkOn([red, green, blue]: Rgb): Rgb {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 127 ? [40, 40, 40] : [230, 230, 230];
}

/** The middle of all surfaces in world RAS mm, and the scale at which they fit the picture in every view. */
function frameOf(surfaces: readonly VentricleSurface[], views: readonly SurfaceView[]) {
  const directions: readonly Vec3[] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const [x, y, z] = directions.map((axis) => {
    const [low, high] = rangeAlong(surfaces, axis);
    return (low + high) / 2;
  });
  const centre: Vec3 = [x!, y!, z!];
  const mmPerPixel = views.map((view) => {
    const { right, up } = viewAxes(view);
    // Twice the larger half, as the centre is that of the box along the world's axes.
    const extent = (axis: Vec3) => {
      const [low, high] = rangeAlong(surfaces, axis);
      return 2 * Math.max(high - dot(centre, axis), dot(centre, axis) - low);
    };
    return Math.max(extent(right) / (tileWidth - 2 * margin), extent(up) / (tileHeight - 2 * margin));
  });
  return { centre, mmPerPixel: Math.max(...mmPerPixel) };
}

/** Least and greatest coordinate of all vertices along a direction, mm. */
function rangeAlong(surfaces: readonly VentricleSurface[], direction: Vec3): [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { positions } of surfaces) {
    for (let v = 0; v < positions.length; v += 3) {
      const along = dot([positions[v]!, positions[v + 1]!, positions[v + 2]!], direction);
      low = Math.min(low, along);
      high = Math.max(high, along);
    }
  }
  return [low, high];
}

/** Letters for the patient's directions at the middle of the sides. */
function drawLetters(tile: Picture, { right, up }: ViewAxes, ink: Rgb): void {
  const opposite = ([x, y, z]: Vec3): Vec3 => [-x, -y, -z];
  const [middleX, middleY] = [tile.width / 2 - 5, tile.height / 2 - 7];
  drawText(tile, directionLetter(opposite(right)), 8, middleY, textScale, ink);
  drawText(tile, directionLetter(right), tile.width - 18, middleY, textScale, ink);
  drawText(tile, directionLetter(up), middleX, 6, textScale, ink);
  drawText(tile, directionLetter(opposite(up)), middleX, tile.height - 20, textScale, ink);
}

/** A bar of a round number of mm at the lower left, at most a quarter of the picture long. */
function drawScaleBar(tile: Picture, mmPerPixel: number, ink: Rgb): void {
  const mostMm = (tile.width / 4) * mmPerPixel;
  const power = 10 ** Math.floor(Math.log10(mostMm));
  const lengthMm = [5, 2, 1].find((step) => step * power <= mostMm)! * power;
  const length = Math.round(lengthMm / mmPerPixel);
  const [left, bottom] = [10, tile.height - 10];
  fillRectangle(tile, left, bottom - 3, length, 3, ink);
  for (const end of [left, left + length - 2]) fillRectangle(tile, end, bottom - 9, 2, 9, ink);
  drawText(tile, `${lengthMm} mm`, left, bottom - 12 - letterHeight, textScale, ink);
}

/** For each surface its colour, title and volume, and the volume of all. */
function legend(surfaces: readonly VentricleSurface[], background: Rgb, ink: Rgb): Picture {
  const tile = blankPicture(tileWidth, tileHeight, background);
  const ml = (volumeMl: number) => `${volumeMl.toFixed(2)} mL`;
  let top = 8;
  for (const { title, colour, measures } of surfaces) {
    fillRectangle(tile, 8, top, 14, 14, colour);
    drawText(tile, title, 32, top, textScale, ink);
    writeRight(tile, ml(measures.volumeMl), top, ink);
    top += lineSpacing;
  }
  fillRectangle(tile, 8, top, tile.width - 16, 1, ink);
  drawText(tile, 'together', 32, top + 8, textScale, ink);
  writeRight(tile, ml(surfaces.reduce((sum, { measures }) => sum + measures.volumeMl, 0)), top + 8, ink);
  return tile;
}

function writeRight(tile: Picture, text: string, top: number, ink: Rgb): void {
  drawText(tile, text, tile.width - 8 - textSize(text).width * textScale, top, textScale, ink);
}

function checkArguments(surfaces: readonly VentricleSurface[], views: readonly SurfaceView[]): void {
  const wrong = (problem: string) => new VentrisegError('BAD_ARGUMENT', `picture of surfaces: ${problem}`);
  if (surfaces.length === 0) throw wrong('no surfaces to draw');
  if (views.length === 0) throw wrong('no views to draw');
  const unknown = views.find((view) => !surfaceViews.includes(view));
  if (unknown !== undefined) {
    throw wrong(`there is no view '${unknown}'; there are ${surfaceViews.join(', ')}`);
  }
}
