import { expect, test } from 'vitest';
import { assessQuality, type QualityInputs } from './assess-quality.ts';
import type { LabelVolume } from './measure-labels.ts';

const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

function inputsWith(volumesMl: Record<string, number>): QualityInputs {
  const labels = Object.entries(volumesMl).map(
    ([title, ml]): LabelVolume => ({ label: 14, name: title, title, ml, mlByProbability: ml }),
  );
  const ml = labels.reduce((sum, label) => sum + label.ml, 0);
  return {
    noHead: undefined,
    labels: { data: new Uint8Array(27), shape: [3, 3, 3], voxelToWorld: affine },
    volumes: { labels, lateral: null, total: { ml, mlByProbability: ml } },
    removed: { parts: 0, ml: 0 },
    unsure: [],
    cutAt: [],
    plane: undefined,
    forced: false,
  };
}

test('ventricles that the model knows and did not find are named', () => {
  const findings = assessQuality(inputsWith({ lateral: 20, third: 0, fourth: 0 }));
  expect(findings).toEqual([
    {
      code: 'PARTS_MISSING',
      severity: 'warning',
      message: 'The model knows these and found none of them: third, fourth.',
    },
  ]);
  expect(assessQuality(inputsWith({ lateral: 20, third: 1 }))).toEqual([]);
});

test('labels outside of the skull are doubted, and many are refused', () => {
  const found = (outsideShare: number, forced = false) =>
    assessQuality({
      ...inputsWith({ lateral: 20 }),
      forced,
      evidence: {
        intracranialMl: 1500,
        headCutAt: [],
        brightAround: 0.8,
        locatedMl: 40,
        outsideShare,
        confidence: 0.9,
      },
    }).map(({ code, severity }) => `${severity} ${code}`);
  expect(found(0.04)).toEqual([]);
  expect(found(0.09)).toEqual(['warning OUTSIDE_BRAIN']);
  expect(found(0.37)).toEqual(['error MUCH_OUTSIDE_BRAIN']);
  expect(found(0.37, true)).toEqual(['warning MUCH_OUTSIDE_BRAIN']);
});

test('low confidence is a doubt, and an error when it is very low or the networks disagree as well', () => {
  const found = (confidence: number, locatedMl: number, voxelMm = 1) => {
    const inputs = inputsWith({ lateral: 20 });
    const voxelToWorld = affine.map((value, at) => (at % 5 === 0 && at < 15 ? voxelMm : value));
    return assessQuality({
      ...inputs,
      labels: { ...inputs.labels, voxelToWorld },
      evidence: {
        intracranialMl: 1500,
        headCutAt: [],
        brightAround: 0.8,
        locatedMl,
        outsideShare: 0,
        confidence,
      },
    }).map(({ code, severity }) => `${severity} ${code}`);
  };
  expect(found(0.85, 40)).toEqual([]);
  expect(found(0.84, 40)).toEqual(['warning LOW_CONFIDENCE']);
  expect(found(0.84, 40, 1.2)).toEqual([]);
  expect(found(0.84, 40, 0.9999)).toEqual(['warning LOW_CONFIDENCE']);
  expect(found(0.79, 40, 2)).toEqual(['warning LOW_CONFIDENCE']);
  expect(found(0.84, 10)).toEqual(['warning LOW_CONFIDENCE', 'warning NETWORKS_DISAGREE']);
  expect(found(0.75, 40)).toEqual(['warning LOW_CONFIDENCE']);
  expect(found(0.65, 40)).toEqual(['error UNFAMILIAR_IMAGE']);
  expect(found(0.85, 10)).toEqual(['warning NETWORKS_DISAGREE']);
  expect(found(0.75, 10)).toEqual(['error UNFAMILIAR_IMAGE', 'warning NETWORKS_DISAGREE']);
});

test('nothing found at all is one error, not a list of missing parts', () => {
  expect(assessQuality(inputsWith({ lateral: 0, third: 0 })).map(({ code }) => code)).toEqual([
    'NO_VENTRICLES_FOUND',
  ]);
});

test('a large part that lies apart and is not sure is told with its volume', () => {
  const inputs = {
    ...inputsWith({ lateral: 20 }),
    unsure: [{ labels: [43], ml: 3.85, confidence: 0.66 }] as const,
  };
  expect(assessQuality(inputs)).toEqual([
    {
      code: 'UNSURE_PARTS',
      severity: 'warning',
      message:
        'These lie apart, and the network is not sure of them: 3.9 mL of the right lateral ventricle (mean ' +
        'probability 0.66).',
    },
  ]);
});

test('a stripped head is told, unless there is no head', () => {
  const found = (brightAround: number, noHead?: string) =>
    assessQuality({
      ...inputsWith({ lateral: 20 }),
      noHead,
      evidence: {
        ...{ intracranialMl: 1400, headCutAt: [], locatedMl: 40, outsideShare: 0, confidence: 0.9 },
        brightAround,
      },
    }).map(({ code }) => code);
  expect(found(0.43)).toEqual([]);
  expect(found(0.09)).toEqual(['SKULL_STRIPPED']);
  expect(found(0.09, 'only 100 mL')).toEqual(['NO_HEAD_FOUND']);
});
