import { describe, expect, test } from 'vitest';
import { dataBytes, testWithData } from '../../../../test/shared-data.ts';
import { scaling, seeded } from '../morphology/masks.test-helper.ts';
import { readScan } from '../volume/scan-file.ts';
import { createVolume, type Shape3, type Vec3, type VoxelArray } from '../volume/volume.ts';
import { denseCrf2d, denseCrf3d } from './dense-crf.ts';
import { bilateralKernel } from './kernels.ts';

interface Case {
  probabilities: Float32Array;
  image: Float32Array;
  truth: Uint8Array;
  shape: Shape3;
  spacing: Vec3;
  labels: number;
}

/** A noisy image of regions and unsure, noisy probabilities of them. */
function noisyCase(shape: Shape3, spacing: Vec3, labels: number, seed: number): Case {
  const random = seeded(seed);
  const [nx, ny, nz] = shape;
  const voxels = nx * ny * nz;
  const truth = new Uint8Array(voxels);
  const image = new Float32Array(voxels);
  const probabilities = new Float32Array(labels * voxels);
  for (let at = 0; at < voxels; at++) {
    const [x, y, z] = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))];
    const radius = Math.hypot(x / nx - 0.5, y / ny - 0.5, nz === 1 ? 0 : z / nz - 0.5);
    const label = Math.min(labels - 1, Math.floor(radius * 2 * labels));
    truth[at] = label;
    image[at] = 40 + 60 * label + 20 * (random() - 0.5);
    for (let l = 0; l < labels; l++)
      probabilities[l * voxels + at] = (l === label ? 0.5 : 0.3) + 0.4 * random();
  }
  return { probabilities, image, truth, shape, spacing, labels };
}

type Matrix = Float64Array;

/** All pairs of voxels: exp(-distance^2 / 2 sigma^2), with the difference in intensity if it has a sigma. */
function exactKernel(c: Case, sigmaMm: number, sigmaIntensity = Number.POSITIVE_INFINITY): Matrix {
  const [nx, ny, nz] = c.shape;
  const n = nx * ny * nz;
  const place = (at: number) => [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))];
  const places = Array.from({ length: n }, (_, at) => place(at).map((v, axis) => v * c.spacing[axis]!));
  return Float64Array.from({ length: n * n }, (_, pair) => {
    const [i, j] = [Math.floor(pair / n), pair % n];
    const squared = places[i]!.reduce((sum, v, axis) => sum + (v - places[j]![axis]!) ** 2, 0);
    const difference = c.image[i]! - c.image[j]!;
    return Math.exp(-squared / (2 * sigmaMm ** 2) - difference ** 2 / (2 * sigmaIntensity ** 2));
  });
}

/** The kernel that the lattice in fact applies, found by filtering one voxel at a time. */
function latticeKernel(c: Case, sigmaMm: number, sigmaIntensity: number): Matrix {
  const [nx, ny, nz] = c.shape;
  const n = nx * ny * nz;
  const kernel = bilateralKernel(c.image, c.shape, c.spacing, { sigmaMm, sigmaIntensity });
  const matrix = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const impulse = new Float32Array(n);
    impulse[j] = 1;
    kernel.apply(impulse);
    for (let i = 0; i < n; i++) matrix[i * n + j] = kernel.message[i]!;
  }
  return matrix;
}

/** N^-1/2 K N^-1/2. */
function normalised(kernel: Matrix): Matrix {
  const n = Math.sqrt(kernel.length);
  const sums = Array.from({ length: n }, (_, i) =>
    kernel.subarray(i * n, (i + 1) * n).reduce((a, b) => a + b),
  );
  return kernel.map((k, pair) => k / Math.sqrt(sums[Math.floor(pair / n)]! * sums[pair % n]!));
}

/** Mean field by the paper's equations, every pair of voxels visited. */
function naiveMeanField(c: Case, kernels: [weight: number, kernel: Matrix][], iterations = 5) {
  const n = c.image.length;
  const unary = Array.from(c.probabilities, (p) => -Math.log(p));
  const normalise = (energy: number[]) => {
    const q = energy.map((e) => Math.exp(-e));
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let l = 0; l < c.labels; l++) sum += q[l * n + i]!;
      for (let l = 0; l < c.labels; l++) q[l * n + i]! /= sum;
    }
    return q;
  };
  let q = normalise(unary);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const energy = [...unary];
    for (const [weight, kernel] of kernels) {
      for (let l = 0; l < c.labels; l++) {
        for (let i = 0; i < n; i++) {
          let message = 0;
          for (let j = 0; j < n; j++) message += kernel[i * n + j]! * q[l * n + j]!;
          // Potts: this label's neighbours count against every other label.
          for (let other = 0; other < c.labels; other++) {
            if (other !== l) energy[other * n + i]! += weight * message;
          }
        }
      }
    }
    q = normalise(energy);
  }
  return q;
}

