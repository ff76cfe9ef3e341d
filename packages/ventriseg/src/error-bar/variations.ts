/**
 * The same scan as it could have been taken as well: the head a little turned and shifted against the grid of
 * voxels, the voxels a little larger or smaller, and every second time seen in a mirror. What the segmentation then
 * gives differs from what it gave by chance alone.
 *
 * Turns, shifts and sizes are spread evenly by a low-discrepancy sequence (M. Roberts, "The unreasonable effectiveness of
 * quasirandom sequences", 2018), so that few variations cover the range and the same number always gives the same.
 */
import {
  type Affine,
  applyAffine,
  type Grid,
  invertAffine,
  multiplyAffines,
  rigidAbout,
  rigidToAffine,
  type Shape3,
  type Vec3,
  type Volume,
} from '@ventriseg/imaging';
import type { VentricleVolumes } from '../segment/measure-labels.ts';
import { moveScan } from './move-scan.ts';
import type { FoundInScan } from './scan-numbers.ts';

/** Turns about each axis of the world are from minus to plus this. */
export const largestTurnDegrees = 4;
/** Shifts along each axis are from minus to plus this share of a voxel: every place between two voxels. */
export const largestShiftVoxels = 0.5;

/** Voxels are from 1 / this to this times as long as the scan's own, all three sides alike. */
export const largestVoxelFactor = 1.2;

export interface Variation {
  /** Rotation vector, degrees. */
  readonly turnDegrees: Vec3;
  /** Shift along the storage axes, voxels. */
  readonly shiftVoxels: Vec3;
  /** Length of the voxels' sides over that of the scan's. */
  readonly voxelFactor: number;
  /** Left and right exchanged. */
  readonly mirrored: boolean;
}

/** The root of x^8 = x + 1; its powers' inverses are the steps of the sequence in seven dimensions. */
const root = 1.0969815577985598;

/** The first variations of the sequence; every second one, the first included, is mirrored. */
export function firstVariations(count: number): Variation[] {
  return Array.from({ length: count }, (_, n) => {
    const [a, b, c, d, e, f, g] = Array.from({ length: 7 }, (_, axis) => {
      const place = 0.5 + (n + 1) / root ** (axis + 1);
      return 2 * (place - Math.floor(place)) - 1;
    }) as [number, number, number, number, number, number, number];
    return {
      turnDegrees: [a * largestTurnDegrees, b * largestTurnDegrees, c * largestTurnDegrees],
      shiftVoxels: [d * largestShiftVoxels, e * largestShiftVoxels, f * largestShiftVoxels],
      voxelFactor: largestVoxelFactor ** g,
      mirrored: n % 2 === 0,
    };
  });
}

export interface VariedScan {
  /** The head in another place, on voxels of another size that fill the scan's field of view. */
  readonly volume: Volume<Float32Array>;
  /** From the world of `volume` to the scan's own, RAS mm. */
  readonly toScanWorld: Affine;
}

/** The scan as a variation has it. */
export function varyScan(
  scan: Volume,
  { turnDegrees, shiftVoxels, voxelFactor, mirrored }: Variation,
): VariedScan {
  const { shape, voxelToWorld } = scan;
  const centre = applyAffine(voxelToWorld, shape.map((n) => (n - 1) / 2) as unknown as Vec3);
  const shiftMm = [0, 4, 8].map((row) =>
    shiftVoxels.reduce((sum, shift, axis) => sum + shift * voxelToWorld[row + axis]!, 0),
  ) as unknown as Vec3;
  const turn = turnDegrees.map((degrees) => (degrees * Math.PI) / 180) as unknown as Vec3;
  const toScanWorld = multiplyAffines(
    rigidToAffine(rigidAbout(centre, turn, shiftMm)),
    mirror(mirrored, centre),
  );
  const grid = withVoxels(scan, voxelFactor);
  return { volume: moveScan(scan, invertAffine(toScanWorld), grid), toScanWorld };
}

/** A field of view in voxels whose sides are longer by a factor, about the same middle; axes of one voxel stay. */
function withVoxels({ shape, voxelToWorld }: Grid, factor: number): Grid {
  const counts = shape.map((n) => Math.max(1, Math.round(n / factor))) as unknown as Shape3;
  const steps = shape.map((n) => (n === 1 ? 1 : factor));
  const starts = shape.map((n, axis) => (n - 1 - (counts[axis]! - 1) * steps[axis]!) / 2);
  const toOwn = [
    steps[0]!,
    0,
    0,
    starts[0]!,
    0,
    steps[1]!,
    0,
    starts[1]!,
    0,
    0,
    steps[2]!,
    starts[2]!,
    0,
    0,
    0,
    1,
  ];
  return { shape: counts, voxelToWorld: multiplyAffines(voxelToWorld, toOwn) };
}

/** Left to right about the sagittal plane through a point. */
function mirror(mirrored: boolean, [x]: Vec3): Affine {
  return [mirrored ? -1 : 1, 0, 0, mirrored ? 2 * x : 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
}

/** What was found in a varied scan, in the world of the scan itself and with its sides. */
export function undoVariation(
  { labels, volumes, intracranial }: FoundInScan,
  { mirrored }: Variation,
  toScanWorld: Affine,
): FoundInScan {
  const back = <T extends Volume>(volume: T): T => ({
    ...volume,
    voxelToWorld: multiplyAffines(toScanWorld, volume.voxelToWorld),
  });
  return {
    labels: back(mirrored ? { ...labels, data: labels.data.map(otherSide) } : labels),
    volumes: mirrored ? exchangeSides(volumes) : volumes,
    intracranial: intracranial && { ...intracranial, probability: back(intracranial.probability) },
  };
}

function exchangeSides(volumes: VentricleVolumes): VentricleVolumes {
  const labels = volumes.labels.map((volume) => {
    const from = volumes.labels.find(({ label }) => label === otherSide(volume.label)) ?? volume;
    return { ...volume, ml: from.ml, mlByProbability: from.mlByProbability };
  });
  return { ...volumes, labels };
}

const otherSides: Readonly<Partial<Record<number, number>>> = { 4: 43, 43: 4, 5: 44, 44: 5 };

/** The label of the same structure on the other side; itself in the middle. */
function otherSide(label: number): number {
  return otherSides[label] ?? label;
}
