import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataBytes, testWithData } from '../../../../test/shared-data.ts';
import { applyAffine, identityAffine, multiplyAffines } from '../geometry/index.ts';
import { labelMask } from '../metrics/label-mask.ts';
import { volumeMl } from '../metrics/volume-ml.ts';
import { drawn, maskOf, randomMask, scaling } from '../morphology/masks.test-helper.ts';
import { readScan } from '../volume/scan-file.ts';
import { type Affine, createVolume, type Shape3, type Vec3 } from '../volume/volume.ts';
import { extractSurface } from './extract-surface.ts';
import { measureSurface } from './measure-surface.ts';
import { topologyOf } from './meshes.test-helper.ts';
import type { Surface } from './surface.ts';
import { vertexNormals } from './vertex-normals.ts';

const manifold = { badEdges: 0, badVertices: 0 };

/** Distance in mm from the middle of a grid that holds a ball, put off the voxel centres. */
function ball(radiusMm: number, spacing: Vec3, value: (distanceMm: number) => number) {
  const shape = spacing.map((mm) => Math.ceil((2 * radiusMm) / mm) + 6) as unknown as Shape3;
  const centre = shape.map((n, axis) => ((n - 1) / 2 + 0.13) * spacing[axis]!) as unknown as Vec3;
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  for (let at = 0; at < data.length; at++) {
    const place = [
      at % shape[0],
      Math.floor(at / shape[0]) % shape[1],
      Math.floor(at / (shape[0] * shape[1])),
    ];
    data[at] = value(Math.hypot(...place.map((i, axis) => i * spacing[axis]! - centre[axis]!)));
  }
  return { volume: createVolume(data, shape, scaling(spacing)), centre };
}

/** Largest distance of a vertex from a sphere, mm, and the least cosine between its normal and the radius. */
function deviation(surface: Surface, centre: Vec3, radiusMm: number) {
  const normals = vertexNormals(surface);
  let distanceMm = 0;
  let cosine = 1;
  for (let v = 0; v < normals.length; v += 3) {
    const radius = centre.map((c, d) => surface.positions[v + d]! - c);
    const length = Math.hypot(...radius);
    distanceMm = Math.max(distanceMm, Math.abs(length - radiusMm));
    const dot = radius.reduce((sum, r, d) => sum + r * normals[v + d]!, 0);
    cosine = Math.min(cosine, dot / length);
  }
  return { distanceMm, cosine };
}

