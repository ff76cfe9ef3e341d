/** The way by volume networks, with made-up networks on made-up heads. */
import { dice, type Grid, gridOf, labelMask, reorient, type Volume } from '@ventriseg/imaging';
import { describe, expect, test } from 'vitest';
import { type Segmentation, segmentVolume } from './segment-volume.ts';
import { type Blob, gridAround, loadIntensityModel, maskOf, paint } from './synthetic-head.test-helper.ts';
import { intensityPair, ruleNetwork } from './volume-networks.test-helper.ts';
import { pairNetworks } from './volume-networks.ts';

/** A head of the size of a newborn's, so that tests are quick. */
const head: Blob = { centre: [0, 0, 0], radii: [42, 52, 44], value: 100 };
const leftVentricle: Blob = { centre: [-11, 2, 4], radii: [7, 24, 10], value: 220 };
const rightVentricle: Blob = { centre: [11, 2, 4], radii: [6, 20, 9], value: 220 };
const normal = [head, leftVentricle, rightVentricle];
/** Too dark for the coarse network to count as inside. */
const scalp: Blob = { centre: [0, 0, 0], radii: [54, 64, 56], value: 30 };
const paintHead = (grid: Grid, blobs: readonly Blob[]) => paint(grid, [scalp, ...blobs]);
const headGrid = (spacing = [1, 1, 1] as const, turn = [0, 0] as const): Grid =>
  gridAround(spacing, [112, 128, 112], turn);

const codesOf = ({ quality }: { quality: readonly { code: string }[] }) => quality.map(({ code }) => code);

describe('a scan of 1 mm', () => {
  test('is not interpolated: it gets exactly the voxels that the network marks', async () => {
    const scan = paintHead(headGrid(), normal);
    const pair = intensityPair();
    const result = await segmentVolume(scan, pair, { removeIslands: false, fillHoles: false });
    // Bright is what lies 1.5 deviations over the mean of the head; the border between lies well in between.
    const levels = new Set<number>();
    let least = 255;
    let most = 0;
    for (let at = 0; at < scan.data.length; at++) {
      levels.add(result.labels.data[at]!);
      if (result.labels.data[at] === 0) most = Math.max(most, scan.data[at]!);
      else least = Math.min(least, scan.data[at]!);
    }
    expect(levels).toEqual(new Set([0, 4, 43]));
    expect(least).toBe(most + 1);
    expect(gridOf(result.labels)).toEqual(gridOf(scan));
    expect(result.quality).toEqual([]);
    expect(Object.keys(result.timingsMs)).toEqual(['grid', 'locate', 'segment', 'labels', 'measure']);
    expect(result.model).toEqual({
      ...{ name: 'segment', sha256: 'b'.repeat(64), steps: 7 },
      locate: { name: 'locate', sha256: 'a'.repeat(64), steps: 7 },
    });
    expect(dice(labelMask(result.labels, 4), maskOf(scan, [leftVentricle]))).toBeGreaterThan(0.93);
  });

  test('the space inside the skull is measured: here the head itself', async () => {
    const { intracranial } = await segmentVolume(paint(headGrid(), normal), intensityPair());
    const [a, b, c] = head.radii;
    expect(intracranial!.ml / ((4 / 3) * Math.PI * a * b * c * 1e-3)).toBeCloseTo(1, 1);
    expect(intracranial!.cutAt).toEqual([]);
    expect(intracranial!.probability.shape).toEqual([32, 32, 32]);
  });

  test('the network sees multiples of its divisor, at least 96, all around the ventricles', async () => {
    const pair = intensityPair();
    await segmentVolume(paintHead(headGrid(), normal), pair);
    expect(pair.locate.shapes).toEqual([[32, 32, 32]]);
    expect(pair.segment.shapes).toEqual([[96, 96, 96]]);
    const long: Blob = { ...leftVentricle, radii: [7, 46, 10] };
    await segmentVolume(paintHead(headGrid(), [head, long]), pair);
    // 92 mm in 4 mm voxels and 12 mm on both sides.
    expect(pair.segment.shapes[1]).toEqual([96, 96, 128]);
  });
});

