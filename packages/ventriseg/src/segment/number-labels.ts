/**
 * From class numbers to FreeSurfer's label numbers.
 *
 * A class of one label gets its number. One that unites labels of both sides (2017: 4 + 43) is divided by the
 * mid-sagittal plane: a connected part that lies almost wholly on one side is given to it whole, so that a horn
 * that bends a little across the plane is not cut; the others are divided voxel by voxel.
 */
import { labelComponents } from '@ventriseg/imaging';
import type { CanonicalNumber } from '../labels/index.ts';
import type { LabelledBox } from './label-regions.ts';
import { type MidSagittalPlane, rightOf } from './mid-sagittal-plane.ts';

/** A part with this share of its voxels on one side belongs to that side. */
const oneSidedShare = 0.9;

const leftLabels: readonly CanonicalNumber[] = [4, 5];
const rightLabels: readonly CanonicalNumber[] = [43, 44];

/** A class by the canonical labels that it unites. */
export interface ClassLabels {
  readonly labels: readonly CanonicalNumber[];
}

/** The labels that a class is written as: one, or one on each side. */
export interface ClassNumbers {
  readonly left: CanonicalNumber;
  readonly right: CanonicalNumber;
}

/** Which labels a class is written as. The lowest of several on one side: a horn united with its ventricle is 4. */
export function numbersOfClass({ labels }: ClassLabels): ClassNumbers {
  const left = leftLabels.find((label) => labels.includes(label));
  const right = rightLabels.find((label) => labels.includes(label));
  const only = left ?? right ?? labels[0]!;
  return left !== undefined && right !== undefined ? { left, right } : { left: only, right: only };
}

/** Whether any class has to be divided by side. */
export function needsSides(classes: readonly ClassLabels[]): boolean {
  return classes.map(numbersOfClass).some(({ left, right }) => left !== right);
}

/** The label numbers of the box's voxels. */
export function numberLabels(
  box: LabelledBox,
  classes: readonly ClassLabels[],
  plane: MidSagittalPlane | undefined,
): Uint8Array {
  const numbers = classes.map(numbersOfClass);
  const isWhole = numbers.map(({ left, right }) => left === right || plane === undefined);
  const numberOf = Uint8Array.of(0, ...numbers.map(({ left }, k) => (isWhole[k] ? left : 0)));
  const out = box.classes.map((labelClass) => numberOf[labelClass]!);
  numbers.forEach(({ left, right }, k) => {
    if (plane === undefined || isWhole[k]) return;
    const mask = box.classes.map((value) => (value === k + 1 ? 1 : 0));
    const { labels: part, sizes } = labelComponents({ data: mask, shape: box.grid.shape });
    const onRight = sideOfVoxels(box, plane);
    const rightVoxels = new Float64Array(sizes.length);
    for (let at = 0; at < part.length; at++) rightVoxels[part[at]!]! += onRight[at]!;
    for (let at = 0; at < part.length; at++) {
      const own = part[at]!;
      if (own === 0) continue;
      const share = rightVoxels[own]! / sizes[own]!;
      const isRight =
        share >= oneSidedShare || (share > 1 - oneSidedShare && onRight[at] === 1) ? right : left;
      out[at] = isRight;
    }
  });
  return out;
}

/** 1 where a voxel's centre lies right of the plane. */
export function sideOfVoxels(box: Pick<LabelledBox, 'grid'>, plane: MidSagittalPlane): Uint8Array {
  const { shape, voxelToWorld: m } = box.grid;
  const [nx, ny, nz] = shape;
  const step = [0, 1, 2].map(
    (axis) => plane.normal[0] * m[axis]! + plane.normal[1] * m[4 + axis]! + plane.normal[2] * m[8 + axis]!,
  );
  const start = rightOf(plane, [m[3]!, m[7]!, m[11]!]);
  const out = new Uint8Array(nx * ny * nz);
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = start + step[1]! * y + step[2]! * z;
      for (let x = 0; x < nx; x++, at++) if (row + step[0]! * x > 0) out[at] = 1;
    }
  }
  return out;
}
