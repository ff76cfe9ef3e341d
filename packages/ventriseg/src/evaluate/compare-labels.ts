/**
 * How well a label map agrees with the truth, ventricle by ventricle. Browser-safe.
 *
 * Both maps lie on one grid and use canonical (FreeSurfer's) numbers. Dice and Jaccard are reported under their
 * right names; distances are between surfaces, in mm; a signed volume error is prediction minus truth.
 */
import {
  confusionCounts,
  diceOf,
  hausdorff95Of,
  jaccardOf,
  labelMask,
  meanSurfaceDistanceOf,
  surfaceDistancesMm,
  type Volume,
  voxelVolumeMl,
} from '@ventriseg/imaging';
import { type CanonicalNumber, ventricles } from '../labels/index.ts';

export interface StructureScores {
  /** FreeSurfer's name, or `Lateral-Ventricles` (4 + 43), `Lateral-Ventricles-With-Horns`, `All-Ventricles`. */
  readonly name: string;
  readonly title: string;
  readonly labels: readonly CanonicalNumber[];
  readonly dice: number;
  readonly jaccard: number;
  /** 95th percentile Hausdorff distance; null when exactly one of the two is empty: then there is no distance. */
  readonly hausdorff95Mm: number | null;
  /** Mean symmetric surface distance; null as above. */
  readonly meanSurfaceDistanceMm: number | null;
  readonly truthMl: number;
  readonly predictionMl: number;
  /** Prediction minus truth. */
  readonly volumeErrorMl: number;
  /** The same in percent of the truth; null when the truth is empty. */
  readonly volumeErrorPercent: number | null;
}

const together: readonly { name: string; title: string; labels: readonly CanonicalNumber[] }[] = [
  { name: 'Lateral-Ventricles', title: 'lateral ventricles together', labels: [4, 43] },
  {
    name: 'Lateral-Ventricles-With-Horns',
    title: 'lateral ventricles with temporal horns',
    labels: [4, 43, 5, 44],
  },
  { name: 'All-Ventricles', title: 'all ventricles', labels: [4, 43, 5, 44, 14, 15] },
];

/**
 * Scores of each ventricle that is in the truth or the prediction, then of the lateral ones together, without and
 * with their horns, and of all.
 *
 * @throws ImagingError GRID_MISMATCH; BAD_AFFINE when the grid's axes are sheared
 */
export function compareLabels(truth: Volume, prediction: Volume): StructureScores[] {
  const single = ventricles.map(({ name, title, number }) => ({ name, title, labels: [number] }));
  return [...single, ...together].flatMap(({ name, title, labels }) => {
    const scores = compareMasks(labelMask(truth, labels), labelMask(prediction, labels));
    const isSum = labels.length > 1;
    if (!isSum && scores.truthMl === 0 && scores.predictionMl === 0) return [];
    return [{ name, title, labels, ...scores }];
  });
}

function compareMasks(truth: Volume, prediction: Volume): Omit<StructureScores, 'name' | 'title' | 'labels'> {
  const counts = confusionCounts(truth, prediction);
  const voxelMl = voxelVolumeMl(truth);
  const truthMl = (counts.truePositive + counts.falseNegative) * voxelMl;
  const predictionMl = (counts.truePositive + counts.falsePositive) * voxelMl;
  const distances = surfaceDistancesMm(truth, prediction);
  const finite = (mm: number) => (Number.isFinite(mm) ? mm : null);
  return {
    dice: diceOf(counts),
    jaccard: jaccardOf(counts),
    hausdorff95Mm: finite(hausdorff95Of(distances)),
    meanSurfaceDistanceMm: finite(meanSurfaceDistanceOf(distances)),
    truthMl,
    predictionMl,
    volumeErrorMl: predictionMl - truthMl,
    volumeErrorPercent: truthMl === 0 ? null : (100 * (predictionMl - truthMl)) / truthMl,
  };
}
