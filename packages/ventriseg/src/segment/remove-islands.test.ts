/** Islands of several structures: what stays, what goes, and what is given to a neighbour. */
import { createVolume, type Shape3, type Volume } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import type { CanonicalNumber } from '../labels/index.ts';
import type { LabelledBox } from './label-regions.ts';
import { findParts } from './labelled-parts.ts';
import { removeIslands } from './remove-islands.ts';

const classes: readonly CanonicalNumber[] = [4, 43, 5, 14, 15];
const shape = [120, 60, 60] as const;

type Brick = readonly [label: CanonicalNumber, first: readonly number[], size: readonly number[]];

/** Bricks of voxels of 1 mm, with their labels. */
function boxOf(bricks: readonly Brick[]): LabelledBox {
  const data = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (const [label, [x0, y0, z0], [nx, ny, nz]] of bricks) {
    for (let z = z0!; z < z0! + nz!; z++)
      for (let y = y0!; y < y0! + ny!; y++)
        for (let x = x0!; x < x0! + nx!; x++)
          data[x + shape[0] * (y + shape[1] * z)] = classes.indexOf(label) + 1;
  }
  const probabilities = classes.map((_, k) => Float32Array.from(data, (own) => (own === k + 1 ? 0.9 : 0)));
  const voxelToWorld = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  return { grid: { shape, voxelToWorld }, start: [0, 0, 0], probabilities, classes: data };
}

const left: Brick = [4, [60, 20, 20], [10, 20, 10]];
const right: Brick = [43, [45, 20, 20], [10, 20, 10]];

/** The coarse network's picture of bricks, at 4 mm. */
function coarseOf(bricks: readonly Brick[]): Volume<Float32Array> {
  const { classes: fine } = boxOf(bricks);
  const coarse = shape.map((n) => n / 4) as unknown as Shape3;
  const data = new Float32Array(coarse[0] * coarse[1] * coarse[2]);
  for (let z = 0, at = 0; z < shape[2]; z++)
    for (let y = 0; y < shape[1]; y++)
      for (let x = 0; x < shape[0]; x++, at++)
        if (fine[at] !== 0) data[(x >> 2) + coarse[0] * ((y >> 2) + coarse[1] * (z >> 2))]! += 1 / 64;
  return createVolume(data, coarse, [4, 0, 0, 1.5, 0, 4, 0, 1.5, 0, 0, 4, 1.5, 0, 0, 0, 1]);
}

/** What becomes of the last brick: its label, or 0. */
function fateOf(...bricks: readonly Brick[]) {
  return fateSeen(undefined, ...bricks);
}

/** The same where the coarse network sees so much of it. */
function fateSeen(coarse: Volume<Float32Array> | undefined, ...bricks: readonly Brick[]) {
  const box = boxOf([left, right, ...bricks]);
  const labels = classes.map((label) => [label]);
  const { removed } = removeIslands(box, labels, findParts(box), coarse);
  const [x, y, z] = bricks.at(-1)![1] as [number, number, number];
  const own = box.classes[x + shape[0] * (y + shape[1] * z)]!;
  return { label: own === 0 ? 0 : classes[own - 1], ...removed };
}

test('a temporal horn of a few voxels stays near its ventricle, bead after bead, and goes when it is a speck', () => {
  const main: Brick = [5, [60, 44, 20], [8, 8, 8]];
  expect(fateOf(main, [5, [66, 58, 20], [3, 2, 4]]).label).toBe(5);
  expect(fateOf(main, [5, [90, 5, 50], [2, 4, 4]]).label).toBe(0);
  expect(fateOf(main, [5, [60, 56, 20], [3, 2, 2]])).toEqual({
    label: 0,
    parts: 1,
    ml: expect.closeTo(0.012, 9),
  });
  const beads: Brick[] = [0, 1, 2].map((n) => [5, [70 + 10 * n, 46, 20], [2, 4, 4]]);
  expect(fateOf(main, ...beads).label).toBe(5);
  expect(fateOf(main, beads[0]!, beads[2]!).label).toBe(0);
});

test('a main part goes when it lies where the structure cannot be', () => {
  expect(fateOf([5, [96, 30, 20], [8, 8, 8]]).label).toBe(5);
  expect(fateOf([5, [110, 30, 20], [8, 8, 8]]).label).toBe(0);
  expect(fateOf([14, [53, 45, 20], [4, 10, 4]]).label).toBe(14);
  expect(fateOf([14, [100, 30, 20], [8, 8, 8]]).label).toBe(0);
  expect(fateOf([15, [100, 30, 20], [8, 8, 8]]).label).toBe(15);
});

test('a large part goes where the coarse network sees no ventricle, though it be near and larger than the main part', () => {
  const near: Brick = [4, [72, 20, 20], [12, 20, 10]];
  const small: Brick = [4, [72, 20, 20], [4, 6, 10]];
  const horn: Brick = [5, [72, 20, 20], [8, 8, 8]];
  expect(fateOf(near).label).toBe(4);
  expect(fateSeen(coarseOf([left, right]), near).label).toBe(0);
  expect(fateSeen(coarseOf([left, right, near]), near).label).toBe(4);
  // Too small to be seen, too thin to be seen, or in a structure that was missed altogether.
  expect(fateSeen(coarseOf([left, right]), small).label).toBe(4);
  expect(fateSeen(coarseOf([left, right]), horn).label).toBe(5);
  expect(fateSeen(coarseOf([right]), near).label).toBe(4);
});

test('voxels of the wrong label in a ventricle are given to it', () => {
  const wrong: Brick = [15, [64, 30, 24], [2, 2, 2]];
  expect(fateOf([15, [50, 50, 50], [8, 8, 8]], wrong)).toEqual({ label: 4, parts: 0, ml: 0 });
});