function differences(a: ArrayLike<number>, b: ArrayLike<number>) {
  let largest = 0;
  let sum = 0;
  for (let at = 0; at < a.length; at++) {
    const difference = Math.abs(a[at]! - b[at]!);
    largest = Math.max(largest, difference);
    sum += difference;
  }
  return { largest, mean: sum / a.length };
}

function labelling(q: ArrayLike<number>, labels: number): number[] {
  const n = q.length / labels;
  return Array.from({ length: n }, (_, i) => {
    let best = 0;
    for (let l = 1; l < labels; l++) if (q[l * n + i]! > q[best * n + i]!) best = l;
    return best;
  });
}

const same = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).filter((value, at) => value === b[at]).length / a.length;

function refine(c: Case, options: Parameters<typeof denseCrf3d>[2]) {
  const [nx, ny, nz] = c.shape;
  const [sx, sy] = c.spacing;
  if (nz === 1) {
    return denseCrf2d(c.probabilities, { data: c.image, shape: [nx, ny], spacingMm: [sx, sy] }, options);
  }
  return denseCrf3d(c.probabilities, createVolume(c.image, c.shape, scaling(c.spacing)), options);
}

const cases: [string, Case][] = [
  ['a slice, 2 labels', noisyCase([24, 20, 1], [1, 1.5, 1], 2, 1)],
  ['a slice, 3 labels', noisyCase([22, 22, 1], [1, 1, 1], 3, 2)],
  ['a volume, 2 labels', noisyCase([9, 8, 8], [1, 1, 1.5], 2, 3)],
  ['a volume, 4 labels', noisyCase([8, 8, 7], [1, 1, 1], 4, 4)],
];

describe('dense CRF against the naive mean field', () => {
  const bilateral = { sigmaMm: 4, sigmaIntensity: 20, weight: 2 };

  for (const [name, c] of cases) {
    test(`smoothness kernel alone is exact: ${name}`, async () => {
      const options = { smoothness: { sigmaMm: 1.5, weight: 2 }, bilateral: { ...bilateral, weight: 0 } };
      const exact = naiveMeanField(c, [[2, normalised(exactKernel(c, 1.5))]]);
      // The kernel is cut off at 4 sigma.
      expect(differences(await refine(c, options), exact).largest).toBeLessThan(2e-3);
    });

    test(`is mean field on the lattice's kernel: ${name}`, async () => {
      const options = { smoothness: { sigmaMm: 1, weight: 0 }, bilateral };
      const exact = naiveMeanField(c, [[2, latticeKernel(c, 4, 20)]]);
      expect(differences(await refine(c, options), exact).largest).toBeLessThan(1e-4);
    });

    test(`both kernels agree with the exact ones within the lattice's approximation: ${name}`, async () => {
      const q = await refine(c, { smoothness: { sigmaMm: 1, weight: 1 }, bilateral });
      const exact = naiveMeanField(c, [
        [1, normalised(exactKernel(c, 1))],
        [2, normalised(exactKernel(c, 4, 20))],
      ]);
      const { largest, mean } = differences(q, exact);
      // Single voxels between two labels differ most, in four dimensions more than in three.
      expect(mean).toBeLessThan(0.01);
      expect(largest).toBeLessThan(c.shape[2] === 1 ? 0.1 : 0.25);
      expect(same(labelling(q, c.labels), labelling(exact, c.labels))).toBeGreaterThan(0.99);
      expect(same(labelling(q, c.labels), c.truth)).toBeGreaterThan(
        same(labelling(c.probabilities, c.labels), c.truth) + 0.1,
      );
    });
  }
});

