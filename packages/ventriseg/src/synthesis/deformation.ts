/**
 * Moves and bends a label map: a random affine, a smooth elastic displacement, ventricles that grow or shrink,
 * and mirroring, composed into one backward map, so that labels are sampled (nearest voxel) only once.
 */
import type { SeededRandom } from 'onnx-autograd';
import { nodeCount, nodeSpacingMm, readNodeRow, smoothRandomField } from './node-field.ts';
import type { SynthesisOptions } from './options.ts';
import { slotIsBrain, slotMirrored } from './tissues.ts';
import { displace, ventricleGrowth } from './ventricle-growth.ts';

const size = 256;
/** Control points of the elastic displacement are so far apart, mm. */
const elasticSpacingMm = 36;
/** The middle of the brain is kept within these voxels along each axis, so that heads stay in the picture. */
const middleRange = [
  [112, 144],
  [96, 138],
  [104, 146],
] as const;

/** @returns The slots of the deformed map; mirrored labels have changed sides. */
export function deformSlots(slots: Uint8Array, options: SynthesisOptions, random: SeededRandom): Uint8Array {
  const mirrored = random.next() < options.flip;
  const nodes = sourcePositions(slots, options, random);
  const out = new Uint8Array(slots.length);
  const table = Uint8Array.from(mirrored ? slotMirrored : slotMirrored.map((_, slot) => slot));
  const rows = nodes.map(() => new Float32Array(nodeCount));
  const [rowX, rowY, rowZ] = rows as [Float32Array, Float32Array, Float32Array];
  for (let k = 0; k < size; k++) {
    for (let j = 0; j < size; j++) {
      nodes.forEach((field, axis) => {
        readNodeRow(field, j, k, rows[axis]!);
      });
      const at = size * (j + size * k);
      for (let n = 0; n < nodeCount - 1; n++) {
        // The half makes truncation round to the nearest; positions below 0 are caught by the test on the sum.
        let x = rowX[n]! + 0.5;
        let y = rowY[n]! + 0.5;
        let z = rowZ[n]! + 0.5;
        const dx = (rowX[n + 1]! + 0.5 - x) / nodeSpacingMm;
        const dy = (rowY[n + 1]! + 0.5 - y) / nodeSpacingMm;
        const dz = (rowZ[n + 1]! + 0.5 - z) / nodeSpacingMm;
        const first = at + n * nodeSpacingMm;
        for (let m = 0; m < nodeSpacingMm; m++, x += dx, y += dy, z += dz) {
          if (x >= 0 && x < size && y >= 0 && y < size && z >= 0 && z < size) {
            out[first + m] = table[slots[(x | 0) + size * ((y | 0) + size * (z | 0))]!]!;
          }
        }
      }
    }
  }
  if (mirrored) mirrorRows(out);
  return out;
}

/** For each node of the new grid, the place in the old one (voxels), one field an axis. */
function sourcePositions(
  slots: Uint8Array,
  options: SynthesisOptions,
  random: SeededRandom,
): [Float32Array, Float32Array, Float32Array] {
  const middle = brainMiddle(slots);
  const matrix = randomAffine(options, random);
  const target = middle.map((value, axis) => {
    const shift = options.shiftMm[axis]!;
    const [low, high] = middleRange[axis]!;
    return Math.min(
      Math.max(value + random.uniform(-shift, shift), Math.min(low, value)),
      Math.max(high, value),
    );
  });
  const elasticMm = random.uniform(0, options.elasticMm);
  const elastic = [0, 1, 2].map(() => smoothRandomField(random, elasticSpacingMm, elasticMm));
  const changes = random.next() < options.ventricleChange;
  const growthMm = random.uniform(...options.ventricleGrowthMm);
  const growth = changes ? ventricleGrowth(slots, growthMm, random) : undefined;
  const [px, py, pz] = [0, 1, 2].map(() => new Float32Array(nodeCount ** 3)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const point = new Float64Array(3);
  let at = 0;
  for (let k = 0; k < nodeCount; k++) {
    const z = k * nodeSpacingMm - target[2]!;
    for (let j = 0; j < nodeCount; j++) {
      const y = j * nodeSpacingMm - target[1]!;
      for (let i = 0; i < nodeCount; i++, at++) {
        const x = i * nodeSpacingMm - target[0]!;
        for (let axis = 0; axis < 3; axis++) {
          point[axis] =
            matrix[3 * axis]! * x +
            matrix[3 * axis + 1]! * y +
            matrix[3 * axis + 2]! * z +
            middle[axis]! +
            elastic[axis]![at]!;
        }
        if (growth !== undefined) displace(growth, point);
        px[at] = point[0]!;
        py[at] = point[1]!;
        pz[at] = point[2]!;
      }
    }
  }
  return [px, py, pz];
}

/** Rotation about all three axes, times scaling, times shear; row-major 3x3. */
function randomAffine(options: SynthesisOptions, random: SeededRandom): number[] {
  const angle = () => (random.uniform(-options.rotationDeg, options.rotationDeg) * Math.PI) / 180;
  const scale = (part: number) => Math.exp(random.uniform(-part, part) * Math.log1p(options.scale));
  const shear = () => random.uniform(-options.shear, options.shear);
  const [a, b, c] = [angle(), angle(), angle()];
  const aboutX = [1, 0, 0, 0, Math.cos(a), -Math.sin(a), 0, Math.sin(a), Math.cos(a)];
  const aboutY = [Math.cos(b), 0, Math.sin(b), 0, 1, 0, -Math.sin(b), 0, Math.cos(b)];
  const aboutZ = [Math.cos(c), -Math.sin(c), 0, Math.sin(c), Math.cos(c), 0, 0, 0, 1];
  const common = scale(1);
  const stretched = [scale(0.5), shear(), shear(), 0, scale(0.5), shear(), 0, 0, scale(0.5)].map(
    (v) => v * common,
  );
  return product(product(aboutX, aboutY), product(aboutZ, stretched));
}

function product(a: readonly number[], b: readonly number[]): number[] {
  return a.map((_, n) => {
    const row = 3 * Math.floor(n / 3);
    return a[row]! * b[n % 3]! + a[row + 1]! * b[3 + (n % 3)]! + a[row + 2]! * b[6 + (n % 3)]!;
  });
}

/** Mean place of the brain's voxels; the middle of the cube when there is none. */
function brainMiddle(slots: Uint8Array): [number, number, number] {
  const brain = Uint8Array.from(slotIsBrain, Number);
  let count = 0;
  let sumX = 0;
  let sumY = 0;
  let sumZ = 0;
  for (let k = 0; k < size; k += 2) {
    for (let j = 0; j < size; j += 2) {
      const at = size * (j + size * k);
      for (let i = 0; i < size; i += 2) {
        if (brain[slots[at + i]!] === 0) continue;
        count++;
        sumX += i;
        sumY += j;
        sumZ += k;
      }
    }
  }
  return count === 0 ? [127.5, 127.5, 127.5] : [sumX / count, sumY / count, sumZ / count];
}

function mirrorRows(slots: Uint8Array): void {
  for (let at = 0; at < slots.length; at += size) slots.subarray(at, at + size).reverse();
}
