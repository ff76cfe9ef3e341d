import { cropVolume, type Vec3, type Volume } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { type Measure, type MeasureId, measureIds, valueOfMeasure } from './measure.ts';
import { measureVentricles } from './measure-ventricles.ts';
import {
  gridAt,
  syntheticIntracranial,
  syntheticLabels,
  truth,
  turned,
} from './synthetic-ventricles.test-helper.ts';

/** What measures of the synthetic head may be off by, on voxels of 1 mm. */
const tolerance: Readonly<Partial<Record<MeasureId, number>>> = {
  evansIndex: 0.006,
  frontalOccipitalHornRatio: 0.005,
  frontalHornWidthMm: 0.6,
  occipitalHornWidthMm: 0.8,
  innerSkullWidthMm: 0.8,
  thirdVentricleWidthMm: 0.4,
  callosalAngleDegrees: 3,
  intracranialVolumeMl: 5,
  lateralAsymmetryPercent: 0.5,
};

function head(degrees: Vec3, shift: Vec3, voxelMm = 1): Volume<Uint8Array> {
  const shape: Vec3 = [Math.round(150 / voxelMm), Math.round(184 / voxelMm), Math.round(150 / voxelMm)];
  const middle: Vec3 = [shift[0], shift[1] - 18, shift[2]];
  return syntheticLabels(gridAt(voxelMm, shape, middle), turned(degrees, shift));
}

function expectTruth(measures: readonly Measure[], factor = 1): void {
  for (const [id, value] of Object.entries(truth) as [MeasureId, number][]) {
    const found = valueOfMeasure(measures, id);
    expect(found, id).toBeDefined();
    expect(Math.abs(found! - value), `${id}: ${found} for ${value}`).toBeLessThan(tolerance[id]! * factor);
  }
}

test.each([
  { degrees: [0, 0, 0] as Vec3, shift: [0, 0, 0] as Vec3 },
  { degrees: [15, -8, 10] as Vec3, shift: [3.3, 5.2, -7] as Vec3 },
  { degrees: [-20, 12, -6] as Vec3, shift: [0.4, 0, 0] as Vec3 },
])('a head of known measures, turned by $degrees degrees', ({ degrees, shift }) => {
  const poseToWorld = turned(degrees, shift);
  const { pose, measures } = measureVentricles(head(degrees, shift), {
    intracranial: syntheticIntracranial(poseToWorld),
  });
  expectTruth(measures);
  // The head was made in the pose that is to be found.
  for (const axis of [0, 1, 2]) {
    expect(Math.abs(pose!.anteriorCommissure[axis]! - poseToWorld[4 * axis + 3]!)).toBeLessThan(1);
    const cosine = [0, 4, 8].reduce(
      (sum, row) => sum + pose!.poseToWorld[row + axis]! * poseToWorld[row + axis]!,
      0,
    );
    expect((Math.acos(cosine) * 180) / Math.PI).toBeLessThan(1.5);
  }
  expect(pose!.tiltFrom).toBe('fourth-and-frontal');
});

test('voxels of 2 mm give the same, less exactly', () => {
  const degrees: Vec3 = [8, -8, 5];
  const shift: Vec3 = [0.3, 0.4, 0.5];
  const intracranial = syntheticIntracranial(turned(degrees, shift));
  expectTruth(measureVentricles(head(degrees, shift, 2), { intracranial }).measures, 2.2);
});

test('lines lie where they were measured and are as long as the widths', () => {
  const degrees: Vec3 = [15, -8, 10];
  const shift: Vec3 = [3.3, 5.2, -7];
  const intracranial = syntheticIntracranial(turned(degrees, shift));
  const { measures } = measureVentricles(head(degrees, shift), { intracranial });
  const lines = (id: MeasureId) => {
    const measure = measures.find((one) => one.id === id)!;
    return measure.status === 'measured' ? measure.lines : [];
  };
  const length = ({ from, to }: { from: Vec3; to: Vec3 }) =>
    Math.hypot(from[0] - to[0], from[1] - to[1], from[2] - to[2]);
  const [horns, skull] = lines('evansIndex');
  expect(horns!.name).toBe('frontal horns');
  expect(length(horns!) / length(skull!)).toBeCloseTo(valueOfMeasure(measures, 'evansIndex')!, 6);
  // The patient's left end comes first: in the world it has the smaller x.
  expect(horns!.from[0]).toBeLessThan(horns!.to[0]);
  const [left, right] = lines('callosalAngleDegrees');
  expect(left!.from).toEqual(right!.from);
  const along = (line: typeof left) =>
    line!.to.map((value, axis) => (value - line!.from[axis]!) / length(line!));
  const cosine = along(left).reduce((sum, value, axis) => sum + value * along(right)[axis]!, 0);
  expect((Math.acos(cosine) * 180) / Math.PI).toBeCloseTo(
    valueOfMeasure(measures, 'callosalAngleDegrees')!,
    6,
  );
});

const without = (labels: Volume<Uint8Array>, ...numbers: number[]): Volume<Uint8Array> => ({
  ...labels,
  data: labels.data.map((label) => (numbers.includes(label) ? 0 : label)),
});
const statusOf = (measures: readonly Measure[]) =>
  Object.fromEntries(measures.map(({ id, status }) => [id, status])) as Record<MeasureId, Measure['status']>;

