import { buildInferenceGraph, ForwardPass } from 'onnx-autograd';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import {
  borderFeatureCount,
  borderNetwork,
  decideBorders,
  fillBorderFeatures,
  findDoubt,
} from './borders.ts';

const shape = [7, 6, 8] as const;
const voxels = 7 * 6 * 8;
const at = (x: number, y: number, z: number) => x + 7 * (y + 6 * z);
const image = Float32Array.from({ length: voxels }, (_, i) => i);

/** Two classes, sure of the first but at the voxels given. */
function probabilityWith(doubt: readonly number[]): Float32Array {
  const probability = new Float32Array(2 * voxels);
  for (let i = 0; i < voxels; i++) {
    const first = doubt.includes(i) ? 0.6 : 0.995;
    probability[i] = first;
    probability[voxels + i] = 1 - first;
  }
  return probability;
}

test('voxels in doubt are chosen, but for those near the ends of the box', () => {
  const probability = probabilityWith([at(3, 3, 4), at(1, 3, 4), at(4, 2, 5), at(3, 3, 6)]);
  const inDoubt = () => [...findDoubt(image, probability, shape, { certain: 0.99 }).voxels];
  expect(inDoubt()).toEqual([at(3, 3, 4), at(4, 2, 5)]);
  // Doubt is the lack of any likely class, not of background.
  probability[at(3, 3, 4)] = 0.005;
  probability[voxels + at(3, 3, 4)] = 0.995;
  expect(inDoubt()).toEqual([at(4, 2, 5)]);
});

test('levels are the means of what is surely ventricle and of the background in doubt', () => {
  const probability = probabilityWith([at(3, 3, 4), at(4, 2, 5)]);
  expect(findDoubt(image, probability, shape, { certain: 0.99 }).ventricleLevel).toBe(0);
  for (const voxel of [at(0, 0, 0), at(2, 0, 0)]) probability[voxel] = 0.05;
  probability[at(4, 2, 5)] = 0.3;
  const { ventricleLevel, surroundingLevel } = findDoubt(image, probability, shape, { certain: 0.99 });
  expect(ventricleLevel).toBe(1);
  expect(surroundingLevel).toBeCloseTo((0.6 * at(3, 3, 4) + 0.3 * at(4, 2, 5)) / 0.9, 3);
});

test('features are intensities around, levels, probabilities of the neighbours, and logarithms of its own', () => {
  const probability = probabilityWith([at(3, 3, 4)]);
  const features = new Float32Array(borderFeatureCount(2) * 3).fill(-1);
  const chosen = Int32Array.of(at(3, 3, 4), at(4, 2, 3));
  const doubt = { voxels: chosen, ventricleLevel: -7, surroundingLevel: 9 };
  fillBorderFeatures(image, probability, shape, doubt, chosen, features, 3);
  const column = (c: number) => features.filter((_, i) => i % 3 === c);
  const first = [...column(0)];
  expect(first.slice(0, 3)).toEqual([image[at(1, 1, 2)], image[at(2, 1, 2)], image[at(3, 1, 2)]]);
  expect(first[62]).toBe(image[at(3, 3, 4)]);
  expect(first[124]).toBe(image[at(5, 5, 6)]);
  const own = [0.6, 0.4].map((p) => Math.fround(p));
  expect(first.slice(125, 127)).toEqual([-7, 9]);
  expect(first.slice(127, 134).filter((p) => p === own[0])).toHaveLength(1);
  expect(first[127 + 3]).toBe(own[0]);
  expect(first.slice(-2)).toEqual([expect.closeTo(Math.log(0.6), 5), expect.closeTo(Math.log(0.4), 5)]);
  expect(column(1).at(-1)).toBeCloseTo(Math.log(0.005), 3);
  expect(column(2).every((value) => value === -1)).toBe(true);
});

test('an untrained network changes nothing, one that is biased only what is in doubt, in however many runs', async () => {
  const doubt = [at(3, 3, 4), at(4, 2, 5), at(2, 2, 2), at(4, 3, 3), at(2, 3, 2)];
  const graph = buildInferenceGraph(borderNetwork('tiny', { hidden: [4] }, 2, 2), 1);
  const pass = await ForwardPass.create(ort, graph);
  const weights = new Map(
    graph.parameters.map(({ value }) => [value.name, new Float32Array(value.shape.reduce((a, b) => a * b))]),
  );
  const probability = probabilityWith(doubt);
  await decideBorders(pass, weights, { certain: 0.99 }, image, probability, shape);
  probabilityWith(doubt).forEach((value, i) => {
    expect(probability[i]).toBeCloseTo(value, 5);
  });
  weights.get('borders/output/bias')!.set([0, Math.log(3)]);
  await decideBorders(pass, weights, { certain: 0.99 }, image, probability, shape);
  // Odds of 0.4 to 0.6 times three.
  for (const voxel of doubt) expect(probability[voxels + voxel]).toBeCloseTo(1.2 / 1.8, 5);
  expect(probability[voxels + at(3, 3, 3)]).toBeCloseTo(0.005, 6);
  await pass.release();
});
