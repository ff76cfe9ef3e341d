/**
 * Trains a network on a prepared dataset by a recipe, into a run folder:
 *
 *   run.json          recipe, dataset and its hash, software; written first
 *   checkpoint.bin    everything the next step depends on; at the start, after each epoch, when stopped
 *   model.onnx        the network as it is, with its recipe and slicing in its metadata; after each epoch
 *   scalars.csv       one row an epoch
 *   events.out...     the same for TensorBoard, with histograms, graph and pictures
 *   evaluation.json   scores of the last epoch, person by person
 *
 * A run that was stopped goes on from its checkpoint to exactly the weights the uncut run would have had.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Backend,
  type BackendChoice,
  buildActivationGraph,
  buildEvaluationGraph,
  decodeCheckpoint,
  encodeCheckpoint,
  ForwardPass,
  learningRateAt,
  type Trainer,
} from 'onnx-autograd';
import { openBackend } from 'onnx-autograd/node';
import { type Dataset, openDataset } from '../dataset/index.ts';
import { VentrisegError } from '../errors.ts';
import { writeWhole } from '../files/index.ts';
import { exportModel } from '../model/index.ts';
import { parseRecipe, type Recipe } from '../recipes/index.ts';
import { softwareVersion } from '../software-version.ts';
import { type ClassEvaluation, decideLabels, evaluateSlices } from './evaluate-slices.ts';
import { createRecipeTrainer } from './recipe-trainer.ts';
import { RunLog, type SliceTile } from './run-log.ts';
import { batchOf, type SamplerState, SliceSampler } from './sampler.ts';

export const RUN_FILE = 'run.json';
export const CHECKPOINT_FILE = 'checkpoint.bin';
export const MODEL_FILE = 'model.onnx';
export const EVALUATION_FILE = 'evaluation.json';

export interface TrainOptions {
  /** Folder that `prepareDataset` made. */
  readonly dataset: string;
  readonly recipe: Recipe;
  /** Folder to make; it must not exist unless `resume`. */
  readonly output: string;
  /** Goes on from the run's checkpoint; dataset and recipe must be those it began with, but for `epochs`. */
  readonly resume?: boolean;
  /** Instead of the recipe's number of epochs. */
  readonly epochs?: number;
  readonly threads?: number;
  /** What computes; default `auto`. */
  readonly backend?: BackendChoice;
  /** Stops after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
}

export interface TrainProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  /** Mean over the epoch so far. */
  readonly trainLoss: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
  /** Present once an epoch, after its evaluation. */
  readonly evaluated?: { readonly testLoss: number; readonly classes: readonly ClassEvaluation[] };
}

export interface TrainResult {
  readonly output: string;
  readonly step: number;
  /** False when it was stopped early and can be resumed. */
  readonly finished: boolean;
  readonly classes: readonly ClassEvaluation[];
}

/** Slices of the test set that are shown as pictures, evenly spread. */
const PICTURED_SLICES = 8;
/** Images of which activations are taken for histograms. */
const ACTIVATION_IMAGES = 10;

/**
 * @throws VentrisegError OUTPUT_EXISTS, BAD_DATASET, RUN_MISMATCH (resuming with other data or recipe);
 * AutogradError RUNTIME_UNAVAILABLE; NON_FINITE when the training diverges, its last checkpoint intact
 */
