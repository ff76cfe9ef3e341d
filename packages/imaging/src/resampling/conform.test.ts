import { describe, expect, test } from 'vitest';
import { applyAffine, invertAffine } from '../geometry/affine.ts';
import { gridOf, sameGrid } from '../geometry/grid.ts';
import { axisCodes } from '../geometry/orientation.ts';
import { reorient } from '../geometry/reorient.ts';
import { all48Orders, randomVolume, turnedAffine } from '../geometry/synthetic-volume.test-helper.ts';
import { createVolume } from '../volume/volume.ts';
import { conform, conformGrid } from './conform.ts';
import { largestDifference, naiveResample } from './naive-resample.test-helper.ts';
import { resample } from './resample.ts';

const conformed256 = [-1, 0, 0, 128, 0, 0, 1, -128, 0, -1, 0, 128, 0, 0, 0, 1];
const small = { sizeVoxels: 24, spacingMm: 1 } as const;
const scan = randomVolume([13, 16, 11], turnedAffine([1.2, 1.1, 1.4], [0, 0, 0], [-9, 14, -33]));
const obliqueScan = randomVolume(
  [13, 16, 11],
  turnedAffine([1.2, 1.1, 1.4], [0.2, 0.3, -0.1], [-9, 14, -33]),
);

describe('conformGrid', () => {
  test('is 256^3, 1 mm, LIA', () => {
    const grid = conformGrid(scan);
    expect(grid.shape).toEqual([256, 256, 256]);
    expect(axisCodes(grid.voxelToWorld)).toBe('LIA');
  });

  test('keeps the world position of the middle voxel, counted as FreeSurfer does', () => {
    const grid = conformGrid(scan, { centre: 'freesurfer' });
    const middle = applyAffine(scan.voxelToWorld, [6.5, 8, 5.5]);
    applyAffine(grid.voxelToWorld, [128, 128, 128]).forEach((value, axis) => {
      expect(value).toBeCloseTo(middle[axis]!, 10);
    });
  });

  test('counts alike for a scan stored in LIA order, else one voxel apart along axes that run the other way', () => {
    const lia = reorient(scan, 'LIA');
    expect(conformGrid(lia)).toEqual(conformGrid(lia, { centre: 'freesurfer' }));
    const ras = conformGrid(scan, { centre: 'freesurfer' }).voxelToWorld;
    const fixed = conformGrid(scan).voxelToWorld;
    // x and z run against LIA in RAS; y runs with it.
    expect([3, 7, 11].map((n) => +(ras[n]! - fixed[n]!).toFixed(9))).toEqual([1.2, 0, 1.4]);
  });

  test('grows by FreeSurfer rule when the scan needs 10 % more than 256 voxels', () => {
    const grid = (n: number, size: number) => ({
      shape: [n, 200, 100] as const,
      voxelToWorld: turnedAffine([size, 1, 1], [0, 0, 0], [0, 0, 0]),
    });
    expect(conformGrid(grid(281, 1)).shape[0]).toBe(256);
    expect(conformGrid(grid(282, 1)).shape[0]).toBe(282);
    expect(conformGrid(grid(256, 1.2)).shape).toEqual([308, 308, 308]);
    expect(conformGrid(grid(320, 0.8)).shape[0]).toBe(256);
    expect(conformGrid(grid(320, 0.8), { spacingMm: 0.8 }).shape[0]).toBe(320);
    expect(conformGrid(grid(282, 1), { sizeVoxels: 256 }).shape[0]).toBe(256);
  });

  test('refuses sizes that are none', () => {
    for (const sizeVoxels of [0, -1, 2.5, Number.NaN]) {
      expect(() => conformGrid(scan, { sizeVoxels })).toThrow(/sizeVoxels/);
    }
    for (const spacingMm of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => conformGrid(scan, { spacingMm })).toThrow(/spacingMm/);
    }
  });
});

