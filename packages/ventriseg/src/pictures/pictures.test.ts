import fc from 'fast-check';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { forEachTextPixel, textSize } from './bitmap-font.ts';
import { contactSheet } from './contact-sheet.ts';
import { greyWithMaskRgb, ventricleColours } from './overlay.ts';
import { encodePng, type Picture, upscale } from './picture.ts';

const badArgument = (message: string) =>
  expect.objectContaining({ code: 'BAD_ARGUMENT', message: expect.stringContaining(message) });

const grey = (width: number, height: number, ...data: number[]): Picture => ({
  width,
  height,
  data: Uint8Array.from(data),
  channels: 1,
});

test('a PNG file holds the pixels, whatever the channels', () => {
  const sizes = fc.record({
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom<1 | 3 | 4>(1, 3, 4),
  });
  fc.assert(
    fc.property(sizes, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (size, values) => {
      const length = size.width * size.height * size.channels;
      const picture = { ...size, data: Uint8Array.from([...values.take(length)]) };
      expect(pixelsOf(encodePng(picture))).toEqual(picture);
    }),
  );
});

test('up to 256 colours make a palette, more do not', () => {
  const colours = (count: number): Picture => ({
    width: count,
    height: 1,
    channels: 3,
    data: Uint8Array.from({ length: 3 * count }, (_, i) => [i / 3, 0, 255][i % 3]! & 255),
  });
  const many = { ...colours(257), data: colours(257).data.with(3 * 256 + 1, 9) };
  for (const picture of [colours(256), many]) expect(pixelsOf(encodePng(picture))).toEqual(picture);
  expect(decode(encodePng(colours(256))).palette).toHaveLength(256);
  expect(decode(encodePng(many)).palette).toBeUndefined();
});

/** The pixels of a PNG file, those of a palette looked up. */
function pixelsOf(png: Uint8Array): Picture {
  const { width, height, data, channels, palette } = decode(png);
  if (palette === undefined)
    return { width, height, data: Uint8Array.from(data), channels: channels as 1 | 3 | 4 };
  return { width, height, data: Uint8Array.from([...data].flatMap((index) => palette[index]!)), channels: 3 };
}

test('pixels that do not fit the size are refused', () => {
  expect(() => encodePng(grey(2, 2, 1, 2, 3))).toThrow(
    badArgument('2x2 with 1 channels needs 4 bytes, got 3'),
  );
  expect(() => encodePng(grey(0, 2))).toThrow(badArgument('0x2'));
});

test('upscaling makes squares', () => {
  expect(upscale(grey(2, 2, 1, 2, 3, 4), 2)).toEqual(
    grey(4, 4, 1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4),
  );
  const rgb: Picture = { width: 1, height: 1, data: Uint8Array.of(7, 8, 9), channels: 3 };
  expect([...upscale(rgb, 2).data]).toEqual([7, 8, 9, 7, 8, 9, 7, 8, 9, 7, 8, 9]);
  expect(() => upscale(rgb, 1.5)).toThrow(badArgument('got 1.5'));
});

test('labels are blended over the grey with FreeSurfer colours; others stay grey', () => {
  const picture = greyWithMaskRgb([100, 100, 100, 101], [0, 4, 15, 99], 4, 1, { opacity: 0.25 });
  expect(picture).toMatchObject({ width: 4, height: 1, channels: 3 });
  expect([...picture.data]).toEqual([
    ...[100, 100, 100],
    ...[105, 80, 109], // 75 + a quarter of 120, 18, 134, rounded
    ...[86, 126, 116], // 75 + a quarter of 42, 204, 164, rounded
    ...[101, 101, 101],
  ]);
  expect(ventricleColours.get(44)).toEqual([196, 58, 250]);
});

test('colours may be given for other labels', () => {
  const colours = new Map([[99, [255, 0, 0] as const]]);
  expect([...greyWithMaskRgb([10, 10], [99, 4], 2, 1, { colours, opacity: 1 }).data]).toEqual([
    255, 0, 0, 10, 10, 10,
  ]);
});

test('an outline is the pixels beside another label or the edge', () => {
  const mask = [
    [1, 1, 1, 0, 0],
    [1, 1, 1, 0, 0],
    [1, 1, 1, 1, 0],
    [0, 1, 1, 1, 0],
    [0, 0, 0, 0, 0],
  ].flat();
  const colours = new Map([[1, [255, 255, 255] as const]]);
  const { data } = greyWithMaskRgb(new Uint8Array(25), mask, 5, 5, { outline: true, colours });
  const drawn = Array.from({ length: 25 }, (_, i) => data[i * 3]! / 255);
  expect(drawn).toEqual(
    [
      [1, 1, 1, 0, 0],
      [1, 0, 1, 0, 0],
      [1, 0, 0, 1, 0],
      [0, 1, 1, 1, 0],
      [0, 0, 0, 0, 0],
    ].flat(),
  );
});