test('all orders of storage give identical labels, oblique and uneven ones too', async () => {
  for (const grid of [headGrid(), headGrid([1.9, 2.3, 2.1] as never, [0.2, 0.15] as never)]) {
    const scan = reorient(paintHead(grid, normal), 'RAS');
    const expected = await segmentVolume(scan, intensityPair());
    expect(new Set(expected.labels.data)).toEqual(new Set([0, 4, 43]));
    for (const order of ['LIA', 'ASR', 'PIL', 'SPR', 'IRP', 'LPS']) {
      const { labels, volumes } = await segmentVolume(reorient(scan, order), intensityPair());
      expect(Buffer.compare(reorient(labels, 'RAS').data, expected.labels.data), order).toBe(0);
      expect(volumes).toEqual(expected.volumes);
    }
  }
});

test.each([
  ['0.7 mm', [0.7, 0.7, 0.7], 0.94],
  ['1 x 1 x 5 mm', [1, 1, 5], 0.88],
  ['2 mm', [2, 2, 2], 0.9],
] as const)('%s: labels on its own grid', async (_, spacing, least) => {
  const scan = paintHead(headGrid(spacing as never, [0.1, 0.2] as never), normal);
  const { labels } = await segmentVolume(scan, intensityPair());
  expect(gridOf(labels)).toEqual(gridOf(scan));
  expect(dice(labels, maskOf(scan, [leftVentricle, rightVentricle]))).toBeGreaterThan(least);
});