describe('dense CRF', () => {
  const [, c] = cases[1]!;
  const n = c.image.length;

  test('without kernels or iterations gives the probabilities back, scaled to 1', async () => {
    const none = {
      smoothness: { sigmaMm: 1, weight: 0 },
      bilateral: { sigmaMm: 1, sigmaIntensity: 1, weight: 0 },
    };
    const expected = Array.from(c.probabilities, (p, at) => {
      let sum = 0;
      for (let l = 0; l < c.labels; l++) sum += c.probabilities[l * n + (at % n)]!;
      return p / sum;
    });
    for (const options of [none, { iterations: 0 }]) {
      expect(differences(await refine(c, options), expected).largest).toBeLessThan(1e-6);
    }
  });

  test('returns probabilities and leaves its input alone', async () => {
    const before = c.probabilities.slice();
    const q = await refine(c, {});
    expect(c.probabilities).toEqual(before);
    for (let i = 0; i < n; i++) {
      const sum = q[i]! + q[n + i]! + q[2 * n + i]!;
      expect(Math.abs(sum - 1)).toBeLessThan(1e-5);
    }
  });

  test('does not depend on the order of the labels or on the offset of the image', async () => {
    const q = await refine(c, {});
    const turned = new Float32Array(3 * n);
    for (const [to, from] of [2, 0, 1].entries()) {
      turned.set(c.probabilities.subarray(from * n, (from + 1) * n), to * n);
    }
    const image = c.image.map((value) => value + 1000);
    const again = await refine({ ...c, probabilities: turned, image }, {});
    expect(differences(again.subarray(n, 2 * n), q.subarray(0, n)).largest).toBeLessThan(0.02);
    expect(differences(again.subarray(0, n), q.subarray(2 * n)).largest).toBeLessThan(0.02);
  });

  test('a probability of 0 does not become NaN', async () => {
    const certain = {
      ...c,
      probabilities: Float32Array.from({ length: 3 * n }, (_, at) => (at < n ? 1 : 0)),
    };
    const q = await refine(certain, {});
    expect(q.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(q[0]).toBeGreaterThan(0.999);
  });

  test('reports each iteration and stops between iterations when aborted', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const run = refine(c, {
      iterations: 10,
      signal: controller.signal,
      onProgress: (done, of) => {
        seen.push(done / of);
        if (done === 3) controller.abort(new Error('stopped by the user'));
      },
    });
    await expect(run).rejects.toThrow('stopped by the user');
    expect(seen).toEqual([0.1, 0.2, 0.3]);
  });

  test('a timer can abort it: it gives way to the event loop', async () => {
    const run = refine(c, { iterations: 1e6, signal: AbortSignal.timeout(50) });
    await expect(run).rejects.toThrow(/timeout/);
  });

  test('refuses what it cannot mean', async () => {
    const image = { data: c.image, shape: [22, 22] as const, spacingMm: [1, 1] as const };
    await expect(denseCrf2d(c.probabilities.subarray(1), image)).rejects.toThrow(/got 484 and 1451/);
    await expect(denseCrf2d(c.probabilities.subarray(0, n), image)).rejects.toThrow(/at least 968/);
    await expect(refine(c, { iterations: 1.5 })).rejects.toThrow(/iterations must be a whole number: 1.5/);
    await expect(refine(c, { smoothness: { sigmaMm: 0, weight: 1 } })).rejects.toThrow(
      /smoothness.sigmaMm must be above 0 and finite: 0/,
    );
    await expect(denseCrf2d(c.probabilities, { ...image, spacingMm: [1, 0] })).rejects.toThrow(/1 x 0 x 1/);
    const broken: VoxelArray = c.image.map((value, at) => (at === 5 ? Number.NaN : value));
    await expect(denseCrf2d(c.probabilities, { ...image, data: broken })).rejects.toThrow(/voxel 5 is NaN/);
    const negative = c.probabilities.map((p) => p - 0.5);
    await expect(denseCrf2d(negative, image)).rejects.toThrow(/probabilities must be 0 or more/);
  });

  testWithData('finds the ventricles of a real slice again from noisy probabilities', async () => {
    const read = async (name: string) =>
      (await readScan(dataBytes('oasis-manual', name), { path: name })).volume;
    const [scan, labels] = [await read('1000_T1.nii.gz'), await read('1000_labels.nii.gz')];
    const [nx, ny] = scan.shape;
    const [data, truth] = [new Float32Array(96 * 96), new Uint8Array(96 * 96)];
    for (let at = 0; at < data.length; at++) {
      const voxel = 33 + (at % 96) + nx * (60 + Math.floor(at / 96) + ny * 85);
      data[at] = scan.data[voxel]!;
      truth[at] = [51, 52].includes(labels.data[voxel]!) ? 1 : 0;
    }
    const white = data.slice().sort()[Math.floor(0.99 * data.length)]!;
    for (let at = 0; at < data.length; at++) data[at] = Math.min(255, (data[at]! * 230) / white);
    const random = seeded(9);
    const ventricle = Float32Array.from(truth, (t) =>
      Math.min(1, Math.max(0, (t ? 0.7 : 0.3) + (random() - 0.5) * 0.6)),
    );
    const probabilities = new Float32Array(2 * data.length);
    probabilities.set(ventricle.map((p) => 1 - p));
    probabilities.set(ventricle, data.length);
    const q = await denseCrf2d(probabilities, { data, shape: [96, 96], spacingMm: [1, 1] });
    const dice = (p: ArrayLike<number>) => {
      let [both, sum] = [0, 0];
      for (const [at, label] of labelling(p, 2).entries()) {
        both += label * truth[at]!;
        sum += label + truth[at]!;
      }
      return (2 * both) / sum;
    };
    expect(dice(probabilities)).toBeLessThan(0.5);
    expect(dice(q)).toBeGreaterThan(0.9);
  });
});