export async function trainNetwork(options: TrainOptions): Promise<TrainResult> {
  const dataset = await openDataset(options.dataset);
  const recipe =
    options.epochs === undefined ? options.recipe : { ...options.recipe, epochs: options.epochs };
  await openRun(options, recipe, dataset);
  const backend = await openBackend(options.backend, options);
  const { network, loss, trainer } = await createRecipeTrainer(recipe, dataset, backend);
  const sampler = new SliceSampler(dataset, trainingSlices(dataset), recipe.augmentation, recipe.seed + 2);
  const saveCheckpoint = () =>
    writeWhole(
      join(options.output, CHECKPOINT_FILE),
      encodeCheckpoint({ ...trainer.checkpoint(), extra: sampler.state }),
    );
  const resumedAt = options.resume ? await restore(options.output, trainer, sampler) : undefined;
  // A run that is stopped or killed in its first epoch can be resumed too.
  if (resumedAt === undefined) await saveCheckpoint();
  const log = await RunLog.open(options.output, resumedAt);
  const evaluator = await Evaluator.create(
    dataset,
    trainer,
    buildEvaluationGraph(network, loss, 20),
    backend,
  );
  const activations = await ForwardPass.create(
    backend.runtime,
    buildActivationGraph(network, ACTIVATION_IMAGES),
    backend.session,
  );
  if (resumedAt === undefined) {
    log.text('recipe', `\`\`\`json\n${JSON.stringify(recipe, null, 2)}\n\`\`\``);
    log.hparams({
      recipe: recipe.name,
      learning_rate: recipe.learningRate,
      batch_size: recipe.batchSize,
      optimiser: recipe.optimiser.kind,
      loss: recipe.loss.map(([, term]) => term.kind).join(' + '),
      seed: recipe.seed,
    });
    log.graph(evaluator.pass.graph);
  }

  const steps = recipe.epochs * recipe.stepsPerEpoch;
  const clock = new Stopwatch();
  let classesNow: readonly ClassEvaluation[] = [];
  let status: 'success' | 'failure' = 'failure';
  try {
    while (trainer.step < steps && !options.signal?.aborted) {
      const epoch = Math.floor(trainer.step / recipe.stepsPerEpoch);
      const end = (epoch + 1) * recipe.stepsPerEpoch;
      let lossSum = 0;
      let lossCount = 0;
      let gradientNorm = 0;
      let learningRate = 0;
      while (trainer.step < end && !options.signal?.aborted) {
        learningRate = learningRateAt(recipe.schedule, recipe.learningRate, trainer.step, steps);
        const batch = sampler.nextBatch(recipe.batchSize);
        const result = await trainer.train(batch, learningRate);
        lossSum += result.loss;
        lossCount++;
        gradientNorm = result.gradientNorm;
        clock.count(batch.size);
        options.onProgress?.({
          ...clock.progress(trainer.step, steps, recipe.batchSize),
          epoch: epoch + 1,
          epochs: recipe.epochs,
          trainLoss: lossSum / lossCount,
        });
      }
      if (trainer.step === end) {
        const { testLoss, evaluation, tiles } = await evaluator.evaluate();
        classesNow = evaluation;
        await log.scalars(epoch + 1, trainer.step, {
          'loss/train': lossSum / lossCount,
          ...(evaluator.positions.length > 0 ? { 'loss/test': testLoss, ...classScalars(evaluation) } : {}),
          learning_rate: learningRate,
          gradient_norm: gradientNorm,
          images_per_second: clock.imagesPerSecond,
        });
        for (const [name, values] of trainer.namedWeights())
          log.histogram(`weights/${name}`, values, trainer.step);
        if (tiles.length > 0) log.slices('test', tiles, dataset, trainer.step);
        const shown = trainingSlices(dataset).slice(0, ACTIVATION_IMAGES);
        const found = await activations.run(
          { image: batchOf(dataset, shown).images },
          shown.length,
          trainer.namedWeights(),
        );
        for (const [name, values] of Object.entries(found)) log.histogram(name, values, trainer.step);
        await writeWhole(
          join(options.output, MODEL_FILE),
          exportModel({ network, recipe, plan: dataset.manifest.plan, trainer }),
        );
        await writeWhole(
          join(options.output, EVALUATION_FILE),
          `${JSON.stringify({ step: trainer.step, testLoss, classes: evaluation }, null, 2)}\n`,
        );
        options.onProgress?.({
          ...clock.progress(trainer.step, steps, recipe.batchSize),
          epoch: epoch + 1,
          epochs: recipe.epochs,
          trainLoss: lossSum / lossCount,
          evaluated: { testLoss, classes: evaluation },
        });
      }
      await saveCheckpoint();
    }
    status = 'success';
  } finally {
    await log.close(status);
    await Promise.all([trainer.release(), evaluator.pass.release(), activations.release()]);
  }
  return { output: options.output, step: trainer.step, finished: trainer.step >= steps, classes: classesNow };
}

/** The test slices and the pass that evaluates them. */
class Evaluator {
  readonly pass: ForwardPass;
  readonly positions: readonly number[];
  private readonly dataset: Dataset;
  private readonly trainer: Trainer;

  private constructor(dataset: Dataset, trainer: Trainer, pass: ForwardPass) {
    this.dataset = dataset;
    this.trainer = trainer;
    this.pass = pass;
    this.positions = [...dataset.slicesOf('test')];
  }

  static async create(
    dataset: Dataset,
    trainer: Trainer,
    graph: ForwardPass['graph'],
    { runtime, session }: Backend,
  ): Promise<Evaluator> {
    return new Evaluator(dataset, trainer, await ForwardPass.create(runtime, graph, session));
  }