describe('quality', () => {
  const run = (scan: Volume, pair = intensityPair(), options = {}) => segmentVolume(scan, pair, options);

  test('without a head nothing is segmented, unless forced', async () => {
    const ball = paintHead(headGrid(), [{ ...head, radii: [20, 20, 20], value: 200 }]);
    const refused = await run(ball);
    expect(codesOf(refused)).toEqual(['NO_HEAD_FOUND']);
    expect(refused.quality[0]!.severity).toBe('error');
    expect(refused.labels.data.every((label) => label === 0)).toBe(true);
    const bright = ruleNetwork('segment', [0, 4, 43], (_, x) => (x === 48 ? 1 : 0));
    const forced = await run(ball, { ...intensityPair(), segment: bright } as never, { force: true });
    expect(bright.shapes).not.toHaveLength(0);
    expect(forced.options.force).toBe(true);
    expect(forced.volumes.total.ml).toBeGreaterThan(0);
    expect(forced.quality[0]).toMatchObject({ severity: 'warning' });
    expect(codesOf(forced)).toContain('NO_HEAD_FOUND');
  });

  test('ventricles that the coarse network misses are sought in the middle of the brain, and it is said', async () => {
    const blind = { ...intensityPair(), locate: ruleNetwork('locate', [0, 0, 4], (v) => (v > 0.15 ? 1 : 0)) };
    const result = await run(paintHead(headGrid(), normal), blind);
    expect(codesOf(result)).toEqual(['VENTRICLES_NOT_LOCATED']);
    expect(result.volumes.total.ml).toBeGreaterThan(8);
  });

  test('a region in which the coarse network missed a part is widened until it is all seen', async () => {
    const long: Blob = { ...leftVentricle, centre: [-11, 0, 4], radii: [7, 46, 10] };
    // Sees the ventricles in the front half of the head only; in the fine image they go on to the back.
    const half = ruleNetwork('locate', [0, 0, 4], (value, _x, _y, z) =>
      value > 0.7 && z > 22 ? 2 : value > 0.2 ? 1 : 0,
    );
    const pair = { ...intensityPair(), locate: half };
    const result = await run(paintHead(headGrid(), [head, long, rightVentricle]), pair);
    expect(pair.segment.shapes).toEqual([
      [96, 96, 96],
      [96, 96, 128],
    ]);
    expect(codesOf(result)).not.toContain('CUT_BY_MODEL');
  });

  test('a tip as thin as the central canal does not widen the region', async () => {
    const canal: Blob = { centre: [-11, -55, 4], radii: [1.5, 40, 1.5], value: leftVentricle.value };
    const pair = {
      ...intensityPair(),
      locate: ruleNetwork('locate', [0, 0, 4], (value, _x, _y, z) =>
        value > 0.7 && z > 22 ? 2 : value > 0.2 ? 1 : 0,
      ),
    };
    const result = await run(paintHead(headGrid(), [head, leftVentricle, canal, rightVentricle]), pair);
    expect(pair.segment.shapes).toHaveLength(1);
    expect(codesOf(result)).not.toContain('CUT_BY_MODEL');
  });

  test('a head without ventricles', async () => {
    const codes = codesOf(await run(paint(headGrid(), [head])));
    expect(codes).toEqual(['NO_VENTRICLES_FOUND', 'SKULL_STRIPPED']);
  });

  test('networks that find different volumes', async () => {
    const pair = intensityPair();
    const timid = ruleNetwork('segment', [0, 4, 43], (v, x, _y, z, [nx]) =>
      v < 1.5 || z % 6 > 0 ? 0 : x > nx / 2 ? 1 : 2,
    );
    const result = await run(paintHead(headGrid(), normal), { ...pair, segment: timid } as never, {
      removeIslands: false,
    });
    expect(codesOf(result)).toContain('NETWORKS_DISAGREE');
  });

  test.each([
    [0.75, 'LOW_CONFIDENCE'],
    [0.65, 'UNFAMILIAR_IMAGE'],
  ])('a network that gives its labels a probability of %d', async (probability, code) => {
    expect(codesOf(await run(paintHead(headGrid(), normal), intensityPair(probability)))).toEqual([code]);
  });

  test('ventricles and heads that are cut by the field of view', async () => {
    const grid = gridAround([1, 1, 1], [112, 44, 112]);
    const found = codesOf(await run(paintHead(grid, normal)));
    expect(found).toContain('TOUCHES_FIELD_OF_VIEW');
    expect(found).toContain('HEAD_CUT');
  });

  test('a head without a skull around it', async () => {
    const stripped = await run(paint(headGrid(), normal));
    expect(codesOf(stripped)).toEqual(['SKULL_STRIPPED']);
    expect(stripped.intracranial!.brightAround).toBeLessThan(0.05);
    expect((await run(paintHead(headGrid(), normal))).intracranial!.brightAround).toBeGreaterThan(0.4);
  });

  test('a sheared scan, as a tilted gantry makes it, is judged as others are', async () => {
    const grid = headGrid();
    const sheared = { ...grid, voxelToWorld: grid.voxelToWorld.map((v, at) => (at === 6 ? v + 0.2 : v)) };
    const result = await run(paintHead(sheared, normal));
    expect(result.volumes.total.ml).toBeGreaterThan(8);
    expect(codesOf(result)).not.toContain('SKULL_STRIPPED');
    expect(codesOf(await run(paint(sheared, normal)))).toContain('SKULL_STRIPPED');
  });

  test('a head that the coarse network goes on with where the scan ends is cut, and counted to there', async () => {
    const scan = paintHead(gridAround([1, 1, 1], [170, 200, 72]), normal);
    // 18 blocks from top to bottom, padded to 24.
    const eager = ruleNetwork('locate', [0, 0, 4], (value, _x, y) =>
      value > 0.7 ? 2 : value > 0.2 || y >= 18 ? 1 : 0,
    );
    const results = await Promise.all(
      [intensityPair(), { ...intensityPair(), locate: eager }].map((pair) => run(scan, pair)),
    );
    for (const result of results) expect(codesOf(result)).toContain('HEAD_CUT');
    const [plain, carriedOn] = results.map(({ evidence }) => evidence!.intracranialMl);
    expect(carriedOn).toBeCloseTo(plain!, 3);
  });

  test('sides that differ, and labels outside of the brain', async () => {
    const small: Blob = { ...rightVentricle, radii: [3, 7, 5] };
    expect(codesOf(await run(paintHead(headGrid(), [head, leftVentricle, small])))).toContain(
      'ASYMMETRIC_VENTRICLES',
    );
    const pair = intensityPair();
    const stray = ruleNetwork('segment', [0, 4, 43], (value) => (value > 1.5 || value < -4 ? 1 : 0));
    const outside = (removeIslands: boolean) =>
      run(paintHead(headGrid(), [head, leftVentricle]), { ...pair, segment: stray } as never, {
        removeIslands,
      });
    expect(codesOf(await outside(false)).some((code) => code.endsWith('OUTSIDE_BRAIN'))).toBe(true);
    // The coarse network sees no ventricle there.
    const codes = codesOf(await outside(true));
    expect(codes).toContain('LARGE_ISLANDS_REMOVED');
    expect(codes.some((code) => code.endsWith('OUTSIDE_BRAIN'))).toBe(false);
  });

  test('a result that cannot be used has volumes, and no measure a value unless forced', async () => {
    const scan = paintHead(headGrid(), normal);
    const refused = await run(scan, intensityPair(0.65));
    expect(refused.volumes.total.ml).toBeGreaterThan(0);
    expect(refused.measures.every(({ value }) => value === null)).toBe(true);
    expect(refused.measures[0]).toMatchObject({
      status: 'RESULT_UNUSABLE',
      message: 'The result cannot be used: UNFAMILIAR_IMAGE.',
    });
    const forced = await run(scan, intensityPair(0.65), { force: true });
    expect(forced.measures[0]!.status).toBe('measured');
  });
});

