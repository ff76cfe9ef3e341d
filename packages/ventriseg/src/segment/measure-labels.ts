/**
 * Volumes of the labels: by counting voxels, and by adding up probabilities, which counts a voxel that is half
 * ventricle as half of one and so depends less on the size of the voxels.
 */
import { propagate, voxelVolumeMl } from '@ventriseg/imaging';
import { type CanonicalNumber, ventricles } from '../labels/index.ts';
import type { LabelledBox } from './label-regions.ts';
import type { MidSagittalPlane } from './mid-sagittal-plane.ts';
import { type ClassLabels, numbersOfClass, sideOfVoxels } from './number-labels.ts';

export interface VolumePair {
  /** Voxels of the label times the volume of a voxel. */
  readonly ml: number;
  /** Probabilities added up over the region of the label, times the volume of a voxel. */
  readonly mlByProbability: number;
}

export interface LabelVolume extends VolumePair {
  readonly label: CanonicalNumber;
  /** Name in FreeSurfer's colour table. */
  readonly name: string;
  readonly title: string;
}

export interface VentricleVolumes {
  /** Every label that the model tells apart (or that its classes are divided into), found or not. */
  readonly labels: readonly LabelVolume[];
  /** The lateral ventricles and their temporal horns, as far as the model tells them. */
  readonly lateral: VolumePair | null;
  /** All labels together. */
  readonly total: VolumePair;
}

const lateralLabels: readonly CanonicalNumber[] = [4, 43, 5, 44];

/** A voxel this probable belongs to the region over which probabilities are added up. */
const regionFrom = 0.1;

/** Volumes of all labels of the classes; all 0 without a box. */
export function measureLabels(
  box: LabelledBox | undefined,
  labels: Uint8Array,
  classes: readonly ClassLabels[],
  plane: MidSagittalPlane | undefined,
): VentricleVolumes {
  const voxels = new Map<CanonicalNumber, number>();
  const sums = new Map<CanonicalNumber, number>();
  for (const { left, right } of classes.map(numbersOfClass)) {
    for (const label of [left, right]) {
      voxels.set(label, 0);
      sums.set(label, 0);
    }
  }
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at] as CanonicalNumber | 0;
    if (label !== 0) voxels.set(label, voxels.get(label)! + 1);
  }
  if (box !== undefined) {
    const onRight = plane === undefined ? undefined : sideOfVoxels(box, plane);
    classes.forEach((labelClass, k) => {
      addProbabilities(box, k, numbersOfClass(labelClass), onRight, labels, sums);
    });
  }
  const voxelMl = box === undefined ? 0 : voxelVolumeMl(box.grid);
  const measured = ventricles
    .filter(({ number }) => voxels.has(number))
    .map(({ number, name, title }) => ({
      label: number,
      name,
      title,
      ml: voxels.get(number)! * voxelMl,
      mlByProbability: sums.get(number)! * voxelMl,
    }));
  const lateral = measured.filter(({ label }) => lateralLabels.includes(label));
  return { labels: measured, lateral: lateral.length === 0 ? null : sumOf(lateral), total: sumOf(measured) };
}

/** Adds the probabilities of one class over the connected regions that hold one of its voxels. */
function addProbabilities(
  box: LabelledBox,
  k: number,
  { left, right }: ReturnType<typeof numbersOfClass>,
  onRight: Uint8Array | undefined,
  labels: Uint8Array,
  sums: Map<CanonicalNumber, number>,
): void {
  const p = box.probabilities[k]!;
  const region = new Uint8Array(p.length);
  const seeds: number[] = [];
  for (let at = 0; at < p.length; at++) {
    if (box.classes[at] === k + 1) seeds.push(at);
    else if (p[at]! < regionFrom) continue;
    region[at] = 1;
  }
  let leftSum = 0;
  let rightSum = 0;
  for (const at of propagate({ data: region, shape: box.grid.shape }, Int32Array.from(seeds))) {
    const isLabelled = box.classes[at] === k + 1;
    const isRight = isLabelled ? labels[at] === right : onRight?.[at] === 1;
    if (isRight) rightSum += p[at]!;
    else leftSum += p[at]!;
  }
  sums.set(left, sums.get(left)! + leftSum);
  sums.set(right, sums.get(right)! + rightSum);
}

function sumOf(volumes: readonly VolumePair[]): VolumePair {
  return {
    ml: volumes.reduce((sum, { ml }) => sum + ml, 0),
    mlByProbability: volumes.reduce((sum, { mlByProbability }) => sum + mlByProbability, 0),
  };
}