  async evaluate(): Promise<{ testLoss: number; evaluation: ClassEvaluation[]; tiles: SliceTile[] }> {
    const { dataset, positions } = this;
    if (positions.length === 0) return { testLoss: Number.NaN, evaluation: [], tiles: [] };
    const { images, targets, size } = batchOf(dataset, positions);
    const weights = this.trainer.namedWeights();
    const { probability, loss } = await this.pass.run({ image: images, target: targets }, size, weights);
    const evaluation = evaluateSlices(dataset, positions, probability!);
    const testLoss = loss!.reduce((sum, value) => sum + value, 0) / size;
    const count = Math.min(PICTURED_SLICES, size);
    const tiles = Array.from({ length: count }, (_, i) => {
      const n = Math.floor(((i + 0.5) * size) / count);
      return {
        name: `slice ${positions[n]}`,
        picture: dataset.image(positions[n]!),
        truth: dataset.label(positions[n]!),
        predicted: decideLabels(dataset, probability!, n),
      };
    });
    return { testLoss, evaluation, tiles };
  }
}

function classScalars(evaluation: readonly ClassEvaluation[]): Record<string, number> {
  return Object.fromEntries(
    evaluation.flatMap(({ name, bySlice, byPerson }) => {
      const suffix = evaluation.length === 1 ? '' : `/${name.replaceAll(/[^A-Za-z0-9]+/g, '_')}`;
      return [
        [`soft_jaccard/test${suffix}`, bySlice.softJaccard],
        [`jaccard/test${suffix}`, bySlice.jaccard],
        [`dice/test${suffix}`, bySlice.dice],
        [`jaccard_by_person/test${suffix}`, byPerson.jaccard],
        [`dice_by_person/test${suffix}`, byPerson.dice],
      ];
    }),
  );
}

/** Images per second since the start, without the time for evaluation counted out. */
class Stopwatch {
  private readonly start = performance.now();
  private images = 0;

  count(images: number): void {
    this.images += images;
  }

  get imagesPerSecond(): number {
    return this.images / ((performance.now() - this.start) / 1000);
  }

  progress(step: number, steps: number, batchSize: number) {
    const { imagesPerSecond } = this;
    return { step, steps, imagesPerSecond, secondsLeft: ((steps - step) * batchSize) / imagesPerSecond };
  }
}

function trainingSlices(dataset: Dataset): number[] {
  const positions = [...dataset.slicesOf('train')];
  if (positions.length === 0) {
    throw new VentrisegError('BAD_DATASET', `${dataset.directory}: has no training slices`, {
      path: dataset.directory,
    });
  }
  return positions;
}

function runRecord(recipe: Recipe, dataset: Dataset) {
  const manifestHash = createHash('sha256').update(JSON.stringify(dataset.manifest)).digest('hex');
  return {
    software: softwareVersion,
    recipe,
    dataset: { path: dataset.directory, manifestSha256: manifestHash },
  };
}

/** Makes the run's folder, or checks that the one there belongs to the same training. */
async function openRun(options: TrainOptions, recipe: Recipe, dataset: Dataset): Promise<void> {
  const path = join(options.output, RUN_FILE);
  const record = runRecord(recipe, dataset);
  const exists = await stat(options.output).then(
    () => true,
    () => false,
  );
  if (!options.resume) {
    if (exists) {
      throw new VentrisegError(
        'OUTPUT_EXISTS',
        `${options.output}: exists already; give another folder, or --resume to go on with it`,
        { path: options.output },
      );
    }
    await mkdir(options.output, { recursive: true });
    await writeWhole(path, `${JSON.stringify(record, null, 2)}\n`);
    return;
  }
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new VentrisegError('NO_SUCH_FILE', `${options.output}: is not a run, ${RUN_FILE} cannot be read`, {
      path,
      cause,
    });
  });
  const before = JSON.parse(text);
  const same = (r: Recipe) => JSON.stringify({ ...r, epochs: 0 });
  if (same(parseRecipe(before.recipe, path)) !== same(recipe)) {
    throw new VentrisegError('RUN_MISMATCH', `${options.output}: was begun with another recipe`, { path });
  }
  if (before.dataset.manifestSha256 !== record.dataset.manifestSha256) {
    throw new VentrisegError('RUN_MISMATCH', `${options.output}: was begun on another dataset`, { path });
  }
}

async function restore(output: string, trainer: Trainer, sampler: SliceSampler): Promise<number> {
  const path = join(output, CHECKPOINT_FILE);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new VentrisegError('NO_SUCH_FILE', `${output}: has no checkpoint to resume from`, { path, cause });
  });
  const checkpoint = decodeCheckpoint(bytes);
  trainer.restore(checkpoint);
  sampler.state = checkpoint.extra as SamplerState;
  return checkpoint.step;
}
