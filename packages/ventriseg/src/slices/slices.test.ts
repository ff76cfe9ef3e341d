import { applyAffine, createVolume, multiplyAffines, type Volume } from '@ventriseg/imaging';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  centreCrop,
  countLabelled,
  extractLabelSlice,
  extractSlice,
  insertSlice,
  type Plane,
  type SlicePlan,
  sliceGeometry,
  sliceOf,
  sliceToVoxel,
} from './index.ts';

/** LIA, 1 mm, as FreeSurfer conforms. */
const voxelToWorld = [-1, 0, 0, 128, 0, 0, 1, -128, 0, -1, 0, 128, 0, 0, 0, 1];
const planes: Plane[] = ['sagittal', 'coronal', 'axial'];
const plan2017: SlicePlan = {
  plane: 'sagittal',
  scaledSize: 128,
  crop: { firstRow: 16, firstColumn: 16, rows: 96, columns: 96 },
};
const whole: SlicePlan = { plane: 'sagittal', scaledSize: 256, crop: centreCrop(256, 256, 256) };

const at = (i: number, j: number, k: number) => i + 256 * (j + 256 * k);

function bytes(value: (i: number, j: number, k: number) => number): Volume<Uint8Array> {
  const data = new Uint8Array(256 ** 3);
  for (let k = 0; k < 256; k++) {
    for (let j = 0; j < 256; j++) for (let i = 0; i < 256; i++) data[at(i, j, k)] = value(i, j, k);
  }
  return createVolume(data, [256, 256, 256], voxelToWorld);
}

const noise = bytes((i, j, k) => Math.imul(i * 73 + j * 151 + k * 233 + 7, 2654435761) >>> 24);

/** The voxel value at a place between voxels: plain trilinear interpolation, clamped at the faces. */
function trilinear(volume: Volume, place: readonly number[]): number {
  const p = place.map((x) => Math.min(Math.max(x, 0), 255));
  const whole = p.map((x) => Math.min(Math.floor(x), 254));
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const bits = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const weight = bits.reduce((w, bit, a) => w * (bit ? p[a]! - whole[a]! : 1 - (p[a]! - whole[a]!)), 1);
    const [i, j, k] = bits.map((bit, a) => whole[a]! + bit) as [number, number, number];
    sum += weight * volume.data[at(i, j, k)]!;
  }
  return sum;
}

