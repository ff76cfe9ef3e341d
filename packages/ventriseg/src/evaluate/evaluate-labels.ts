/** Compares two label files, whatever their numbering (Node). */
import { sameGrid, type Volume } from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';
import { distinctLabels, type LabelScheme, resolveLabelScheme, toCanonicalLabels } from '../labels/index.ts';
import { openScan } from '../scan-input/open-scan.ts';
import { compareLabels, type StructureScores } from './compare-labels.ts';

export interface EvaluateLabelsOptions {
  /** Numbering of the truth; told from its numbers when left out. */
  readonly truthScheme?: LabelScheme;
  /** Numbering of the prediction; told from its numbers, else FreeSurfer's, which ventriseg writes. */
  readonly predictionScheme?: LabelScheme;
  readonly signal?: AbortSignal;
}

export interface LabelEvaluation {
  readonly truth: { readonly path: string; readonly sha256: string; readonly scheme: LabelScheme };
  readonly prediction: { readonly path: string; readonly sha256: string; readonly scheme: LabelScheme };
  readonly structures: readonly StructureScores[];
}

/** Largest distance in mm between the grids of truth and prediction. */
const gridToleranceMm = 0.1;

/**
 * Dice, Jaccard, surface distances and volumes of each ventricle, of the lateral ones together, and of all.
 *
 * @throws VentrisegError GRID_MISMATCH, SCHEME_UNKNOWN, SCHEME_CONTRADICTED, BAD_LABELS, NO_LABELS (no ventricle
 * in the truth); and all that `openScan` throws
 */
export async function evaluateLabels(
  truthPath: string,
  predictionPath: string,
  options: EvaluateLabelsOptions = {},
): Promise<LabelEvaluation> {
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const truth = await openScan(truthPath, signal);
  const prediction = await openScan(predictionPath, signal);
  if (!sameGrid(truth.volume, prediction.volume, gridToleranceMm)) {
    const [a, b] = [truth.volume.shape.join('x'), prediction.volume.shape.join('x')];
    throw new VentrisegError(
      'GRID_MISMATCH',
      `${predictionPath}: labels of ${b} do not lie on the grid of ${truthPath} (${a}` +
        `${a === b ? ', same shape but another place or axis order' : ''}); resample one onto the other first`,
      { path: predictionPath },
    );
  }
  const truthLabels = canonical(truth.volume, truthPath, options.truthScheme);
  const predictionLabels = canonical(
    prediction.volume,
    predictionPath,
    options.predictionScheme ?? schemeOfPrediction(prediction.volume),
  );
  options.signal?.throwIfAborted();
  if (truthLabels.labels.data.every((label) => label === 0)) {
    throw new VentrisegError(
      'NO_LABELS',
      `${truthPath}: holds no ventricle in the ${truthLabels.scheme} numbering, so there is nothing to compare with`,
      { path: truthPath },
    );
  }
  // One place for both, so that what the headers lose in precision does not count.
  const aligned = { ...predictionLabels.labels, voxelToWorld: truthLabels.labels.voxelToWorld };
  return {
    truth: { path: truthPath, sha256: truth.source.sha256, scheme: truthLabels.scheme },
    prediction: {
      path: predictionPath,
      sha256: prediction.source.sha256,
      scheme: predictionLabels.scheme,
    },
    structures: compareLabels(truthLabels.labels, aligned),
  };
}

/** ventriseg's own maps hold ventricles alone, whose numbers decide nothing when they are only 4 and 43. */
function schemeOfPrediction(volume: Volume): LabelScheme | undefined {
  const ours = [0, 4, 43, 5, 44, 14, 15];
  return distinctLabels(volume).every((label) => ours.includes(label)) ? 'freesurfer' : undefined;
}

function canonical(volume: Volume, path: string, stated: LabelScheme | undefined) {
  const { scheme } = resolveLabelScheme(distinctLabels(volume), stated, path);
  return { scheme, labels: toCanonicalLabels(volume, scheme, path) };
}
