/**
 * A training by a recipe, epoch by epoch, wherever it runs: on Node into a run folder (`trainNetwork`), in a page
 * into memory. What is kept of it is the caller's business.
 *
 * A training that was stopped goes on from its checkpoint to exactly the weights the uncut one would have had.
 */
import {
  type Checkpoint,
  encodeCheckpoint,
  type Graph,
  learningRateAt,
  type Network,
  type Trainer,
} from 'onnx-autograd';
import type { Dataset } from '../dataset/read-dataset.ts';
import { VentrisegError } from '../errors.ts';
import { exportModel } from '../model/index.ts';
import type { Recipe } from '../recipes/index.ts';
import type { ClassEvaluation } from './evaluate-slices.ts';
import { createRecipeTrainer, type RecipeTrainer, type TrainingBackend } from './recipe-trainer.ts';
import { type SamplerState, SliceSampler } from './sampler.ts';
import { SliceEvaluator, type TestResult } from './slice-evaluator.ts';

export interface TrainProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  /** Of the step's batch. */
  readonly stepLoss: number;
  /** Mean over the epoch so far. */
  readonly trainLoss: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
  /** Present once an epoch, after its evaluation. */
  readonly evaluated?: { readonly testLoss: number; readonly classes: readonly ClassEvaluation[] };
}

/** What an epoch gave. */
export interface EpochResult extends TestResult {
  readonly epoch: number;
  readonly step: number;
  /** By the names they have in TensorBoard. */
  readonly scalars: Readonly<Record<string, number>>;
}

export interface TrainingEvents {
  /** Stops after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TrainProgress) => void) | undefined;
  readonly onEpoch?: (result: EpochResult) => Promise<void> | void;
  /** After each epoch and when stopped: the time to keep `checkpoint()`. */
  readonly onCheckpoint?: () => Promise<void> | void;
}

export class Training {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  readonly network: Network;
  readonly trainer: Trainer;
  private readonly sampler: SliceSampler;
  private readonly evaluator: SliceEvaluator;

  private constructor(
    dataset: Dataset,
    recipe: Recipe,
    { network, trainer }: RecipeTrainer,
    evaluator: SliceEvaluator,
  ) {
    this.dataset = dataset;
    this.recipe = recipe;
    this.network = network;
    this.trainer = trainer;
    this.evaluator = evaluator;
    this.sampler = new SliceSampler(dataset, trainingSlices(dataset), recipe.augmentation, recipe.seed + 2);
  }

  /**
   * @param checkpoint to go on from; of the same recipe (but for `epochs`) and dataset
   * @throws VentrisegError BAD_DATASET when it has no training slices; AutogradError BAD_CHECKPOINT, SHAPE_MISMATCH
   */
  static async create(
    dataset: Dataset,
    recipe: Recipe,
    backend: TrainingBackend,
    checkpoint?: Checkpoint,
  ): Promise<Training> {
    const made = await createRecipeTrainer(recipe, dataset, backend);
    const training = new Training(dataset, recipe, made, await SliceEvaluator.create(dataset, made, backend));
    if (checkpoint !== undefined) {
      training.trainer.restore(checkpoint);
      training.sampler.state = checkpoint.extra as SamplerState;
    }
    return training;
  }

  /** Steps in all. */
  get steps(): number {
    return this.recipe.epochs * this.recipe.stepsPerEpoch;
  }

  get isFinished(): boolean {
    return this.trainer.step >= this.steps;
  }

  /** The graph that evaluates, to be shown. */
  get graph(): Graph {
    return this.evaluator.graph;
  }

  /** Everything that the next step depends on, as bytes; see `decodeCheckpoint`. */
  checkpoint(): Uint8Array {
    return encodeCheckpoint({ ...this.trainer.checkpoint(), extra: this.sampler.state });
  }

  /** The network as it is, as an `.onnx` file. */
  model(): Uint8Array {
    const { network, recipe, dataset, trainer } = this;
    return exportModel({ network, recipe, plan: dataset.manifest.plan, trainer });
  }

  /**
   * Trains until the last epoch, or until it is stopped.
   *
   * @throws AutogradError NON_FINITE when the training diverges, the weights left as they were
   */
  async run({ signal, onProgress, onEpoch, onCheckpoint }: TrainingEvents = {}): Promise<void> {
    const { recipe, trainer, sampler, steps } = this;
    const clock = new Stopwatch();
    while (!this.isFinished && !signal?.aborted) {
      const epoch = Math.floor(trainer.step / recipe.stepsPerEpoch);
      const end = (epoch + 1) * recipe.stepsPerEpoch;
      const at = { epoch: epoch + 1, epochs: recipe.epochs };
      const progress = () => ({
        ...clock.progress(trainer.step, steps, recipe.batchSize),
        ...at,
        stepLoss,
        trainLoss: lossSum / lossCount,
      });
      let stepLoss = 0;
      let lossSum = 0;
      let lossCount = 0;
      let gradientNorm = 0;
      let learningRate = 0;
      while (trainer.step < end && !signal?.aborted) {
        learningRate = learningRateAt(recipe.schedule, recipe.learningRate, trainer.step, steps);
        const batch = sampler.nextBatch(recipe.batchSize);
        const result = await trainer.train(batch, learningRate);
        stepLoss = result.loss;
        lossSum += stepLoss;
        lossCount++;
        gradientNorm = result.gradientNorm;
        clock.count(batch.size);
        onProgress?.(progress());
        // A turn of the event loop: WebAssembly gives none, and without one no order to stop arrives in a worker.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      if (trainer.step === end) {
        const found = await this.evaluator.evaluate();
        const { testLoss, classes } = found;
        await onEpoch?.({
          ...found,
          epoch: at.epoch,
          step: trainer.step,
          scalars: {
            'loss/train': lossSum / lossCount,
            ...(found.tiles.length > 0 ? { 'loss/test': testLoss, ...classScalars(classes) } : {}),
            learning_rate: learningRate,
            gradient_norm: gradientNorm,
            images_per_second: clock.imagesPerSecond,
          },
        });
        onProgress?.({ ...progress(), evaluated: { testLoss, classes } });
      }
      await onCheckpoint?.();
    }
  }

  /** Frees the runtime's memory; nothing can be done with the training after it. */
  async release(): Promise<void> {
    await Promise.all([this.trainer.release(), this.evaluator.release()]);
  }
}

/** Positions of the slices to train on. @throws VentrisegError BAD_DATASET when there are none */
export function trainingSlices(dataset: Dataset): number[] {
  const positions = [...dataset.slicesOf('train')];
  if (positions.length === 0) {
    throw new VentrisegError('BAD_DATASET', `${dataset.directory}: has no training slices`, {
      path: dataset.directory,
    });
  }
  return positions;
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
