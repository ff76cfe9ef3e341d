/** Runs a trained network over a split of a prepared dataset and scores it (Node). */
import { type Dataset, openDataset, type SplitName } from '../dataset/index.ts';
import { VentrisegError } from '../errors.ts';
import { isPair, type LoadedSliceModel } from '../segment/index.ts';
import { openModel } from '../segment/node.ts';
import { type ClassEvaluation, evaluateSlices } from '../training/evaluate-slices.ts';

export interface EvaluateModelOptions {
  /** Default 'test'. */
  readonly split?: SplitName;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Told of slices. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

export interface ModelEvaluation {
  readonly model: { readonly name: string; readonly sha256: string; readonly steps: number };
  readonly dataset: string;
  readonly split: SplitName;
  readonly slices: number;
  /** Scores by slice and by person, as training reports them. */
  readonly classes: readonly ClassEvaluation[];
}

const batchSize = 16;

/**
 * Scores a model on people it was not trained on.
 *
 * @param model a shipped model's name, an `.onnx` file, a run folder, or a loaded model
 * @param dataset folder that `prepareDataset` made
 * @throws VentrisegError MODEL_MISMATCH when the dataset's slices were cut in another way than the model's;
 * BAD_DATASET when the split is empty; NO_SUCH_MODEL, BAD_MODEL, NO_SUCH_FILE; the signal's reason when aborted
 */
export async function evaluateModel(
  model: string | LoadedSliceModel,
  dataset: string,
  options: EvaluateModelOptions = {},
): Promise<ModelEvaluation> {
  const { split = 'test' } = options;
  const opened = await openDataset(dataset);
  const positions = [...opened.slicesOf(split)];
  if (positions.length === 0) {
    throw new VentrisegError('BAD_DATASET', `${dataset}: no one is in the split '${split}'`, {
      path: dataset,
    });
  }
  const loaded = typeof model === 'string' ? await openModel(model, options) : model;
  try {
    if (isPair(loaded)) {
      throw new VentrisegError(
        'MODEL_MISMATCH',
        `${loaded.segment.path}: is a pair of volume networks, which datasets of slices do not score; compare its labels ` +
          'of whole scans instead',
        { path: loaded.segment.path },
      );
    }
    requireSameSlices(loaded, opened);
    const probabilities = await runOver(opened, positions, loaded, options);
    return {
      model: {
        name: loaded.metadata.name,
        sha256: loaded.sha256,
        steps: loaded.metadata.steps,
      },
      dataset,
      split,
      slices: positions.length,
      classes: evaluateSlices(opened, positions, probabilities),
    };
  } finally {
    if (loaded !== model) await loaded.release();
  }
}

/** What makes a picture what it is must agree; which slices were kept need not. */
function requireSameSlices(model: LoadedSliceModel, dataset: Dataset): void {
  const essentials = ['plane', 'scaledSize', 'crop', 'intensity', 'centre', 'intensityDivisor'] as const;
  const [own, theirs] = [model.metadata.plan, dataset.manifest.plan];
  const differing: string[] = essentials.filter(
    (field) => JSON.stringify(own[field]) !== JSON.stringify(theirs[field]),
  );
  const labels = (plan: typeof own) => JSON.stringify(plan.classes.map((labelClass) => labelClass.labels));
  if (labels(own) !== labels(theirs)) differing.push('classes');
  if (differing.length === 0) return;
  throw new VentrisegError(
    'MODEL_MISMATCH',
    `${model.path}: was trained on slices that were prepared in another way than those of ${dataset.directory} ` +
      `(${differing.join(', ')}); prepare a dataset with the model's plan`,
    { path: dataset.directory },
  );
}

async function runOver(
  dataset: Dataset,
  positions: readonly number[],
  model: LoadedSliceModel,
  options: EvaluateModelOptions,
): Promise<Float32Array> {
  const pixels = dataset.rows * dataset.columns;
  const { intensityDivisor } = model.metadata.plan;
  let probabilities = new Float32Array(0);
  for (let start = 0; start < positions.length; start += batchSize) {
    options.signal?.throwIfAborted();
    const chosen = positions.slice(start, start + batchSize);
    const batch = new Float32Array(chosen.length * pixels);
    chosen.forEach((position, n) => {
      const picture = dataset.image(position);
      for (let i = 0; i < pixels; i++) batch[n * pixels + i] = picture[i]! / intensityDivisor;
    });
    const output = await model.run(batch, chosen.length);
    const perPicture = output.length / chosen.length;
    if (start === 0) probabilities = new Float32Array(positions.length * perPicture);
    probabilities.set(output, start * perPicture);
    options.onProgress?.({ done: start + chosen.length, total: positions.length });
  }
  return probabilities;
}
