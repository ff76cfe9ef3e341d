/**
 * What the volume networks learn from, one small number a voxel, whatever scheme the labels came in.
 *
 * Schemes differ in what they leave open, and codes say so: where a protocol counts the choroid plexus as lateral
 * ventricle, either may be meant; around a brain whose outer fluid nobody labelled, a voxel may lie inside or
 * outside the skull. The loss takes each code for the set of classes that it allows.
 */
import { close, dilate, fillHoles, type Volume } from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';
import type { LabelScheme } from '../labels/index.ts';
import type { VolumeRole } from '../volumes/index.ts';

export const codes = {
  outside: 0,
  inside: 1,
  leftLateral: 2,
  rightLateral: 3,
  leftHorn: 4,
  rightHorn: 5,
  third: 6,
  fourth: 7,
  leftPlexus: 8,
  rightPlexus: 9,
  leftLateralOrPlexus: 10,
  rightLateralOrPlexus: 11,
  insideOrOutside: 12,
  /** No class of its own: where lesions may be painted. */
  whiteMatter: 13,
} as const;

export const codeCount = 14;

/** With the horns and, where it is counted so, the plexus. */
function isLateralVentricle(code: number): boolean {
  return isVentricle(code) && code !== codes.third && code !== codes.fourth;
}

export function isVentricle(code: number): boolean {
  return code >= codes.leftLateral && code <= codes.rightLateralOrPlexus;
}

/** For `paintLesions`: 1 where lesions may be painted, and in what they lie around. */
export function lesionMasks(coded: Uint8Array): { ventricles: Uint8Array; whiteMatter: Uint8Array } {
  return {
    ventricles: coded.map((code) => Number(isLateralVentricle(code))),
    whiteMatter: coded.map((code) => Number(code === codes.whiteMatter)),
  };
}

/** Each code's partner when left and right change places. */
export const mirroredCode = Uint8Array.of(0, 1, 3, 2, 5, 4, 6, 7, 9, 8, 11, 10, 12, 13);

/**
 * A role's labels: which label each code stands for, which classes each label allows, whose overlap counts, and which
 * labels are small structures.
 */
export interface CodeReading {
  readonly labelOfCode: Uint8Array;
  readonly allowed: readonly (readonly number[])[];
  readonly groups: readonly (readonly number[])[];
  readonly small: readonly number[];
}

export const readingOfRole: Readonly<Record<VolumeRole, CodeReading>> = {
  segment: {
    labelOfCode: Uint8Array.of(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0),
    allowed: [[0], [1], [2], [3], [4], [5], [6], [7], [8], [1, 7], [2, 8]],
    groups: [[1, 7], [2, 8], [3], [4], [5], [6]],
    small: [3, 4, 5, 6, 7, 8],
  },
  locate: {
    labelOfCode: Uint8Array.of(0, 1, 2, 3, 2, 3, 4, 5, 2, 3, 2, 3, 6, 1),
    allowed: [[0], [1], [2], [3], [4], [5], [0, 1]],
    groups: [[2], [3], [4], [5]],
    small: [2, 3, 4, 5],
  },
};

type Pairs = readonly (readonly [label: number, code: number])[];

/** Numbers from 500 are tissue outside the brain in the label maps that images are synthesised from. */
const pairsOfScheme: Readonly<Record<LabelScheme, Pairs>> = {
  freesurfer: [
    [4, codes.leftLateral],
    [43, codes.rightLateral],
    [5, codes.leftHorn],
    [44, codes.rightHorn],
    [14, codes.third],
    [15, codes.fourth],
    ...[31, 136, 137].map((label) => [label, codes.leftPlexus] as const),
    ...[63, 163, 164].map((label) => [label, codes.rightPlexus] as const),
    ...[2, 41].map((label) => [label, codes.whiteMatter] as const),
  ],
  neuromorphometrics: [
    [52, codes.leftLateralOrPlexus],
    [51, codes.rightLateralOrPlexus],
    [50, codes.leftHorn],
    [49, codes.rightHorn],
    [4, codes.third],
    [11, codes.fourth],
    // Whole, or by lobes as in DLMUSE.
    ...[44, 45, 81, 82, 83, 84, 85, 86, 87, 88].map((label) => [label, codes.whiteMatter] as const),
  ],
};

/** Gaps between labelled parts of a brain; what lies between them is inside the skull. */
const CLOSED = { radiusMm: 4 };
/** How far from the labelled brain the skull may be. */
const UNCERTAIN = { radiusMm: 8 };

/**
 * @param labels 1 mm, a scheme's numbers
 * @param wholeHead whether every voxel inside the skull has a label, as in the maps for synthesis; else the brain
 * alone is labelled, and around it is not known what is inside
 * @throws VentrisegError BAD_LABELS when a voxel is no label of a scheme
 */
export function codesOfLabels(
  labels: Volume,
  scheme: LabelScheme,
  wholeHead: boolean,
  path: string,
): Volume<Uint8Array> {
  const table = new Uint8Array(500).fill(codes.inside);
  table[0] = codes.outside;
  for (const [label, code] of pairsOfScheme[scheme]) table[label] = code;
  const source = labels.data;
  const data = new Uint8Array(source.length);
  for (let at = 0; at < data.length; at++) {
    const label = source[at]!;
    if (!Number.isInteger(label) || label < 0) {
      throw new VentrisegError('BAD_LABELS', `${path}: voxel ${at} is ${label}, which is no label`, { path });
    }
    data[at] = label < 500 ? table[label]! : scheme === 'freesurfer' ? codeOfParcel(label) : codes.outside;
  }
  const volume = { data, shape: labels.shape, voxelToWorld: labels.voxelToWorld };
  if (!wholeHead) markUncertain(volume);
  return volume;
}

/** From 1000 there are parcels, those of white matter from 3000 and from 13000; below is tissue outside the brain. */
function codeOfParcel(label: number): number {
  if (label < 1000) return codes.outside;
  const thousands = Math.floor(label / 1000) % 10;
  return thousands === 3 || thousands === 4 ? codes.whiteMatter : codes.inside;
}

function markUncertain(volume: Volume<Uint8Array>): void {
  const { data } = volume;
  const brain = { ...volume, data: data.map((code) => Number(code !== codes.outside)) };
  const closed = fillHoles(close(brain, CLOSED)).mask;
  const around = dilate(closed, UNCERTAIN);
  for (let at = 0; at < data.length; at++) {
    if (data[at] !== codes.outside) continue;
    if (closed.data[at] !== 0) data[at] = codes.inside;
    else if (around.data[at] !== 0) data[at] = codes.insideOrOutside;
  }
}
