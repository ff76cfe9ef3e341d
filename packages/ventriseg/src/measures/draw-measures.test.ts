import { createVolume, type Vec3 } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import type { Picture } from '../pictures/index.ts';
import { drawMeasures } from './draw-measures.ts';
import { measureVentricles } from './measure-ventricles.ts';
import {
  gridAt,
  syntheticIntracranial,
  syntheticLabels,
  turned,
} from './synthetic-ventricles.test-helper.ts';

const degrees: Vec3 = [12, -6, 8];
const poseToWorld = turned(degrees, [3, 5, -7]);
const labels = syntheticLabels(gridAt(1, [150, 184, 150], [3, -13, -7]), poseToWorld);
const measured = measureVentricles(labels, { intracranial: syntheticIntracranial(poseToWorld) });
const black = createVolume(new Uint8Array(8), [2, 2, 2], [9, 0, 0, 0, 0, 9, 0, 0, 0, 0, 9, 0, 0, 0, 0, 1]);
const scan = { ...measured, labels, shown: { image: black, black: 0, bright: 1 } };

/** Columns and rows between which there are pixels of a colour. */
function extentOf({ width, data }: Picture, [r, g, b]: Vec3) {
  const found = { left: Infinity, right: -1, top: Infinity, bottom: -1 };
  for (let at = 0; at < data.length / 3; at++) {
    if (data[3 * at] !== r || data[3 * at + 1] !== g || data[3 * at + 2] !== b) continue;
    found.left = Math.min(found.left, at % width);
    found.right = Math.max(found.right, at % width);
    found.top = Math.min(found.top, Math.floor(at / width));
    found.bottom = Math.max(found.bottom, Math.floor(at / width));
  }
  return found;
}

test('lines are where the structures are, as long as the widths, the patient’s right on the left', () => {
  const panels = drawMeasures(scan, 400);
  expect(panels.map(({ id }) => id)).toEqual([
    'evansIndex',
    'thirdVentricleWidthMm',
    'occipitalHornWidthMm',
    'innerSkullWidthMm',
    'callosalAngleDegrees',
  ]);
  const [evans, third, , , angle] = panels;
  // 2 pixels a mm; the middle of the picture is x = 0, y = -18. The horns are 40 mm wide at y = 20.
  const horns = extentOf(evans!.picture, [255, 220, 0]);
  expect(horns.right - horns.left).toBeGreaterThan(76);
  expect(horns.right - horns.left).toBeLessThan(86);
  expect((horns.left + horns.right) / 2).toBeCloseTo(200, -1);
  expect((horns.top + horns.bottom) / 2).toBeGreaterThan(114);
  expect((horns.top + horns.bottom) / 2).toBeLessThan(134);
  const skull = extentOf(evans!.picture, [0, 200, 255]);
  expect(skull.right - skull.left).toBeGreaterThan(264);
  expect(skull.right - skull.left).toBeLessThan(278);
  expect(evans!.caption).toMatch(
    /^Evans index 0\.29\d \(frontal horns (39|40)\.\d mm, inner skull 13[5-7]\.\d mm\)$/,
  );
  expect(evans!.positionMm).toBeCloseTo(12, -1);
  expect(third!.plane).toBe('axial');
  // 4 pixels a mm; the roofs begin 8 mm above the commissures, which is 48 pixels below the middle, and rise.
  const arms = extentOf(angle!.picture, [255, 220, 0]);
  expect(arms.bottom).toBeGreaterThan(230);
  expect(arms.bottom).toBeLessThan(262);
  expect(arms.bottom - arms.top).toBeGreaterThan(25);
  expect(angle!.positionMm).toBeCloseTo(-27.5, 5);
  expect(angle!.caption).toMatch(/^callosal angle (9|10)\d\.\d°$/);
});

test('without a pose, or a measure, there is no picture of it', () => {
  expect(drawMeasures({ ...scan, pose: null }, 100)).toEqual([]);
  const noSkull = drawMeasures({ ...scan, ...measureVentricles(labels) }, 100);
  expect(noSkull.map(({ id }) => id)).toEqual([
    'frontalHornWidthMm',
    'thirdVentricleWidthMm',
    'occipitalHornWidthMm',
    'callosalAngleDegrees',
  ]);
});
