/**
 * Trains a volume network by a recipe, into a run folder like that of slices (Node):
 *
 *   run.json, checkpoint.bin, model.onnx, scalars.csv, events.out..., evaluation.json
 *
 * A run that was stopped goes on from its checkpoint to exactly the weights the uncut one would have had. The next
 * batch is made while the lanes compute.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BackendChoice,
  encodeCheckpoint,
  type Loss,
  learningRateAt,
  type RandomState,
  readModelWeights,
  Trainer,
  trainableWeights,
  WEIGHT_AVERAGE,
} from 'onnx-autograd';
import { type NodeBackend, openBackend } from 'onnx-autograd/node';
import { VentrisegError } from '../errors.ts';
import { requireNewFolder, writeWhole } from '../files/index.ts';
import {
  CHECKPOINT_FILE,
  createRun,
  EVALUATION_FILE,
  MODEL_FILE,
  reopenRun,
} from '../training/run-folder.ts';
import { RunLog } from '../training/run-log.ts';
import { borderTask, type SegmentFile } from './border-task.ts';
import { type CaseScores, groupNames, meanScore } from './evaluate-volumes.ts';
import { openVolumes, type VolumeDataset } from './open-volumes.ts';
import { PhasedTrainer } from './phased-trainer.ts';
import { parseVolumeRecipe, roleOfRecipe, type VolumeRecipe, volumeLosses } from './volume-recipe.ts';
import { VolumeSampler } from './volume-sampler.ts';
import { drawVolumeSheet } from './volume-sheet.ts';
import { boxTask, type VolumeTask } from './volume-task.ts';

export interface TrainVolumesOptions {
  /** Folder that `prepareVolumes` made. */
  readonly dataset: string;
  readonly recipe: VolumeRecipe;
  /** Folder to make; it must not exist unless `resume`. */
  readonly output: string;
  readonly resume?: boolean;
  /** Model file of a network of the same build, whose weights are the start values. */
  readonly from?: string;
  /** For recipes of borders: the model file of the segment network; a run keeps a copy to be resumed with. */
  readonly segment?: string;
  /** Instead of the recipe's number of epochs. */
  readonly epochs?: number;
  readonly threads?: number;
  readonly backend?: BackendChoice;
  /** Stops after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainVolumesProgress) => void;
}

export interface TrainVolumesProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  /** Mean over the epoch so far. */
  readonly trainLoss: number;
  readonly volumesPerSecond: number;
  readonly secondsLeft: number;
  /** Present once an epoch. */
  readonly evaluated?: readonly CaseScores[];
}

export interface TrainVolumesResult {
  readonly output: string;
  readonly step: number;
  readonly finished: boolean;
  readonly scores: readonly CaseScores[];
}

/** Steps between checkpoints within an epoch. */
const CHECKPOINT_EVERY = 50;
/** Images of one person that are evaluated after each epoch. */
const TESTS_PER_PERSON = 2;

/**
 * @throws VentrisegError OUTPUT_EXISTS, BAD_DATASET, RUN_MISMATCH (resuming with other data or recipe); BAD_ARGUMENT
 * for `segment` with a recipe that needs none, or none with one that does; AutogradError RUNTIME_UNAVAILABLE;
 * NON_FINITE when the training diverges, its last checkpoint intact
 */
