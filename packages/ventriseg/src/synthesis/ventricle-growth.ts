/**
 * Larger and smaller ventricles by moving their walls.
 *
 * The tissue is displaced along the gradient of the smoothed ventricles, so that walls move outwards or inwards
 * while all around is pushed or drawn along, less with distance. Unlike growing a mask into its neighbours this
 * keeps the neighbours: a caudate nucleus gives way and stays as thick, the septum stays closed, and temporal
 * horns widen without being joined to the atria through the hippocampus.
 */
import type { SeededRandom } from 'onnx-autograd';
import { nodeCount, nodeSpacingMm } from './node-field.ts';
import { slotTissues } from './tissues.ts';

/** Displacement at nodes 4 mm apart whose first lies at 1.5 mm; 64 along each side. */
export interface GrowthField {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z: Float32Array;
}

const side = nodeCount - 1;
/** Standard deviation of the smoothing, nodes. */
const sigma = 1.5;
/** The same in mm, with what counting in blocks of 4 mm adds. */
const sigmaMm = Math.sqrt((sigma * nodeSpacingMm) ** 2 + nodeSpacingMm ** 2 / 12);

/** mL below which ventricles are not made smaller, and the mm that each further mL allows. */
const smallestToShrinkMl = 10;
const shrinkMmPerMl = 0.03;

/**
 * Where to take each point's tissue from, as a displacement.
 *
 * @param slots Tissue slots, 256^3 voxels of 1 mm.
 * @param growthMm How far the wall of a broad ventricle moves outwards; narrow ones move less. Each ventricle
 * takes its own 0.6 to 1.4 of it.
 */
export function ventricleGrowth(slots: Uint8Array, growthMm: number, random: SeededRandom): GrowthField {
  const weights = slotTissues.map((tissue) => (isVentricle(tissue) ? random.uniform(0.6, 1.4) : 0));
  const table = Float32Array.from(weights);
  let map = new Float32Array(side ** 3);
  let voxels = 0;
  for (let k = 0; k < 256; k++) {
    for (let j = 0; j < 256; j++) {
      const row = 256 * (j + 256 * k);
      const block = side * ((j >> 2) + side * (k >> 2));
      for (let i = 0; i < 256; i++) {
        const weight = table[slots[row + i]!]!;
        if (weight === 0) continue;
        voxels++;
        map[block + (i >> 2)]! += weight / 64;
      }
    }
  }
  const smallest = -shrinkMmPerMl * Math.max(0, voxels / 1000 - smallestToShrinkMl);
  const amount = Math.max(growthMm, smallest) * sigmaMm * Math.sqrt(2 * Math.PI);
  for (const stride of [1, side, side * side]) map = smooth(map, stride);
  return {
    x: slope(map, 1, amount),
    y: slope(map, side, amount),
    z: slope(map, side * side, amount),
  };
}

function isVentricle(tissue: string): boolean {
  return tissue.endsWith('-ventricle') || tissue === 'choroid-plexus';
}

/** Gaussian smoothing along one axis; zero beyond the ends. */
function smooth(map: Float32Array, stride: number): Float32Array<ArrayBuffer> {
  const radius = Math.ceil(3 * sigma);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-((k - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = kernel.reduce((total, value) => total + value, 0);
  const out = new Float32Array(map.length);
  for (let at = 0; at < map.length; at++) {
    const place = Math.floor(at / stride) % side;
    const low = Math.max(-radius, -place);
    const high = Math.min(radius, side - 1 - place);
    let total = 0;
    for (let k = low; k <= high; k++) total += kernel[k + radius]! * map[at + k * stride]!;
    out[at] = total / sum;
  }
  return out;
}

/** Central difference along one axis, in `amount` a mm; zero at the ends. */
function slope(map: Float32Array, stride: number, amount: number): Float32Array {
  const out = new Float32Array(map.length);
  const factor = amount / (2 * nodeSpacingMm);
  for (let at = 0; at < map.length; at++) {
    const place = Math.floor(at / stride) % side;
    if (place > 0 && place < side - 1) out[at] = factor * (map[at + stride]! - map[at - stride]!);
  }
  return out;
}

/** Adds the displacement at a point in mm to the point. */
export function displace(growth: GrowthField, point: Float64Array): void {
  const u = Math.min(Math.max((point[0]! - 1.5) / nodeSpacingMm, 0), side - 1.001);
  const v = Math.min(Math.max((point[1]! - 1.5) / nodeSpacingMm, 0), side - 1.001);
  const w = Math.min(Math.max((point[2]! - 1.5) / nodeSpacingMm, 0), side - 1.001);
  const i = Math.floor(u);
  const j = Math.floor(v);
  const k = Math.floor(w);
  const at = i + side * (j + side * k);
  const a = u - i;
  const b = v - j;
  const c = w - k;
  point[0]! += trilinear(growth.x, at, a, b, c);
  point[1]! += trilinear(growth.y, at, a, b, c);
  point[2]! += trilinear(growth.z, at, a, b, c);
}

function trilinear(field: Float32Array, at: number, a: number, b: number, c: number): number {
  const up = at + side * side;
  const near =
    (1 - b) * ((1 - a) * field[at]! + a * field[at + 1]!) +
    b * ((1 - a) * field[at + side]! + a * field[at + side + 1]!);
  const far =
    (1 - b) * ((1 - a) * field[up]! + a * field[up + 1]!) +
    b * ((1 - a) * field[up + side]! + a * field[up + side + 1]!);
  return (1 - c) * near + c * far;
}