describe('options', () => {
  const scan = paintHead(headGrid(), normal);

  test('flip: both sides get the mean of both views', async () => {
    // Adds a layer of ventricle in the half of smaller x, whatever the image.
    const biased = ruleNetwork('segment', [0, 4, 43], (value, x, _y, _z, [nx]) => {
      const threshold = x < nx / 2 ? -10 : 1.5;
      return value < threshold ? 0 : x < nx / 2 ? 2 : 1;
    });
    const pair = { ...intensityPair(), segment: biased } as never;
    const straight = await segmentVolume(scan, pair);
    const flipped = await segmentVolume(scan, pair, { flip: true });
    // The region, and a wider one, as labels fill it to its end; straight once, flipped both ways.
    expect(biased.shapes).toHaveLength(6);
    const leftOverRight = ({ volumes }: Segmentation) => volumes.labels[0]!.ml / volumes.labels[1]!.ml;
    expect(leftOverRight(straight)).toBeLessThan(0.05);
    // On every voxel without ventricle the two views disagree, half and half, which is enough for a label.
    expect(leftOverRight(flipped)).toBeCloseTo(1, 1);
    expect(flipped.evidence!.confidence).toBeCloseTo(0.5, 1);
    const slices = await loadIntensityModel([160.5]);
    await expect(segmentVolume(scan, slices, { flip: true })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });

  test('the random field keeps clear ventricles', async () => {
    const { labels, timingsMs } = await segmentVolume(scan, intensityPair(), { crf: true });
    expect(dice(labels, maskOf(scan, [leftVentricle, rightVentricle]))).toBeGreaterThan(0.93);
    expect(timingsMs.crf).toBeGreaterThan(0);
  });
});

test('networks that are no pair are refused', () => {
  const { locate, segment } = intensityPair();
  const refused = (a: typeof locate, b: typeof segment) => {
    try {
      pairNetworks(a, b);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  expect(refused(segment, segment)).toMatchObject({ code: 'BAD_MODEL', path: 'segment.onnx' });
  expect(refused(locate, locate)).toMatchObject({ code: 'BAD_MODEL' });
  expect(
    refused(
      ruleNetwork('locate', [0, 0], () => 0),
      segment,
    ),
  ).toMatchObject({ code: 'BAD_MODEL' });
  const odd = ruleNetwork('segment', [0, 4, 10], () => 0);
  expect(refused(locate, odd)).toMatchObject({ message: expect.stringContaining('0, 4, 10') });
});

test('stops when aborted, with the signal’s reason', async () => {
  const controller = new AbortController();
  const running = segmentVolume(paintHead(headGrid(), normal), intensityPair(), {
    signal: controller.signal,
    onProgress: ({ stage }) => {
      if (stage === 'segment') controller.abort(new Error('enough'));
    },
  });
  await expect(running).rejects.toThrow('enough');
});
