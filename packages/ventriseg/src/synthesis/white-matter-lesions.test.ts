import { SeededRandom } from 'onnx-autograd';
import { describe, expect, test } from 'vitest';
import {
  drawLesions,
  type LesionSite,
  paintLesions,
  type WhiteMatterLesions,
} from './white-matter-lesions.ts';

const side = 48;
const [fluid, wall, white, grey] = [20, 60, 100, 70];

/** A ventricle of 12 voxels, its outermost layer half tissue, in white matter, in cortex from 8 voxels off the rim. */
function head(): LesionSite {
  const voxels = side ** 3;
  const site = {
    image: new Float32Array(voxels).fill(grey),
    ventricles: new Uint8Array(voxels),
    whiteMatter: new Uint8Array(voxels),
    shape: [side, side, side] as const,
    voxelMm: 1,
  };
  for (let at = 0; at < voxels; at++) {
    const place = [at % side, Math.floor(at / side) % side, Math.floor(at / side ** 2)];
    const off = Math.max(...place.map((x) => Math.abs(x - 23.5)));
    if (off < 6) {
      site.ventricles[at] = 1;
      site.image[at] = off > 5 ? wall : fluid;
    } else if (off < 16) {
      site.whiteMatter[at] = 1;
      site.image[at] = white;
    }
  }
  return site;
}

function painted(lesions: Partial<WhiteMatterLesions>, seed = 1): LesionSite {
  const site = head();
  paintLesions(
    site,
    { haloMm: 3, edgeMm: 1, patchesAbove: 9, towardsFluid: 0.5, ...lesions },
    new SeededRandom(seed),
  );
  return site;
}

const at = (x: number, y = 23, z = 23) => x + side * (y + side * z);

describe('paintLesions', () => {
  test('a halo as dark as asked for beside the ventricle, nothing far from it or in other tissue', () => {
    const { image } = painted({ haloMm: 2.5 });
    expect(image[at(30)]).toBeCloseTo((white + fluid) / 2, 4);
    expect(image[at(39)]).toBe(white);
    expect(image[at(42)]).toBe(grey);
    expect(image[at(23)]).toBe(fluid);
  });

  test('what is tissue in the voxels of the wall is as ill', () => {
    expect(painted({}).image[at(29)]).toBeCloseTo((wall + fluid) / 2, 4);
  });

  test('a wide edge fades', () => {
    const { image } = painted({ haloMm: 5, edgeMm: 6 });
    const outwards = [30, 32, 34].map((x) => image[at(x)]!);
    expect(outwards).toEqual(outwards.toSorted((a, b) => a - b));
    expect(new Set(outwards).size).toBe(3);
  });

  test('a wider halo is more; patches lie away from the ventricle, too', () => {
    const ill = (lesions: Partial<WhiteMatterLesions>) =>
      painted(lesions).image.reduce((count, value, i) => count + Number(value !== head0[i]), 0);
    const head0 = head().image;
    expect(ill({ haloMm: 5 })).toBeGreaterThan(1.5 * ill({ haloMm: 2 }));
    const patched = painted({ haloMm: 0, patchesAbove: 1 }).image;
    let far = 0;
    for (let x = 34; x < 39; x++) for (let y = 10; y < 38; y++) if (patched[at(x, y)] !== white) far++;
    expect(far).toBeGreaterThan(5);
  });

  test('away from the fluid lesions are brighter, within the range of the image', () => {
    const site = head();
    site.image[0] = 120;
    paintLesions(site, { haloMm: 3, edgeMm: 1, patchesAbove: 9, towardsFluid: -0.5 }, new SeededRandom(1));
    expect(site.image[at(30)]).toBe(120);
    expect(Math.min(...site.image.subarray(1))).toBeGreaterThanOrEqual(0);
  });

  test('the same seed gives the same lesions, another seed others', () => {
    const [a, b, c] = [painted({}), painted({}), painted({}, 2)];
    expect(a.image).toEqual(b.image);
    expect(a.image).not.toEqual(c.image);
  });

  test('without ventricles or white matter nothing is changed', () => {
    for (const missing of ['ventricles', 'whiteMatter'] as const) {
      const site = { ...head(), [missing]: new Uint8Array(side ** 3) };
      paintLesions(site, drawLesions(new SeededRandom(1)), new SeededRandom(1));
      expect(site.image).toEqual(head().image);
    }
  });
});

test('lesions are drawn from a thin rim to a broad halo, mostly towards the fluid', () => {
  const random = new SeededRandom(4);
  const drawn = Array.from({ length: 300 }, () => drawLesions(random));
  expect(Math.min(...drawn.map(({ haloMm }) => haloMm))).toBeLessThan(1.1);
  expect(Math.max(...drawn.map(({ haloMm }) => haloMm))).toBeGreaterThan(6);
  const towards = drawn.filter(({ towardsFluid }) => towardsFluid > 0).length;
  expect(towards).toBeGreaterThan(220);
  expect(towards).toBeLessThan(290);
});