test('overlay arguments that do not fit are refused', () => {
  expect(() => greyWithMaskRgb([1, 2], [1], 2, 1)).toThrow(badArgument('slice of 2 and a mask of 1'));
  expect(() => greyWithMaskRgb([1], [1], 1, 1, { opacity: 1.1 })).toThrow(badArgument('got 1.1'));
});

test('letters are drawn as in the font', () => {
  expect(ink('Li')).toEqual([
    '#.......#..',
    '#..........',
    '#......##..',
    '#.......#..',
    '#.......#..',
    '#.......#..',
    '#####..###.',
  ]);
  expect(textSize('Li')).toEqual({ width: 11, height: 7 });
  expect(textSize('a\nabc')).toEqual({ width: 17, height: 16 });
  expect(textSize('')).toEqual({ width: 0, height: 0 });
});

test('every printable character differs from the others, and the rest are question marks', () => {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
  expect(new Set(printable.map((character) => ink(character).join('\n'))).size).toBe(95);
  expect(ink('ä')).toEqual(ink('?'));
  expect(ink('\u{1f9e0}')).toEqual(ink('?'));
});

test('pictures lie in rows, centred in cells of the largest, the rest is background', () => {
  const tiles = [grey(1, 1, 5), grey(3, 1, 6, 6, 6), grey(1, 2, 7, 7)];
  const sheet = contactSheet(tiles, { columns: 2, gap: 1, background: [9, 9, 9] });
  expect(sheet).toMatchObject({ width: 9, height: 7, channels: 3 });
  const red = Array.from({ length: 63 }, (_, i) => sheet.data[i * 3]!);
  expect(red).toEqual(
    [
      [9, 9, 9, 9, 9, 9, 9, 9, 9],
      [9, 9, 5, 9, 9, 6, 6, 6, 9],
      [9, 9, 9, 9, 9, 9, 9, 9, 9],
      [9, 9, 9, 9, 9, 9, 9, 9, 9],
      [9, 9, 7, 9, 9, 9, 9, 9, 9],
      [9, 9, 7, 9, 9, 9, 9, 9, 9],
      [9, 9, 9, 9, 9, 9, 9, 9, 9],
    ].flat(),
  );
});

test('colour and transparency are kept', () => {
  const rgb: Picture = { width: 1, height: 1, data: Uint8Array.of(1, 2, 3), channels: 3 };
  const rgba: Picture = { width: 1, height: 1, data: Uint8Array.of(200, 100, 0, 51), channels: 4 };
  const sheet = contactSheet([rgb, rgba], { columns: 5, gap: 0, background: [0, 0, 100] });
  expect([...sheet.data]).toEqual([1, 2, 3, 40, 20, 80]);
});

test('captions lie under their pictures and widen the cells', () => {
  const sheet = contactSheet([grey(1, 1, 9), grey(1, 1, 9)], {
    columns: 2,
    gap: 1,
    labels: ['-', 'L'],
    ink: [255, 0, 0],
  });
  expect(sheet).toMatchObject({ width: 13, height: 12 });
  const rows = Array.from({ length: 12 }, (_, y) =>
    Array.from({ length: 13 }, (_, x) => {
      const at = (y * 13 + x) * 3;
      return sheet.data[at] === 255 ? '#' : sheet.data[at] === 9 ? 'o' : '.';
    }).join(''),
  );
  expect(rows).toEqual([
    '.............',
    '...o.....o...',
    '.............',
    '.............',
    '.......#.....',
    '.......#.....',
    '.......#.....',
    '.#####.#.....',
    '.......#.....',
    '.......#.....',
    '.......#####.',
    '.............',
  ]);
  const doubled = contactSheet([grey(1, 1, 9)], { columns: 1, gap: 0, labels: ['L'], textScale: 2 });
  expect(doubled).toMatchObject({ width: 10, height: 1 + 4 + 14 });
});

test('sheets that cannot be laid out are refused', () => {
  const tile = grey(1, 1, 1);
  expect(() => contactSheet([], { columns: 1 })).toThrow(badArgument('no pictures'));
  expect(() => contactSheet([tile], { columns: 0 })).toThrow(badArgument('columns must be 1 or more, got 0'));
  expect(() => contactSheet([tile], { columns: 1, gap: -1 })).toThrow(badArgument('got -1'));
  expect(() => contactSheet([tile], { columns: 1, labels: [] })).toThrow(
    badArgument('0 labels for 1 pictures'),
  );
  expect(() => contactSheet([tile], { columns: 1, textScale: 0.5 })).toThrow(badArgument('got 0.5'));
  expect(() => contactSheet([grey(2, 1, 1)], { columns: 1 })).toThrow(badArgument('needs 2 bytes, got 1'));
});

/** The text as rows of `#` and `.`. */
function ink(text: string): string[] {
  const { width, height } = textSize(text);
  const rows = Array.from({ length: height }, () => new Array<string>(width).fill('.'));
  forEachTextPixel(text, (x, y) => {
    rows[y]![x] = '#';
  });
  return rows.map((row) => row.join(''));
}
