import { createVolume, type Volume } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { ventricleColours } from '../pictures/index.ts';
import { drawPanels, placeOf, type ResultPanel } from './result-panels.ts';
import { gridAround } from './synthetic-head.test-helper.ts';

/** LIA, 256^3, 1 mm: x = 128 - i, y = k - 128, z = 128 - j. */
const image = createVolume(
  new Uint8Array(256 ** 3).fill(80),
  [256, 256, 256],
  [-1, 0, 0, 128, 0, 0, 1, -128, 0, -1, 0, 128, 0, 0, 0, 1],
);
const shown = { image, black: 0, bright: 190 };

/** A box of label 4, mm in the world, on an upright grid of 2 mm. */
function labelsIn(low: readonly number[], high: readonly number[]): Volume<Uint8Array> {
  const { shape, voxelToWorld: m } = gridAround([2, 2, 2]);
  const data = Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, at) => {
    const voxel = [at % shape[0], Math.floor(at / shape[0]) % shape[1], Math.floor(at / shape[0] / shape[1])];
    const inBox = voxel.every((v, axis) => {
      const mm = m[5 * axis]! * v + m[4 * axis + 3]!;
      return mm > low[axis]! && mm < high[axis]!;
    });
    return inBox ? 4 : 0;
  });
  return createVolume(data, shape, m);
}

/** Columns and rows, from and to, of the pixels in the colour of label 4. */
function outlined({ picture: { data, width } }: ResultPanel) {
  const colour = ventricleColours.get(4)!;
  const found: number[] = [];
  for (let at = 0; at < data.length / 3; at++) {
    if (colour.every((value, c) => data[3 * at + c] === value)) found.push(at);
  }
  const columns = found.map((at) => at % width);
  const rows = found.map((at) => Math.floor(at / width));
  return [Math.min(...columns), Math.max(...columns), Math.min(...rows), Math.max(...rows)];
}

test('planes go through the middle of the labels, at their places and scale', () => {
  // 9 x 20 x 8 voxels of 2 mm around x = -30, y = 10, z = 21.
  const labels = labelsIn([-40, -10, 13], [-20, 30, 29]);
  const { planes, slices } = drawPanels(
    { labels, shown, plane: undefined },
    { planeWindowMm: 100, pixelsPerMm: 2 },
  );
  expect(planes.map(({ plane }) => plane)).toEqual(['sagittal', 'coronal', 'axial']);
  const sizes: number[][] = [];
  for (const [k, panel] of planes.entries()) {
    expect(Math.abs(panel.positionMm - [-30, 10, 21][k]!)).toBeLessThanOrEqual(1);
    expect(panel.picture).toMatchObject({ width: 200, height: 200 });
    const [left, right, top, bottom] = outlined(panel) as [number, number, number, number];
    sizes.push([right - left + 1, bottom - top + 1]);
    expect(Math.abs((left + right) / 2 - 100)).toBeLessThanOrEqual(2);
    expect(Math.abs((top + bottom) / 2 - 100)).toBeLessThanOrEqual(2);
  }
  // Columns and rows: y and z, x and z, x and y.
  expect(sizes).toEqual([
    [80, 32],
    [36, 32],
    [36, 80],
  ]);
  expect(slices).toHaveLength(6);
  const heights = slices.map(({ positionMm }) => positionMm);
  expect(heights).toEqual([...heights].sort((a, b) => a - b));
  expect(heights[0]).toBeGreaterThan(13);
  expect(heights.at(-1)).toBeLessThan(29);
  for (const slice of slices) expect(slice.picture).toMatchObject({ width: 256, height: 256 });
});

test("the patient's left is on the right of axial slices, the front at the top", () => {
  const options = { planeWindowMm: 256, pixelsPerMm: 1 };
  const labels = labelsIn([-40, 40, 0], [-20, 60, 20]);
  const [left, right, top, bottom] = outlined(
    drawPanels({ labels, shown, plane: undefined }, options).planes[2]!,
  );
  expect([left! > 128, right! > 128, top! < 128, bottom! < 128]).toEqual([true, true, true, true]);
});

test('without labels the middle of the head is shown, at the mid-sagittal plane where it is known', () => {
  const labels = labelsIn([0, 0, 0], [0, 0, 0]);
  const plane = { normal: [1, 0, 0], offsetMm: 7, symmetry: 1, method: 'symmetry' } as const;
  const options = { planeWindowMm: 128, pixelsPerMm: 1 };
  const places = (panels: ReturnType<typeof drawPanels>) => panels.planes.map(placeOf);
  expect(places(drawPanels({ labels, shown, plane }, options))).toEqual([
    'sagittal, x 7 mm',
    'coronal, y 0 mm',
    'axial, z 0 mm',
  ]);
  expect(places(drawPanels({ labels, shown, plane: undefined }, options))[0]).toBe('sagittal, x 0 mm');
});
