/**
 * Many pictures on one sheet with captions: what a person looks at to see at a glance whether results are right.
 */
import { VentrisegError } from '../errors.ts';
import { textSize } from './bitmap-font.ts';
import { blankPicture, drawText } from './drawing.ts';
import { checkPicture, type Picture, type Rgb } from './picture.ts';

export interface ContactSheetOptions {
  /** Pictures in a row. */
  readonly columns: number;
  /** Pixels between and around the pictures; 4 when left out. */
  readonly gap?: number;
  /** A caption under each picture, ASCII, lines separated by `\n`; other characters are shown as `?`. */
  readonly labels?: readonly string[];
  /** Size of the captions: 1 is 5x7 pixels a letter. */
  readonly textScale?: number;
  /** Black when left out. */
  readonly background?: Rgb;
  /** Colour of the captions; near white when left out. */
  readonly ink?: Rgb;
}

/**
 * Lays pictures out in rows of `columns`, each in the middle of a cell that fits the largest of them and the
 * longest caption. Grey pictures become RGB, transparent ones are laid over the background.
 *
 * @throws VentrisegError BAD_ARGUMENT without pictures, when there is not one label a picture, or when an option
 * is out of range.
 */
export function contactSheet(tiles: readonly Picture[], options: ContactSheetOptions): Picture {
  const { columns, gap = 4, labels, textScale = 1, background = [0, 0, 0], ink = [230, 230, 230] } = options;
  checkArguments(tiles, columns, gap, labels, textScale);
  const captions = (labels ?? []).map(textSize);
  const captionHeight = Math.max(0, ...captions.map(({ height }) => height)) * textScale;
  const captionGap = captionHeight === 0 ? 0 : 2 * textScale;
  const tileHeight = Math.max(...tiles.map(({ height }) => height));
  const cellWidth = Math.max(
    ...tiles.map(({ width }) => width),
    ...captions.map((caption) => caption.width * textScale),
  );
  const cellHeight = tileHeight + captionGap + captionHeight;
  const usedColumns = Math.min(columns, tiles.length);
  const width = gap + usedColumns * (cellWidth + gap);
  const height = gap + Math.ceil(tiles.length / columns) * (cellHeight + gap);
  const sheet = blankPicture(width, height, background);

  tiles.forEach((tile, i) => {
    const left = gap + (i % columns) * (cellWidth + gap);
    const top = gap + Math.floor(i / columns) * (cellHeight + gap);
    const marginX = Math.floor((cellWidth - tile.width) / 2);
    const marginY = Math.floor((tileHeight - tile.height) / 2);
    paste(sheet, tile, left + marginX, top + marginY);
    const label = labels?.[i];
    if (label !== undefined) {
      const captionLeft = left + Math.floor((cellWidth - captions[i]!.width * textScale) / 2);
      drawText(sheet, label, captionLeft, top + tileHeight + captionGap, textScale, ink);
    }
  });
  return sheet;
}

function paste(sheet: Picture, tile: Picture, left: number, top: number): void {
  const { channels } = tile;
  const rowBytes = tile.width * channels;
  for (let y = 0; y < tile.height; y++) {
    if (channels === 3) {
      const row = tile.data.subarray(y * rowBytes, (y + 1) * rowBytes);
      sheet.data.set(row, ((top + y) * sheet.width + left) * 3);
      continue;
    }
    for (let x = 0; x < tile.width; x++) {
      const from = (y * tile.width + x) * channels;
      const to = ((top + y) * sheet.width + left + x) * 3;
      const alpha = channels === 4 ? tile.data[from + 3]! / 255 : 1;
      for (let c = 0; c < 3; c++) {
        const value = tile.data[channels === 1 ? from : from + c]!;
        sheet.data[to + c] = Math.round(value * alpha + sheet.data[to + c]! * (1 - alpha));
      }
    }
  }
}

function checkArguments(
  tiles: readonly Picture[],
  columns: number,
  gap: number,
  labels: readonly string[] | undefined,
  textScale: number,
): void {
  const wrong = (problem: string) => new VentrisegError('BAD_ARGUMENT', `contact sheet: ${problem}`);
  if (tiles.length === 0) throw wrong('no pictures to lay out');
  for (const tile of tiles) checkPicture(tile, 'contact sheet');
  if (!Number.isInteger(columns) || columns < 1) throw wrong(`columns must be 1 or more, got ${columns}`);
  if (!Number.isInteger(gap) || gap < 0) throw wrong(`gap must be 0 or more pixels, got ${gap}`);
  if (!Number.isInteger(textScale) || textScale < 1)
    throw wrong(`textScale must be 1 or more, got ${textScale}`);
  if (labels !== undefined && labels.length !== tiles.length) {
    throw wrong(`${labels.length} labels for ${tiles.length} pictures`);
  }
}
