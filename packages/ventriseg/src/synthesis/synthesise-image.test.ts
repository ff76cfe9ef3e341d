import { readFileSync } from 'node:fs';
import { axisCodes, readScan, reorient } from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { describe, expect, test } from 'vitest';
import { dataPath, testWithData } from '../../../../test/shared-data.ts';
import { countOf, madeUpHead, sameBytes } from './made-up-head.test-helper.ts';
import { resolveSynthesisOptions, type SynthesisInput } from './options.ts';
import { synthesiseImage } from './synthesise-image.ts';

const map = madeUpHead();
/** Nothing moves, nothing blurs; what is tested is switched on. */
const plain: SynthesisInput = {
  flip: 0,
  rotationDeg: 0,
  scale: 0,
  shear: 0,
  shiftMm: [0, 0, 0],
  elasticMm: 0,
  ventricleChange: 0,
  partialVolumeMm: [0, 0],
  thickSlices: 0,
  coarseVoxels: 0,
  bias: 0,
  noise: [0, 0],
  gamma: 0,
  skullStripped: 0,
  neckCut: 0,
  crownCut: 0,
  defaced: 0,
  cleanBackground: 0,
  headroom: 0,
};
const meanIn = (data: Uint8Array, label: number, image: Uint8Array) => {
  let sum = 0;
  for (let at = 0; at < data.length; at++) if (data[at] === label) sum += image[at]!;
  return sum / countOf(data, label);
};

describe('synthesiseImage', () => {
  test('the same seed gives the same bytes, another seed others', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => synthesiseImage(map, {}, new SeededRandom(seed)));
    expect(sameBytes(a!.image.data, b!.image.data)).toBe(true);
    expect(sameBytes(a!.labels.data, b!.labels.data)).toBe(true);
    expect(sameBytes(a!.image.data, c!.image.data)).toBe(false);
    expect(sameBytes(a!.labels.data, c!.labels.data)).toBe(false);
    expect(axisCodes(a!.image.voxelToWorld)).toBe('LIA');
    expect(a!.image.shape).toEqual([256, 256, 256]);
  });

  test('plain and T1-like: labels unchanged, tissue outside the brain 0, brightness in order', () => {
    const { image, labels } = synthesiseImage(map, plain, new SeededRandom(3));
    for (let at = 0; at < map.data.length; at += 997) {
      expect(labels.data[at]).toBe(map.data[at]! < 256 ? map.data[at] : 0);
    }
    const [white, cortex, fluid] = [2, 3, 4].map((label) => meanIn(labels.data, label, image.data));
    expect(white! > cortex! && cortex! > fluid!).toBe(true);
    expect(image.data.reduce((max, value) => Math.max(max, value), 0)).toBe(255);
  });

  test('skull-stripped: nothing but the brain and a margin; cut neck: nothing below', () => {
    const stripped = synthesiseImage(map, { ...plain, skullStripped: 1 }, new SeededRandom(4)).image.data;
    const at = (data: Uint8Array, i: number, j: number, k: number) => data[i + 256 * (j + 256 * k)]!;
    // The brain is 62 to 193 along the first axis; the margin is 3 voxels at most.
    expect([at(stripped, 58, 100, 120), at(stripped, 197, 100, 120), at(stripped, 120, 200, 120)]).toEqual([
      0, 0, 0,
    ]);
    expect(at(stripped, 100, 100, 120)).toBeGreaterThan(50);
    const cut = synthesiseImage(map, { ...plain, neckCut: 1 }, new SeededRandom(5)).image.data;
    expect([at(cut, 128, 250, 120), at(cut, 60, 250, 60)]).toEqual([0, 0]);
    expect(at(cut, 100, 100, 120)).toBeGreaterThan(20);
  });

  test('a removed face leaves the brain and the back of the head', () => {
    const { image, labels } = synthesiseImage(map, { ...plain, defaced: 1 }, new SeededRandom(6));
    const whole = synthesiseImage(map, plain, new SeededRandom(6)).image.data;
    let [faceLeft, brainLost] = [0, 0];
    for (let at = 0; at < whole.length; at++) {
      const [j, k] = [Math.floor(at / 256) % 256, Math.floor(at / 65536)];
      if (k > 222 && j > 170 && image.data[at] !== 0) faceLeft++;
      if (labels.data[at] === 2 && image.data[at] === 0) brainLost++;
    }
    expect([faceLeft, brainLost]).toEqual([0, 0]);
    expect(image.data[128 + 256 * (100 + 256 * 26)]).toBeGreaterThan(0);
  });

  test('thick slices are smooth along one axis only', () => {
    const options: SynthesisInput = { ...plain, thickSlices: 1, sliceMm: [6, 6], noise: [0.05, 0.05] };
    const { data } = synthesiseImage(map, options, new SeededRandom(8)).image;
    const rough = [1, 256, 65536].map((stride) => {
      let sum = 0;
      for (let k = 100; k < 116; k++) {
        for (let j = 125; j < 138; j++) {
          for (let i = 72; i < 110; i++) {
            const at = i + 256 * (j + 256 * k);
            sum += Math.abs(data[at + stride]! - data[at]!);
          }
        }
      }
      return sum;
    });
    rough.sort((a, b) => a - b);
    expect(rough[1]! / rough[0]!).toBeGreaterThan(3);
    expect(rough[2]! / rough[1]!).toBeLessThan(1.3);
  });

  test('a map on another grid gives the same image', () => {
    const turned = reorient(map, 'RAS');
    const here = synthesiseImage(map, plain, new SeededRandom(9));
    const there = synthesiseImage(turned, plain, new SeededRandom(9));
    expect(sameBytes(there.labels.data, here.labels.data)).toBe(true);
    expect(sameBytes(there.image.data, here.image.data)).toBe(true);
  });

  test('options out of range are refused by name', () => {
    expect(() => resolveSynthesisOptions({ noise: [0.2, 0.1] })).toThrow(/noise/);
    expect(() => resolveSynthesisOptions({ flip: 2 })).toThrow(/flip/);
    expect(() => resolveSynthesisOptions({ rotation: 3 } as SynthesisInput)).toThrow(/rotation/);
  });

  testWithData('a real label map: labels lie where the image is dark, volumes stay plausible', async () => {
    const path = dataPath('label-maps/map_03.nii.gz');
    const { volume } = await readScan(readFileSync(path), { path });
    const { image, labels } = synthesiseImage(volume, { gamma: 0 }, new SeededRandom(21));
    expect(meanIn(labels.data, 4, image.data)).toBeLessThan(0.75 * meanIn(labels.data, 2, image.data));
    let before = 0;
    for (let at = 0; at < volume.data.length; at++)
      if (volume.data[at] === 4 || volume.data[at] === 43) before++;
    const after = countOf(labels.data, 4) + countOf(labels.data, 43);
    expect(after / before).toBeGreaterThan(0.6);
    expect(after / before).toBeLessThan(4);
  });
});
