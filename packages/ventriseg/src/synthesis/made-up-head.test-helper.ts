/** A made-up label map for tests: nested boxes of scalp, bone, fluid, cortex and white matter around ventricles. */
import { createVolume, type Volume } from '@ventriseg/imaging';

/** LIA, 1 mm. */
const conformedAffine = [-1, 0, 0, 128, 0, 0, 1, -128, 0, -1, 0, 128, 0, 0, 0, 1];

type Corner = readonly [number, number, number];

/** Boxes are filled in order: [label, first voxel, voxel after the last]. */
export function labelBoxes(boxes: readonly (readonly [number, Corner, Corner])[]): Volume<Uint16Array> {
  const data = new Uint16Array(256 ** 3);
  for (const [label, [i0, j0, k0], [i1, j1, k1]] of boxes) {
    for (let k = k0; k < k1; k++) {
      for (let j = j0; j < j1; j++) data.fill(label, i0 + 256 * (j + 256 * k), i1 + 256 * (j + 256 * k));
    }
  }
  return createVolume(data, [256, 256, 256], conformedAffine);
}

/** Left is at high first indices, as in LIA. Ventricles: 4 and 43 of 12 x 30 x 60 voxels, 15 of 14 x 20 x 16. */
export function madeUpHead(): Volume<Uint16Array> {
  return labelBoxes([
    [511, [44, 30, 24], [212, 256, 232]],
    [507, [50, 36, 30], [206, 256, 226]],
    [515, [50, 36, 30], [206, 190, 226]],
    [24, [56, 42, 36], [200, 184, 220]],
    [3, [128, 48, 42], [194, 178, 214]],
    [42, [62, 48, 42], [128, 178, 214]],
    [2, [128, 54, 48], [188, 172, 208]],
    [41, [68, 54, 48], [128, 172, 208]],
    [4, [130, 90, 90], [142, 120, 150]],
    [43, [114, 90, 90], [126, 120, 150]],
    [15, [121, 140, 84], [135, 160, 100]],
  ]);
}

export const countOf = (data: Uint8Array, label: number) =>
  data.reduce((n, v) => (v === label ? n + 1 : n), 0);

/** Whether two volumes hold the same bytes; `toEqual` takes seconds for so many. */
export const sameBytes = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