describe('conform', () => {
  test('hands back a conformed uint8 scan itself', () => {
    const volume = createVolume(new Uint8Array(256 ** 3).fill(3, 1000, 2000), [256, 256, 256], conformed256);
    const result = conform(volume);
    expect(result.volume).toBe(volume);
    expect(result).toMatchObject({ scale: { srcMin: 0, scale: 1 }, warnings: [] });
  });

  test('undoes a storage order exactly, keeping uint8 intensities', () => {
    const data = Uint8Array.from({ length: 24 ** 3 }, (_, n) => (n * 7) % 251);
    const volume = createVolume(data, [24, 24, 24], conformed256);
    for (const codes of all48Orders) {
      const result = conform(reorient(volume, codes), small);
      expect(sameGrid(result.volume, volume)).toBe(true);
      expect(largestDifference(result.volume.data, data)).toBe(0);
      expect(result.scale).toEqual({ srcMin: 0, scale: 1 });
    }
  });

  test.each([
    ['aligned', scan],
    ['oblique', obliqueScan],
  ])('gives the same result for all 48 storage orders of an %s scan', (name, volume) => {
    const expected = conform(volume, small);
    expect(new Set(expected.volume.data).size).toBeGreaterThan(200);
    for (const codes of all48Orders) {
      const result = conform(reorient(volume, codes), small);
      expect(sameGrid(result.volume, expected.volume, 1e-9)).toBe(true);
      expect(result.scale).toEqual(expected.scale);
      const difference = largestDifference(result.volume.data, expected.volume.data);
      // Oblique positions are not snapped, so a value on the edge of rounding may go either way.
      expect(difference).toBeLessThanOrEqual(name === 'aligned' ? 0 : 1);
    }
  });

  test('equals naive interpolation, scaling and rounding', () => {
    for (const volume of [scan, obliqueScan]) {
      const { volume: result, scale } = conform(volume, small);
      const expected = naiveResample(volume, result, 'linear', Number.NaN).map((value) =>
        Number.isNaN(value)
          ? 0
          : Math.floor(Math.min(Math.max((value - scale.srcMin) * scale.scale, 0), 255) + 0.5),
      );
      let different = 0;
      for (let n = 0; n < expected.length; n++) if (expected[n] !== result.data[n]) different++;
      expect(largestDifference(result.data, expected)).toBeLessThanOrEqual(1);
      expect(different).toBeLessThan(5);
    }
  });

  test('float32 is the same without the rounding', () => {
    const rounded = conform(scan, small);
    const plain = conform(scan, { ...small, dataType: 'float32' });
    expect(plain.volume.data).toBeInstanceOf(Float32Array);
    expect(plain.scale).toEqual(rounded.scale);
    expect(largestDifference(plain.volume.data, rounded.volume.data)).toBeLessThanOrEqual(0.5001);
    expect(Math.max(...plain.volume.data)).toBeLessThanOrEqual(255);
    expect(plain.volume.data.some((value) => value % 1 !== 0)).toBe(true);
  });

  test('smooths on request when the scan is finer', () => {
    const fine = randomVolume([40, 40, 40], turnedAffine([0.4, 0.4, 0.4], [0, 0, 0], [0, 0, 0]));
    const spread = (antiAlias: boolean) => {
      const { data } = resample(conform(fine, { ...small, antiAlias }).volume, {
        shape: [8, 8, 8],
        voxelToWorld: turnedAffine([1, 1, 1], [0, 0, 0], [4, 4, 4]),
      });
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      return Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
    };
    expect(spread(true)).toBeLessThan(spread(false) / 2);
  });

  test('says what a person should know', () => {
    const big = createVolume(
      new Int16Array(300 * 2 * 2).fill(5, 7),
      [300, 2, 2],
      turnedAffine([1, 1, 1], [0, 0, 0], [0, 0, 0]),
    );
    expect(conformGrid(big).shape[0]).toBe(300);
    const grown = conform(big);
    expect(grown.warnings).toEqual([expect.stringMatching(/does not fit.*300x300x300/)]);
    const flat = conform({ ...scan, data: new Float32Array(scan.data.length).fill(2) }, small);
    expect(flat.warnings).toEqual([expect.stringMatching(/Every voxel.* is 2/)]);
    const negative = conform({ ...scan, data: scan.data.map((v) => v - 100) }, small);
    expect(negative.warnings).toEqual([expect.stringMatching(/below zero/)]);
    const holes = conform(
      { ...scan, data: scan.data.with(0, Number.NaN).with(1, Number.POSITIVE_INFINITY) },
      small,
    );
    expect(holes.warnings).toEqual([expect.stringMatching(/^2 of 2288 voxels are not finite/)]);
    const cleaned = conform({ ...scan, data: scan.data.with(0, 0).with(1, 0) }, small);
    expect(largestDifference(holes.volume.data, cleaned.volume.data)).toBe(0);
    expect(() => conform({ ...scan, data: scan.data.map(() => Number.NaN) }, small)).toThrow(
      /none of.*2288.*finite/,
    );
    expect(() => conform(scan, { dataType: 'int16' as 'uint8' })).toThrow(/dataType/);
  });

  test('keeps its input as it was', () => {
    const before = scan.data.slice();
    conform(scan, small);
    expect(scan.data).toEqual(before);
    expect(invertAffine(gridOf(scan).voxelToWorld)).toHaveLength(16);
  });
});