test('what cannot be measured has a reason and no value', () => {
  const labels = head([0, 0, 0], [0, 0, 0]);
  const noThird = measureVentricles(without(labels, 14));
  expect(noThird.pose).toBeNull();
  expect(statusOf(noThird.measures)).toMatchObject({
    intracranialVolumeMl: 'NO_INTRACRANIAL_VOLUME',
    ventricleSharePercent: 'NO_INTRACRANIAL_VOLUME',
    lateralAsymmetryPercent: 'measured',
    frontalHornWidthMm: 'NO_STANDARD_POSE',
    thirdVentricleWidthMm: 'NO_STANDARD_POSE',
  });
  const oneSide = measureVentricles(without(labels, 43));
  expect(statusOf(oneSide.measures)).toMatchObject({
    lateralAsymmetryPercent: 'ONE_SIDE_MISSING',
    frontalHornWidthMm: 'ONE_SIDE_MISSING',
    callosalAngleDegrees: 'ONE_SIDE_MISSING',
    thirdVentricleWidthMm: 'measured',
    evansIndex: 'ONE_SIDE_MISSING',
    innerSkullWidthMm: 'NO_INTRACRANIAL_VOLUME',
  });
  expect(oneSide.pose!.tiltFrom).toBe('fourth');
  const nothing = measureVentricles(without(labels, 4, 43, 14, 15));
  expect(nothing.measures.map(({ id }) => id)).toEqual(measureIds);
  for (const measure of nothing.measures) {
    expect(measure.value).toBeNull();
    expect('message' in measure && measure.message).toMatch(/^[A-Z].*\.$/);
  }
});

test('false islands in the orbits and at the back change no width', () => {
  const clean = head([0, 0, 0], [0, 0, 0]);
  const islands = { ...clean, data: clean.data.slice() };
  const [nx, ny] = clean.shape;
  // Cubes of 14 mm: 75 mm in front of AC and 25 mm beside; and behind the horns on the left.
  for (const [x, y, z] of [
    [93, 169, 60],
    [43, 169, 60],
    [55, 2, 75],
  ] as const) {
    for (let n = 0; n < 14 ** 3; n++) {
      const [i, j, k] = [x + (n % 14), y + (Math.floor(n / 14) % 14), z + Math.floor(n / 196)];
      islands.data[i + nx * (j + ny * k)] = i < 75 ? 4 : 43;
    }
  }
  const [before, after] = [clean, islands].map((labels) => measureVentricles(labels));
  expect(after!.pose).toEqual(before!.pose);
  for (const id of ['frontalHornWidthMm', 'occipitalHornWidthMm', 'callosalAngleDegrees'] as const) {
    expect(valueOfMeasure(after!.measures, id)).toBe(valueOfMeasure(before!.measures, id));
  }
  expect(valueOfMeasure(after!.measures, 'lateralAsymmetryPercent')).toBeGreaterThan(1);
});

test('without a fourth ventricle the frontal horns tell the tilt', () => {
  const { pose, measures } = measureVentricles(without(head([0, 0, 0], [0, 0, 0]), 15));
  expect(pose!.tiltFrom).toBe('frontal');
  expect(valueOfMeasure(measures, 'frontalHornWidthMm')).toBeCloseTo(40, 0);
});

test('what the field of view cuts is not measured', () => {
  const labels = head([0, 0, 0], [0, 0, 0]);
  const poseToWorld = turned([0, 0, 0], [0, 0, 0]);
  const cut = (start: Vec3, size: Vec3) =>
    statusOf(
      measureVentricles(cropVolume(labels, { start, size }), {
        intracranial: syntheticIntracranial(poseToWorld),
      }).measures,
    );
  const [nx, ny, nz] = labels.shape;
  // The occipital horns end at y = -75; the first kept row is y = -62.
  expect(cut([0, 48, 0], [nx, ny - 48, nz])).toMatchObject({
    occipitalHornWidthMm: 'CUT_BY_FIELD_OF_VIEW',
    frontalOccipitalHornRatio: 'CUT_BY_FIELD_OF_VIEW',
    lateralAsymmetryPercent: 'CUT_BY_FIELD_OF_VIEW',
    ventricleSharePercent: 'CUT_BY_FIELD_OF_VIEW',
    frontalHornWidthMm: 'measured',
    callosalAngleDegrees: 'measured',
    evansIndex: 'measured',
  });
  // The skull is 136 mm wide; 100 mm are kept.
  expect(cut([25, 0, 0], [nx - 50, ny, nz])).toMatchObject({
    innerSkullWidthMm: 'CUT_BY_FIELD_OF_VIEW',
    evansIndex: 'CUT_BY_FIELD_OF_VIEW',
    frontalHornWidthMm: 'measured',
  });
  // The third ventricle ends 8 mm below the commissures; the first kept slice is 4 mm below them.
  expect(cut([0, 0, 70], [nx, ny, nz - 70])).toMatchObject({
    thirdVentricleWidthMm: 'NO_STANDARD_POSE',
    frontalHornWidthMm: 'NO_STANDARD_POSE',
  });
});