describe('slices of a conformed volume', () => {
  test('sagittal pictures are volume[i, :, :]: rows downwards, columns to the front', () => {
    const picture = sliceOf(noise, 'sagittal', 100);
    expect(picture[256 * 30 + 40]).toBe(noise.data[at(100, 30, 40)]);
    expect(extractSlice(noise, whole, 100)).toEqual(picture);
  });

  test('coronal: rows downwards, columns to the left; axial: rows to the back, columns to the left', () => {
    expect(sliceOf(noise, 'coronal', 100)[256 * 30 + 40]).toBe(noise.data[at(40, 30, 100)]);
    expect(sliceOf(noise, 'axial', 100)[256 * 30 + 40]).toBe(noise.data[at(40, 100, 255 - 30)]);
  });

  test('halving is the mean of 2 x 2 pixels, rounded; the crop starts at its first row and column', () => {
    const picture = extractSlice(noise, plan2017, 120);
    expect(picture.length).toBe(96 * 96);
    for (const [row, column] of [
      [0, 0],
      [95, 95],
      [10, 77],
    ] as const) {
      const j = 2 * (row + 16);
      const k = 2 * (column + 16);
      const v = (dj: number, dk: number) => noise.data[at(120, j + dj, k + dk)]!;
      expect(picture[96 * row + column]).toBe(Math.round((v(0, 0) + v(0, 1) + v(1, 0) + v(1, 1)) / 4));
    }
  });

  test('any plane, scale and crop equals interpolating where the geometry says the pixel is', () => {
    const plans = fc.record({
      plane: fc.constantFrom(...planes),
      scaledSize: fc.integer({ min: 3, max: 300 }),
      index: fc.nat({ max: 255 }),
      share: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    });
    fc.assert(
      fc.property(plans, ({ plane, scaledSize, index, share }) => {
        const firstRow = Math.floor(share[0] * (scaledSize - 1));
        const firstColumn = Math.floor(share[1] * (scaledSize - 1));
        const rows = Math.min(3, scaledSize - firstRow);
        const columns = Math.min(4, scaledSize - firstColumn);
        const plan = { plane, scaledSize, crop: { firstRow, firstColumn, rows, columns } };
        const picture = extractSlice(noise, plan, index);
        const matrix = sliceToVoxel(plan, index);
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) {
            const expected = trilinear(noise, applyAffine(matrix, [column, row, 0]));
            expect(Math.abs(picture[columns * row + column]! - expected)).toBeLessThanOrEqual(0.5 + 1e-9);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('geometry: the world place of a pixel is that of the voxels it is made of', () => {
    const { pictureToWorld, pictureToVoxel, pixelMm, rows, columns } = sliceGeometry(
      plan2017,
      110,
      voxelToWorld,
    );
    expect([pixelMm, rows, columns]).toEqual([2, 96, 96]);
    // Picture row 16 of the halved slice lies between voxels 32 and 33.
    expect(applyAffine(pictureToVoxel, [0, 0, 0])).toEqual([110, 32.5, 32.5]);
    expect(applyAffine(pictureToWorld, [0, 0, 0])).toEqual([18, -95.5, 95.5]);
    expect(pictureToWorld).toEqual(multiplyAffines(voxelToWorld, pictureToVoxel));
  });

  test('refuses a crop outside the slice, a slice outside the volume, a volume that is not conformed', () => {
    const wide = { ...plan2017, crop: { firstRow: 40, firstColumn: 0, rows: 96, columns: 96 } };
    expect(() => extractSlice(noise, wide, 1)).toThrow(
      'crop of 96x96 pixels from row 40, column 0 does not lie in the slice of 128x128',
    );
    expect(() => extractSlice(noise, plan2017, 256)).toThrow('slice 256 is not one of 0 to 255');
    const small = createVolume(new Uint8Array(8), [2, 2, 2], voxelToWorld);
    expect(() => extractSlice(small, plan2017, 0)).toThrow('conformed volume of 256^3, not 2x2x2');
    expect(() => insertSlice(new Float32Array(5), noise as never, plan2017, 0)).toThrow('5 pixels');
  });
});

describe('label slices', () => {
  const halved: SlicePlan = { ...plan2017, crop: centreCrop(128, 128, 128) };
  const labels = createVolume(new Uint8Array(256 ** 3), [256, 256, 256], voxelToWorld);
  /** The 2 x 2 voxels that make the picture's pixel (0, column). */
  const block = (column: number, values: readonly [number, number, number, number]) => {
    values.forEach((value, n) => {
      labels.data[at(50, n >> 1, 2 * column + (n & 1))] = value;
    });
  };

  test('a pixel is labelled from half covered on, and takes the class that covers most', () => {
    block(0, [1, 0, 0, 0]);
    block(1, [1, 1, 0, 0]);
    block(2, [1, 0, 0, 1]);
    block(3, [2, 2, 1, 0]);
    block(4, [2, 1, 0, 0]);
    block(5, [3, 3, 3, 3]);
    block(6, [0, 2, 0, 0]);
    const picture = extractLabelSlice(labels, halved, 50, 3);
    expect([...picture.subarray(0, 8)]).toEqual([0, 1, 1, 2, 1, 3, 0, 0]);
    expect(countLabelled(labels, 'sagittal', 50)).toBe(1 + 2 + 2 + 3 + 2 + 4 + 1);
    expect(countLabelled(labels, 'sagittal', 51)).toBe(0);
  });

  test('one class equals scaling the mask of 0 and 255 and comparing with 127', () => {
    const mask = bytes((i, j, k) => (noise.data[at(i, j, k)]! > 140 ? 255 : 0));
    const classes = createVolume(
      mask.data.map((v) => (v > 0 ? 1 : 0)),
      mask.shape,
      mask.voxelToWorld,
    );
    for (const plane of planes) {
      for (const scaledSize of [128, 100, 256]) {
        const plan = { plane, scaledSize, crop: centreCrop(scaledSize, 80, 80) };
        const matrix = sliceToVoxel(plan, 99);
        const picture = extractLabelSlice(classes, plan, 99, 1);
        for (let n = 0; n < picture.length; n += 7) {
          const covered = trilinear(mask, applyAffine(matrix, [n % 80, Math.floor(n / 80), 0]));
          if (Math.abs(covered - 127) > 1e-6) expect(picture[n]).toBe(covered > 127 ? 1 : 0);
        }
      }
    }
  });
});

describe('putting slices back', () => {
  const empty = () => createVolume(new Float32Array(256 ** 3).fill(7), [256, 256, 256], voxelToWorld);

  test('ones come back as ones within the crop and zeros outside, in this plane only', () => {
    for (const plane of planes) {
      const plan: SlicePlan = {
        plane,
        scaledSize: 128,
        crop: { firstRow: 10, firstColumn: 20, rows: 96, columns: 50 },
      };
      const volume = empty();
      insertSlice(new Float32Array(96 * 50).fill(1), volume, plan, 77);
      const picture = sliceOf(volume, plane, 77);
      for (let row = 0; row < 256; row++) {
        for (let column = 0; column < 256; column++) {
          const inside = row >= 20 && row < 212 && column >= 40 && column < 140;
          if (picture[256 * row + column] !== (inside ? 1 : 0)) {
            expect.fail(`${plane} row ${row} column ${column} is ${picture[256 * row + column]}`);
          }
        }
      }
      let untouched = 0;
      for (let n = 0; n < volume.data.length; n++) if (volume.data[n] === 7) untouched++;
      expect(untouched).toBe(255 * 256 * 256);
    }
  });

  test('at full size what is cut out and put back is the same', () => {
    for (const plane of planes) {
      const plan = { ...whole, plane };
      const volume = empty();
      insertSlice(Float32Array.from(extractSlice(noise, plan, 31)), volume, plan, 31);
      expect(sliceOf(volume, plane, 31)).toEqual(Float32Array.from(sliceOf(noise, plane, 31)));
    }
  });

  test('a ramp halved and put back is the same ramp, without any shift', () => {
    for (const plane of planes) {
      const plan: SlicePlan = { ...plan2017, plane };
      const smooth = new Float32Array(96 * 96);
      const matrix = sliceToVoxel(plan, 100);
      const value = ([i, j, k]: readonly number[]) => 3 * i! - 2 * j! + 0.5 * k!;
      for (let n = 0; n < smooth.length; n++) {
        smooth[n] = value(applyAffine(matrix, [n % 96, Math.floor(n / 96), 0]));
      }
      const volume = createVolume(new Float32Array(256 ** 3), [256, 256, 256], voxelToWorld);
      insertSlice(smooth, volume, plan, 100);
      const full = sliceToVoxel({ ...whole, plane }, 100);
      const picture = sliceOf(volume, plane, 100);
      for (const [row, column] of [
        [33, 33],
        [100, 57],
        [222, 222],
      ] as const) {
        expect(picture[256 * row + column]).toBeCloseTo(value(applyAffine(full, [column, row, 0])), 3);
      }
    }
  });
});
