import { SeededRandom } from 'onnx-autograd';
import { expect, test } from 'vitest';
import { codes, mirroredCode } from './tissue-codes.ts';
import { varyBrightness } from './vary-brightness.ts';
import { noAugmentation, volumeAugmentationSchema } from './volume-augmentation.ts';
import { batchOfSamples, plainSample, VolumeSampler } from './volume-sampler.ts';
import { cutFieldOfView, type VolumeCase, warpVolume } from './warp-volume.ts';

/** 24 x 20 x 16 voxels: brightness tells the place along x, a left and a right ventricle beside the middle. */
function smallHead(name = 'small'): VolumeCase {
  const shape = [24, 20, 16] as const;
  const image = new Uint8Array(24 * 20 * 16);
  const coded = new Uint8Array(image.length);
  for (let z = 0, at = 0; z < 16; z++) {
    for (let y = 0; y < 20; y++) {
      for (let x = 0; x < 24; x++, at++) {
        image[at] = 8 * x + 4;
        coded[at] = codes.inside;
        if (y >= 6 && y < 14 && x >= 6 && x < 11) coded[at] = codes.rightLateral;
        if (y >= 6 && y < 14 && x >= 13 && x < 18) coded[at] = codes.leftLateral;
      }
    }
  }
  return { name, image, codes: coded, shape, middle: [11.5, 9.5, 7.5], voxelMm: 1 };
}

test('without augmentation a box is a copy of the voxels', () => {
  const head = smallHead();
  const { image, codes: coded } = warpVolume(head, [24, 20, 16], noAugmentation, new SeededRandom(1));
  expect([...image]).toEqual([...head.image]);
  expect([...coded]).toEqual([...head.codes]);
});

test('a smaller box is cut about the middle; outside the volume there is nothing', () => {
  const head = smallHead();
  const small = warpVolume(head, [4, 4, 4], noAugmentation, new SeededRandom(1));
  expect(small.image[0]).toBe(8 * 10 + 4);
  const large = warpVolume(head, [28, 20, 16], noAugmentation, new SeededRandom(1));
  expect([...large.image.subarray(0, 3)]).toEqual([0, 0, 4]);
  expect(large.codes[0]).toBe(codes.outside);
});

test('a mirrored head has its sides exchanged', () => {
  const head = smallHead();
  const flip = { ...noAugmentation, flip: 1 };
  const { image, codes: coded } = warpVolume(head, [24, 20, 16], flip, new SeededRandom(1));
  expect(image[0]).toBe(8 * 23 + 4);
  for (let at = 0; at < coded.length; at++) {
    const mirror = at - (at % 24) + 23 - (at % 24);
    expect(coded[at]).toBe(mirroredCode[head.codes[mirror]!]);
  }
});

test('brightness is interpolated where the map leads between voxels', () => {
  const half = { ...smallHead(), middle: [12, 9.5, 7.5] as const };
  const { image } = warpVolume(half, [4, 2, 2], noAugmentation, new SeededRandom(1));
  expect(image[0]).toBeCloseTo(8 * 10.5 + 4, 4);
});

test('the field of view ends at a plane', () => {
  const head = smallHead();
  const cut = warpVolume(head, [24, 20, 16], noAugmentation, new SeededRandom(1));
  cutFieldOfView(cut, new SeededRandom(2));
  const gone = cut.image.reduce((n, value) => n + Number(value === 0), 0) / cut.image.length;
  expect(gone).toBeGreaterThan(0.14);
  expect(gone).toBeLessThan(0.41);
});

test.each([
  ['invert', { invert: 1 }],
  ['bias', { bias: 0.5 }],
  ['noise', { noise: 0.1 }],
  ['gamma', { gamma: 0.5 }],
  ['thick slices', { thickSlices: 1, thickest: 4 }],
])('%s changes brightness and leaves it finite and not below 0', (_, options) => {
  const cut = warpVolume(smallHead(), [24, 20, 16], noAugmentation, new SeededRandom(1));
  const varied = varyBrightness(cut, { ...noAugmentation, ...options }, new SeededRandom(7));
  expect(varied.some((value, i) => Math.abs(value - cut.image[i]!) > 1)).toBe(true);
  expect(varied.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
});

test('a stripped head is 0 outside the skull and the same inside', () => {
  const head = smallHead();
  const coded = head.codes.map((code, i) => (i % 24 < 4 ? codes.outside : code));
  const cut = warpVolume({ ...head, codes: coded }, [24, 20, 16], noAugmentation, new SeededRandom(1));
  const stripped = varyBrightness(cut, { ...noAugmentation, strip: 1 }, new SeededRandom(7));
  expect(stripped[0]).toBe(0);
  expect(stripped[10]).toBeCloseTo(cut.image[10]!, 3);
});

test('lesions are painted into white matter, and labels stay', () => {
  const head = smallHead();
  const coded = head.codes.map((code) => (code === codes.inside ? codes.whiteMatter : code));
  const white = {
    ...head,
    codes: coded,
    image: coded.map((code) => (code === codes.whiteMatter ? 200 : 40)),
  };
  const sampleOf = (lesions: number) =>
    new VolumeSampler({
      role: 'segment',
      groups: [{ weight: 1, cases: [white] }],
      shape: [24, 20, 16],
      augmentation: { ...noAugmentation, lesions },
      seed: 5,
    }).next();
  const [ill, well] = [sampleOf(1), sampleOf(0)];
  expect(ill.labels).toEqual(well.labels);
  expect(new Set(well.image).size).toBe(2);
  expect(new Set(ill.image).size).toBeGreaterThan(10);
});

const options = {
  role: 'segment' as const,
  groups: [
    { weight: 1, cases: [smallHead('a'), smallHead('b')] },
    { weight: 3, cases: [smallHead('c')] },
  ],
  shape: [16, 16, 16] as const,
  augmentation: volumeAugmentationSchema.parse({ rotationDeg: 20, scale: 0.2, elasticMm: 2, noise: 0.05 }),
  seed: 3,
};

test('the same state gives the same batch; targets are one-hot', () => {
  const sampler = new VolumeSampler(options);
  sampler.nextBatch(1);
  const { state } = sampler;
  const first = sampler.nextBatch(2);
  sampler.state = state;
  const again = sampler.nextBatch(2);
  expect(Buffer.compare(Buffer.from(first.images.buffer), Buffer.from(again.images.buffer))).toBe(0);
  const voxels = 16 ** 3;
  for (let i = 0; i < voxels; i++) {
    let sum = 0;
    for (let label = 0; label < 11; label++) sum += first.targets[label * voxels + i]!;
    expect(sum).toBe(1);
  }
});

test('locate volumes are blocks of 2 x 2 x 2 stored voxels, ventricles kept', () => {
  const { image, labels } = plainSample('locate', { ...smallHead(), voxelMm: 2 }, [12, 10, 8]);
  expect(image).toHaveLength(12 * 10 * 8);
  expect(new Set(labels)).toEqual(new Set([1, 2, 3]));
  const { targets, size } = batchOfSamples('locate', [{ image, labels }]);
  expect([targets.length, size]).toEqual([7 * 960, 1]);
});