describe('the surface of a mask', () => {
  test('without smoothing is the faces of its voxels', () => {
    const box = drawn([['....', '.11.', '.11.', '.11.', '....']], [1, 2, 5]);
    const surface = extractSurface(box, { smoothingSteps: 0 });
    const { volumeMl, areaMm2, isClosed } = measureSurface(surface);
    expect(isClosed).toBe(true);
    expect(volumeMl).toBeCloseTo((2 * 6 * 5) / 1000, 9);
    expect(areaMm2).toBeCloseTo(2 * (2 * 6 + 2 * 5 + 6 * 5), 4);
    const along = (d: number) => [...surface.positions].filter((_, at) => at % 3 === d);
    expect([0, 1, 2].map((d) => [Math.min(...along(d)), Math.max(...along(d))])).toEqual([
      [0.5, 2.5],
      [1, 7],
      [-2.5, 2.5],
    ]);
  });

  test.each<[string, string[][], { parts: number; eulerCharacteristic: number }]>([
    ['a voxel', [['1']], { parts: 1, eulerCharacteristic: 2 }],
    ['a ring', [['111', '1.1', '111']], { parts: 1, eulerCharacteristic: 0 }],
    [
      'a cavity',
      [
        ['111', '111', '111'],
        ['111', '1.1', '111'],
        ['111', '111', '111'],
      ],
      { parts: 2, eulerCharacteristic: 4 },
    ],
    [
      'a shared corner',
      [
        ['1.', '..'],
        ['..', '.1'],
      ],
      { parts: 2, eulerCharacteristic: 4 },
    ],
    ['a shared edge, the knot', [['1.', '.1']], { parts: 2, eulerCharacteristic: 4 }],
    [
      'a plate on edges',
      [
        ['1.', '.1'],
        ['1.', '.1'],
      ],
      { parts: 1, eulerCharacteristic: 2 },
    ],
    ['nothing', [['..']], { parts: 0, eulerCharacteristic: 0 }],
  ])('hangs together as its voxels do: %s', (_, slices, expected) => {
    for (const smoothingSteps of [0, 5]) {
      expect(topologyOf(extractSurface(drawn(slices), { smoothingSteps }))).toEqual({
        ...manifold,
        ...expected,
      });
    }
  });

  test('is closed and manifold, keeps to its cells and encloses the voxels, whatever the mask', () => {
    const side = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(
        fc.tuple(side, side, side),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.integer(),
        (shape: Shape3, density, seed) => {
          const mask = randomMask(shape, density, seed, [1, 1.2, 3]);
          const raw = extractSurface(mask, { smoothingSteps: 0 });
          const smooth = extractSurface(mask);
          const { eulerCharacteristic, parts, ...bad } = topologyOf(raw);
          expect(bad).toEqual(manifold);
          expect(Math.abs(eulerCharacteristic % 2)).toBe(0);
          expect(eulerCharacteristic).toBeLessThanOrEqual(2 * parts);
          expect(topologyOf(smooth)).toEqual({ eulerCharacteristic, parts, ...bad });
          const measures = measureSurface(raw);
          expect(measures.isClosed).toBe(true);
          expect(Math.abs(measures.volumeMl - volumeMl(mask))).toBeLessThanOrEqual(1e-6 * volumeMl(mask));
          const moved = smooth.positions.map(
            (place, at) => Math.abs(place - raw.positions[at]!) / [1, 1.2, 3][at % 3]!,
          );
          expect(moved.reduce((most, by) => Math.max(most, by), 0)).toBeLessThan(0.4501);
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  });

  test.each<[Vec3, number, number]>([
    [[1, 1, 1], 0.3, 9],
    [[0.9, 0.9, 1.2], 0.35, 20],
    [[1, 1, 5], 2, 40],
  ])('comes close to a ball of 15 mm on voxels of %s mm', (spacing, mostMm, mostDegrees) => {
    const { volume, centre } = ball(15, spacing, (mm) => (mm < 15 ? 1 : 0));
    const surface = extractSurface(volume);
    const measures = measureSurface(surface);
    expect(measures.isClosed).toBe(true);
    expect(Math.abs(measures.volumeMl / volumeMl(volume) - 1)).toBeLessThan(1e-4);
    expect(Math.abs(measures.areaMm2 / (4 * Math.PI * 15 ** 2) - 1)).toBeLessThan(
      spacing[2] === 5 ? 0.05 : 0.005,
    );
    const { distanceMm, cosine } = deviation(surface, centre, 15);
    expect(distanceMm).toBeLessThan(mostMm);
    expect((Math.acos(cosine) * 180) / Math.PI).toBeLessThan(mostDegrees);
  });
});

describe('the surface of probabilities', () => {
  test('lies where they cross the level', () => {
    const slab = createVolume(
      Float32Array.from({ length: 7 * 5 * 5 }, (_, at) => [0, 0.2, 0.7, 1, 0.9, 0.1, 0][at % 7]!),
      [7, 5, 5],
      identityAffine,
    );
    const middle = middleOf(extractSurface(slab, { smoothingSteps: 0, level: 0.6 }), [1.5, 2.5]);
    expect(middle[0]).toBeCloseTo(1.8, 5);
    expect(middle.at(-1)).toBeCloseTo(4.375, 5);
  });

  test('is that of a ball, up to the corners that it cuts', () => {
    for (const [radius, deficit] of [
      [4, 0.07],
      [10, 0.012],
    ] as const) {
      const { volume, centre } = ball(radius, [1, 1, 1], (mm) =>
        Math.min(1, Math.max(0, 0.5 + (radius - mm) / 2)),
      );
      const surface = extractSurface(volume);
      const { volumeMl, isClosed } = measureSurface(surface);
      const truth = (4 / 3) * Math.PI * (radius / 10) ** 3;
      expect(isClosed).toBe(true);
      expect(volumeMl / truth).toBeGreaterThan(1 - deficit);
      expect(volumeMl / truth).toBeLessThan(1);
      expect(deviation(surface, centre, radius).distanceMm).toBeLessThan(0.2);
    }
  });
});

/** x of the vertices whose y and z both lie in a range, sorted. */
function middleOf({ positions }: Surface, [from, to]: [number, number]): number[] {
  const x: number[] = [];
  for (let v = 0; v < positions.length; v += 3) {
    if ([positions[v + 1]!, positions[v + 2]!].every((c) => c >= from && c <= to)) x.push(positions[v]!);
  }
  return x.sort((a, b) => a - b);
}

describe('the world', () => {
  const mask = randomMask([6, 5, 4], 0.4, 7);
  const [c, s] = [Math.cos(0.4), Math.sin(0.4)];
  const oblique: Affine = multiplyAffines(
    [c, -s, 0, 12, s, c, 0, -30, 0, 0, 1, 5, 0, 0, 0, 1],
    [1, 0, 0, 0, 0, c, -s, 0, 0, s, c, 0, 0, 0, 0, 1],
  );
  const mirrored: Affine = [-1, 0, 0, 90, 0, 1, 0, -126, 0, 0, 1, -72, 0, 0, 0, 1];
  const swapped: Affine = [0, 1, 0, 3, 1, 0, 0, 2, 0, 0, 1, 1, 0, 0, 0, 1];

  test.each<[string, Affine]>([
    ['oblique', oblique],
    ['mirrored', mirrored],
    ['axes swapped', swapped],
    ['oblique and mirrored', multiplyAffines(oblique, mirrored)],
  ])('moves the surface with the grid, normals outwards: %s', (_, voxelToWorld) => {
    const plain = extractSurface(mask);
    const surface = extractSurface({ ...mask, voxelToWorld });
    for (let v = 0; v < plain.positions.length; v += 3) {
      const [x, y, z] = plain.positions.subarray(v, v + 3);
      applyAffine(voxelToWorld, [x!, y!, z!]).forEach((coordinate, d) => {
        expect(surface.positions[v + d]).toBeCloseTo(coordinate, 3);
      });
    }
    const [expected, measured] = [measureSurface(plain), measureSurface(surface)];
    expect(measured.isClosed).toBe(true);
    expect(measured.volumeMl).toBeCloseTo(expected.volumeMl, 6);
    expect(measured.areaMm2).toBeCloseTo(expected.areaMm2, 2);
  });

  test('ends at the edge of the grid, also for probabilities', () => {
    const full = maskOf(new Uint8Array(8).fill(1), [2, 2, 2]);
    expect(measureSurface(extractSurface(full, { smoothingSteps: 0 }))).toMatchObject({
      isClosed: true,
      areaMm2: 24,
    });
    const certain = createVolume(Float32Array.of(0.9, 0.8), [2, 1, 1], identityAffine);
    const { volumeMl, isClosed } = measureSurface(extractSurface(certain));
    expect(isClosed).toBe(true);
    expect(volumeMl).toBeGreaterThan(0);
  });
});

test('refuses options and voxels that make no surface', () => {
  const mask = maskOf([1], [1, 1, 1]);
  expect(() => extractSurface(mask, { level: 0 })).toThrow('level must be finite and more than 0, got 0');
  expect(() => extractSurface(mask, { smoothingSteps: 1.5 })).toThrow('0 or more, got 1.5');
  const broken = createVolume(Float32Array.of(1, Number.NaN), [2, 1, 1], identityAffine);
  expect(() => extractSurface(broken)).toThrowError(
    expect.objectContaining({ code: 'NON_FINITE', message: expect.stringContaining('voxel 1, 0, 0 is NaN') }),
  );
});

testWithData('encloses the volume of real ventricles, label by label', async () => {
  const numbers = { lateral: [52, 51], temporalHorns: [50, 49], third: [4], fourth: [11] };
  for (const file of ['oasis-manual/1000_labels.nii.gz', 'ixi-2mm/IXI034-HH-1260_labels.nii.gz']) {
    const { volume } = await readScan(dataBytes(file), { path: file });
    for (const number of Object.values(numbers).flat()) {
      const mask = labelMask(volume, number);
      const measures = measureSurface(extractSurface(mask));
      expect(measures.isClosed, `${file} ${number}`).toBe(true);
      expect(Math.abs(measures.volumeMl / volumeMl(mask) - 1), `${file} ${number}`).toBeLessThan(1e-4);
    }
  }
});
