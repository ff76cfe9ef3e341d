/** Training in the worker: the library's own trainer, on a dataset that was dropped on the page. */
import { decodeCheckpoint } from 'onnx-autograd';
import {
  builtInRecipe,
  type Dataset,
  datasetInFiles,
  encodePng,
  readDataset,
  Training,
  tileSheet,
} from 'ventriseg';
import { computeUsed } from './compute-used.ts';
import { inputFiles } from './given-files.ts';
import type { DatasetSummary, GivenFiles, TrainingEnd, TrainingNews, TrainingOrder } from './protocol.ts';
import { openPageBackend } from './runtime.ts';

let running: AbortController | undefined;

/** @throws VentrisegError NO_SUCH_FILE when the files hold no dataset, BAD_DATASET */
export async function summariseDataset(given: GivenFiles): Promise<DatasetSummary> {
  const dataset = await datasetOf(given);
  return {
    name: given.path,
    rows: dataset.rows,
    columns: dataset.columns,
    trainSlices: dataset.slicesOf('train').length,
    testSlices: dataset.slicesOf('test').length,
    people: new Set(dataset.manifest.subjects.map(({ person }) => person)).size,
    classes: dataset.manifest.plan.classes.map(({ name }) => name),
  };
}

/** @throws also AutogradError RUNTIME_UNAVAILABLE, SHAPE_MISMATCH, NON_FINITE when it diverges */
export async function train(
  order: TrainingOrder,
  onNews: (news: TrainingNews) => void,
): Promise<TrainingEnd> {
  const dataset = await datasetOf(order.given);
  // Of a training on WebGPU only single operators are checked beforehand, so it has to be asked for.
  const backend = await openPageBackend(order.compute === 'auto' ? 'wasm' : order.compute);
  onNews({ stage: 'begin', compute: computeUsed(backend) });
  const recipe = { ...builtInRecipe(order.recipe), epochs: order.epochs };
  const checkpoint = order.checkpoint && decodeCheckpoint(order.checkpoint);
  const training = await Training.create(dataset, recipe, backend, checkpoint);
  const stop = new AbortController();
  running = stop;
  try {
    await training.run({
      signal: stop.signal,
      onProgress: (progress) => {
        if (progress.evaluated === undefined) onNews({ stage: 'step', ...progress });
      },
      onEpoch: ({ epoch, step, scalars, testLoss, classes, tiles }) =>
        onNews({
          stage: 'epoch',
          epoch,
          step,
          trainLoss: scalars['loss/train']!,
          testLoss,
          classes,
          masks: tiles.length === 0 ? undefined : encodePng(tileSheet(tiles, dataset)),
          model: training.model(),
        }),
      onCheckpoint: () => onNews({ stage: 'checkpoint', checkpoint: training.checkpoint() }),
    });
    return { finished: training.isFinished, step: training.trainer.step };
  } finally {
    running = undefined;
    await training.release();
  }
}

/** Lets the training end after the step under way. */
export function stopTraining(): void {
  running?.abort();
}

async function datasetOf(given: GivenFiles): Promise<Dataset> {
  return readDataset(datasetInFiles(given.path, await inputFiles(given)));
}
