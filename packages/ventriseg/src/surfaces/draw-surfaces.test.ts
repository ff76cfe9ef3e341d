import { createVolume, dot, type Vec3 } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import type { Picture } from '../pictures/index.ts';
import { drawSurfaces } from './draw-surfaces.ts';
import { renderSurfaces } from './render-surfaces.ts';
import { directionLetter, type SurfaceView, surfaceViews, viewAxes } from './surface-view.ts';
import { ventricleSurfaces } from './ventricle-surfaces.ts';

/** Balls of labels in a cube of 48 mm around the world's origin. */
function balls(...list: readonly { label: number; centre: Vec3; radiusMm: number }[]) {
  const data = new Uint8Array(48 ** 3);
  for (let at = 0; at < data.length; at++) {
    const place = [at % 48, Math.floor(at / 48) % 48, Math.floor(at / 48 ** 2)].map((i) => i - 23.5);
    for (const { label, centre, radiusMm } of list) {
      if (Math.hypot(...place.map((p, d) => p - centre[d]!)) < radiusMm) data[at] = label;
    }
  }
  const affine = [1, 0, 0, -23.5, 0, 1, 0, -23.5, 0, 0, 1, -23.5, 0, 0, 0, 1];
  return ventricleSurfaces(createVolume(data, [48, 48, 48], affine));
}

const pixel = ({ width, data }: Picture, x: number, y: number) => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

test('views show the patient as named', () => {
  const letters = (view: SurfaceView) => {
    const { right, up, towards } = viewAxes(view);
    return [right, up, towards].map(directionLetter).join('');
  };
  // To the right of the picture, up, towards the viewer.
  expect(
    ['anterior', 'posterior', 'left', 'right', 'superior', 'inferior'].map((v) => letters(v as SurfaceView)),
  ).toEqual(['LSA', 'RSP', 'PSL', 'ASR', 'RAS', 'LAI']);
  expect(letters('oblique')).toBe('');
  for (const view of surfaceViews) {
    const { right, up, towards } = viewAxes(view);
    const [[a, b, c], [d, e, f], [g, h, i]] = [right, up, towards];
    expect(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g), view).toBeCloseTo(1, 12);
    expect([dot(right, up), dot(up, towards), dot(right, right)].map((x) => Math.round(x * 1e9))).toEqual([
      0, 0, 1e9,
    ]);
  }
});

test('a ball is a shaded disc of its size, smooth at its edge', () => {
  const [ball] = balls({ label: 14, centre: [0, 0, 0], radiusMm: 15 });
  const axes = viewAxes('oblique');
  const background = [255, 255, 255] as const;
  const options = { width: 120, height: 100, axes, centre: [0, 0, 0] as Vec3, mmPerPixel: 0.5, background };
  const picture = renderSurfaces([ball!], options);
  let blue = 0;
  for (let at = 2; at < picture.data.length; at += 3) blue += picture.data[at]! < 255 ? 1 : 0;
  // A pixel at the edge counts as whole: the disc is up to half a pixel larger.
  expect(blue).toBeGreaterThan(Math.PI * 30 ** 2 * 0.99);
  expect(blue).toBeLessThan(Math.PI * 31.5 ** 2);
  expect(pixel(picture, 0, 0)).toEqual([255, 255, 255]);
  const luma = (x: number, y: number) => pixel(picture, x, y).reduce((sum, value) => sum + value);
  expect(luma(48, 36)).toBeGreaterThan(1.3 * luma(75, 66));
  const acrossEdge = new Set(Array.from({ length: 120 }, (_, x) => luma(x, 50)));
  expect(acrossEdge.size).toBeGreaterThan(20);
});

test('the nearer surface hides the farther one, whichever is drawn first', () => {
  const surfaces = balls(
    { label: 4, centre: [0, 12, 0], radiusMm: 8 },
    { label: 15, centre: [0, -12, 0], radiusMm: 8 },
  );
  const middle = (view: SurfaceView, order: typeof surfaces) => {
    const axes = viewAxes(view);
    const background = [0, 0, 0] as const;
    const options = { width: 20, height: 20, axes, centre: [0, 0, 0] as Vec3, mmPerPixel: 1, background };
    const [red, green] = pixel(renderSurfaces(order, options), 10, 10);
    return red! > green! ? 4 : 15;
  };
  for (const order of [surfaces, [...surfaces].reverse()]) {
    expect(middle('anterior', order)).toBe(4);
    expect(middle('posterior', order)).toBe(15);
  }
});

test('scale bars fit what is drawn', () => {
  const surfaces = balls({ label: 14, centre: [3, -2, 1], radiusMm: 18 });
  const sheet = drawSurfaces(surfaces, { views: ['superior'] });
  // The legend takes the right half of the sheet.
  const view = Array.from({ length: sheet.height }, (_, y) =>
    Array.from({ length: sheet.width >> 1 }, (_, x) => pixel(sheet, x, y).join()),
  );
  const longestRun = (row: string[], isPart: (colour: string) => boolean) => {
    const runs = row
      .map((colour) => (isPart(colour) ? '#' : ' '))
      .join('')
      .split(/ +/);
    return Math.max(...runs.map((run) => run.length));
  };
  const ink = '40,40,40';
  const bar = Math.max(...view.map((row) => longestRun(row, (colour) => colour === ink)));
  const ballWidth = Math.max(
    ...view.map((row) => longestRun(row, (colour) => colour !== ink && colour !== '255,255,255')),
  );
  // 36 mm on the height that letters and bar leave; 10 mm are the longest round length within a quarter.
  expect(ballWidth).toBeGreaterThan(230);
  expect(Math.abs((bar / ballWidth) * 36 - 10)).toBeLessThan(0.3);
});

test('the sheet has a cell for each view and the legend, on the background that was asked for', () => {
  const surfaces = balls({ label: 14, centre: [0, 0, 0], radiusMm: 6 });
  const options = { background: [10, 20, 30], views: ['left'] } as const;
  const single = drawSurfaces(surfaces, options);
  const sheet = drawSurfaces(surfaces, {
    ...options,
    views: ['left', 'oblique', 'superior'],
    caption: 'a\nb',
  });
  expect(sheet.width).toBeGreaterThan(1.4 * single.width);
  expect(sheet.height).toBeGreaterThan(1.9 * single.height);
  expect(pixel(sheet, 0, 0)).toEqual([10, 20, 30]);
  const colours = new Set<number>();
  for (let at = 0; at < sheet.data.length; at += 3) {
    colours.add((sheet.data[at]! << 16) | (sheet.data[at + 1]! << 8) | sheet.data[at + 2]!);
  }
  // Light ink on a dark ground, and the swatch in the plain colour of the third ventricle.
  expect(colours).toContain((230 << 16) | (230 << 8) | 230);
  expect(colours).toContain((204 << 16) | (182 << 8) | 142);
});

test('pictures of nothing are refused', () => {
  const wrong = (message: string) =>
    expect.objectContaining({ code: 'BAD_ARGUMENT', message: expect.stringContaining(message) });
  const surfaces = balls({ label: 14, centre: [0, 0, 0], radiusMm: 3 });
  expect(() => drawSurfaces([])).toThrowError(wrong('no surfaces'));
  expect(() => drawSurfaces(surfaces, { views: [] })).toThrowError(wrong('no views'));
  expect(() => drawSurfaces(surfaces, { views: ['top' as 'left'] })).toThrowError(wrong("no view 'top'"));
});