export async function trainVolumes(options: TrainVolumesOptions): Promise<TrainVolumesResult> {
  const { output, signal, onProgress } = options;
  const recipe =
    options.epochs === undefined ? options.recipe : { ...options.recipe, epochs: options.epochs };
  const dataset = await openVolumes(options.dataset, roleOfRecipe(recipe));
  const checkpoint = options.resume ? await reopenRun(output, recipe, dataset, parseVolumeRecipe) : undefined;
  if (checkpoint === undefined) await requireNewFolder(output);
  const segment = await segmentFileOf(options);
  const backend = await openBackend(options.backend, options);
  const sampler = new VolumeSampler({
    role: roleOfRecipe(recipe),
    groups: trainingGroups(dataset, recipe.realShare),
    shape: recipe.shape,
    augmentation: recipe.augmentation,
    seed: recipe.seed + 2,
  });
  const task = await openTask(recipe, sampler, backend, segment);
  const steps = recipe.epochs * recipe.stepsPerEpoch;
  const phased = await PhasedTrainer.open(
    volumeLosses(recipe, steps),
    (loss) => createTrainer(recipe, task, backend, loss),
    checkpoint,
  );
  const release = () => Promise.all([phased.release(), task.release()]);
  if (checkpoint !== undefined) sampler.state = checkpoint.extra as RandomState;
  else {
    try {
      if (options.from !== undefined) await startFrom(phased.trainer, options.from);
      // All that was given has been found fit.
      await createRun(output, recipe, dataset);
      if (segment !== undefined) await writeWhole(join(output, SEGMENT_FILE), segment.bytes);
    } catch (error) {
      await release();
      throw error;
    }
  }
  const tests = testCases(dataset);
  const log = await RunLog.open(output, checkpoint?.step);
  if (checkpoint === undefined) log.beginning(recipe, 'cross-entropy + soft-dice', task.inference);
  let samplerState = sampler.state;
  const saveCheckpoint = () =>
    writeWhole(
      join(output, CHECKPOINT_FILE),
      encodeCheckpoint({ ...phased.trainer.checkpoint(), extra: samplerState }),
    );

  const started = performance.now();
  const startedAt = phased.trainer.step;
  let scores: CaseScores[] = [];
  let status: 'success' | 'failure' = 'failure';
  try {
    if (checkpoint === undefined) {
      await saveCheckpoint();
      const samples = drawVolumeSheet(sampler.nextBatch(8), recipe.shape, roleOfRecipe(recipe));
      log.picture('samples', samples, 0);
      sampler.state = samplerState;
    }
    const losses = new RunningMean();
    let batch = startedAt < steps ? await task.nextBatch(recipe.batchSize) : undefined;
    while (batch !== undefined && !signal?.aborted) {
      const begun = phased.trainer.step;
      const learningRate = learningRateAt(recipe.schedule, recipe.learningRate, begun, steps);
      samplerState = sampler.state;
      const stepping = phased.train(batch, learningRate);
      // A rejection while the next batch is being made must not count as unhandled.
      stepping.catch(() => undefined);
      batch = begun + 1 < steps ? await task.nextBatch(recipe.batchSize) : undefined;
      const { loss, gradientNorm } = await stepping;
      losses.add(loss);
      const { step } = phased.trainer;
      const seconds = (performance.now() - started) / 1000;
      const volumesPerSecond = ((step - startedAt) * recipe.batchSize) / seconds;
      const progress: TrainVolumesProgress = {
        epoch: Math.floor(begun / recipe.stepsPerEpoch) + 1,
        epochs: recipe.epochs,
        step,
        steps,
        trainLoss: losses.mean,
        volumesPerSecond,
        secondsLeft: ((steps - step) * recipe.batchSize) / volumesPerSecond,
      };
      onProgress?.(progress);
      if (step % recipe.stepsPerEpoch === 0) {
        scores = await finishEpoch(log, progress, {
          learning_rate: learningRate,
          gradient_norm: gradientNorm,
        });
        onProgress?.({ ...progress, evaluated: scores });
        losses.reset();
      }
      const isLast = batch === undefined || signal?.aborted === true;
      if (step % CHECKPOINT_EVERY === 0 || isLast) await saveCheckpoint();
    }
    status = 'success';
  } finally {
    await log.close(status);
    await release();
  }
  return { output, step: phased.trainer.step, finished: phased.trainer.step >= steps, scores };

  /** Scores, logs and saves what the epoch has come to. */
  async function finishEpoch(
    log: RunLog,
    { epoch, step, trainLoss, volumesPerSecond }: TrainVolumesProgress,
    values: Readonly<Record<string, number>>,
  ): Promise<CaseScores[]> {
    const weights = phased.trainer.namedWeights();
    const cases = await task.evaluate(tests, weights);
    const groups = groupNames[roleOfRecipe(recipe)];
    await log.scalars(epoch, step, {
      'loss/train': trainLoss,
      ...diceScalars(groups, cases),
      ...values,
      volumes_per_second: volumesPerSecond,
    });
    for (const [name, data] of weights) log.histogram(`weights/${name}`, data, step);
    await writeWhole(join(output, MODEL_FILE), task.exportModel(step, weights));
    await writeWhole(join(output, EVALUATION_FILE), `${JSON.stringify({ step, groups, cases }, null, 2)}\n`);
    return cases;
  }
}

/** The segment network that a run of borders belongs to, in its folder. */
const SEGMENT_FILE = 'segment.onnx';

/**
 * The segment network whose borders are to be decided: the one given, or that of the run that is resumed.
 *
 * @throws VentrisegError BAD_ARGUMENT, NO_SUCH_FILE
 */
async function segmentFileOf(options: TrainVolumesOptions): Promise<SegmentFile | undefined> {
  const { recipe, segment, resume = false, output } = options;
  const ofBorders = recipe.role === 'borders';
  const wrong =
    segment === undefined
      ? ofBorders &&
        !resume &&
        'it decides about the borders of a segment network; name its .onnx file (segment)'
      : !ofBorders
        ? 'it needs no segment network; leave it out'
        : resume && 'a run that is resumed has its segment network already; leave it out';
  if (wrong) throw new VentrisegError('BAD_ARGUMENT', `${recipe.name}: ${wrong}`);
  if (!ofBorders) return undefined;
  const path = segment ?? join(output, SEGMENT_FILE);
  return { bytes: await readGiven(path), path };
}

function openTask(
  recipe: VolumeRecipe,
  sampler: VolumeSampler,
  backend: NodeBackend,
  segment: SegmentFile | undefined,
): Promise<VolumeTask> {
  return recipe.role === 'borders'
    ? borderTask(recipe, sampler, backend, segment!)
    : boxTask(recipe, sampler, backend);
}

function createTrainer(
  recipe: VolumeRecipe,
  { network }: VolumeTask,
  { runtime, session, lanes }: NodeBackend,
  loss: Loss,
): Promise<Trainer> {
  const { optimiser, seed, clipNorm, averageDecay } = recipe;
  return Trainer.create({
    network,
    loss,
    optimiser,
    runtime,
    session,
    seed,
    chunkSize: 1,
    ...(lanes && { lanes }),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    ...(averageDecay === undefined ? {} : { averageDecay }),
  });
}

class RunningMean {
  private sum = 0;
  private count = 0;

  add(value: number): void {
    this.sum += value;
    this.count++;
  }

  get mean(): number {
    return this.sum / this.count;
  }

  reset(): void {
    this.sum = 0;
    this.count = 0;
  }
}

/** @throws VentrisegError NO_SUCH_FILE */
function readGiven(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw new VentrisegError('NO_SUCH_FILE', `${path}: cannot be read`, { path, cause });
  });
}

/** @throws VentrisegError NO_SUCH_FILE; AutogradError BAD_ARGUMENT when its network is built differently */
async function startFrom(trainer: Trainer, path: string): Promise<void> {
  const given = trainableWeights(trainer.gradientGraph, readModelWeights(await readGiven(path)));
  const own = trainer.checkpoint();
  const weights = new Float32Array(own.weights.length);
  for (const slot of own.layout.trainable) weights.set(given.get(slot.name)!, slot.offset);
  const average = WEIGHT_AVERAGE in own.moments ? { [WEIGHT_AVERAGE]: weights } : {};
  trainer.restore({ ...own, weights, moments: { ...own.moments, ...average } });
}

/** The cases that are not trained on, a few of each person. */
function testCases({ cases }: VolumeDataset) {
  const counts = new Map<string, number>();
  return cases.filter(({ record: { split, person } }) => {
    if (split === 'train') return false;
    const count = (counts.get(person) ?? 0) + 1;
    counts.set(person, count);
    return count <= TESTS_PER_PERSON;
  });
}

/** Real and synthesised heads, weighted. @throws VentrisegError BAD_DATASET when there is nothing to train on */
function trainingGroups({ directory, cases }: VolumeDataset, realShare: number) {
  const training = cases.filter(({ record }) => record.split === 'train');
  const groups = [
    { weight: realShare, cases: training.filter(({ record }) => record.synthesis === null) },
    { weight: 1 - realShare, cases: training.filter(({ record }) => record.synthesis !== null) },
  ].filter(({ weight, cases: own }) => weight > 0 && own.length > 0);
  if (groups.length > 0) return groups;
  throw new VentrisegError('BAD_DATASET', `${directory}: has no heads to train on`, { path: directory });
}

function diceScalars(groups: readonly string[], scores: readonly CaseScores[]): Record<string, number> {
  if (scores.length === 0) return {};
  return {
    'dice/test': meanScore(scores.map(({ all }) => all)),
    'dice/worst': Math.min(...scores.map(({ all }) => all)),
    ...Object.fromEntries(
      groups.map((name, g) => [`dice/test/${name}`, meanScore(scores.map(({ dice }) => dice[g]!))]),
    ),
  };
}
