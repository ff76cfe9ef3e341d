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
import type { Shape3 } from '@ventriseg/imaging';
import {
  type BackendChoice,
  buildInferenceGraph,
  encodeCheckpoint,
  ForwardPass,
  type Loss,
  learningRateAt,
  type RandomState,
  readModelWeights,
  Trainer,
  trainableWeights,
  WEIGHT_AVERAGE,
} from 'onnx-autograd';
import { openBackend } from 'onnx-autograd/node';
import { VentrisegError } from '../errors.ts';
import { writeWhole } from '../files/index.ts';
import {
  CHECKPOINT_FILE,
  createRun,
  EVALUATION_FILE,
  MODEL_FILE,
  reopenRun,
} from '../training/run-folder.ts';
import { RunLog } from '../training/run-log.ts';
import { buildVolumeNetwork, exportVolumeModel, locateClasses, segmentClasses } from '../volumes/index.ts';
import { type CaseScores, evaluateVolumes, groupNames, meanScore } from './evaluate-volumes.ts';
import { openVolumes, type VolumeDataset } from './open-volumes.ts';
import { parseVolumeRecipe, type VolumeRecipe, volumeLosses } from './volume-recipe.ts';
import { VolumeSampler } from './volume-sampler.ts';
import { drawVolumeSheet } from './volume-sheet.ts';

export interface TrainVolumesOptions {
  /** Folder that `prepareVolumes` made. */
  readonly dataset: string;
  readonly recipe: VolumeRecipe;
  /** Folder to make; it must not exist unless `resume`. */
  readonly output: string;
  readonly resume?: boolean;
  /** Model file of a network of the same build, whose weights are the start values. */
  readonly from?: string;
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
 * @throws VentrisegError OUTPUT_EXISTS, BAD_DATASET, RUN_MISMATCH (resuming with other data or recipe);
 * AutogradError RUNTIME_UNAVAILABLE; NON_FINITE when the training diverges, its last checkpoint intact
 */
export async function trainVolumes(options: TrainVolumesOptions): Promise<TrainVolumesResult> {
  const { output, signal, onProgress } = options;
  const recipe =
    options.epochs === undefined ? options.recipe : { ...options.recipe, epochs: options.epochs };
  const { role } = recipe;
  const dataset = await openVolumes(options.dataset, role);
  const checkpoint = options.resume ? await reopenRun(output, recipe, dataset, parseVolumeRecipe) : undefined;
  if (checkpoint === undefined) await createRun(output, recipe, dataset);
  const classes = role === 'segment' ? segmentClasses : locateClasses;
  const network = (shape: Shape3) =>
    buildVolumeNetwork(recipe.name, recipe.network, classes.length, shape, true);
  const backend = await openBackend(options.backend, options);
  const createTrainer = (loss: Loss) =>
    Trainer.create({
      network: network(recipe.shape),
      loss,
      optimiser: recipe.optimiser,
      runtime: backend.runtime,
      session: backend.session,
      seed: recipe.seed,
      chunkSize: 1,
      ...(backend.lanes && { lanes: backend.lanes }),
      ...(recipe.clipNorm === undefined ? {} : { clipNorm: recipe.clipNorm }),
      ...(recipe.averageDecay === undefined ? {} : { averageDecay: recipe.averageDecay }),
    });
  const steps = recipe.epochs * recipe.stepsPerEpoch;
  const phases = volumeLosses(recipe, steps);
  const phaseAt = (step: number) =>
    phases.findIndex(({ until }, i) => step < until || i === phases.length - 1);
  let phase = phaseAt(checkpoint?.step ?? 0);
  let trainer = await createTrainer(phases[phase]!.loss);
  const sampler = new VolumeSampler({
    role,
    groups: trainingGroups(dataset, recipe.realShare),
    shape: recipe.shape,
    augmentation: recipe.augmentation,
    seed: recipe.seed + 2,
  });
  if (checkpoint !== undefined) {
    trainer.restore(checkpoint);
    sampler.state = checkpoint.extra as RandomState;
  } else if (options.from !== undefined) {
    await startFrom(trainer, options.from);
  }
  const inference = buildInferenceGraph(network(recipe.testShape), 1);
  const pass = await ForwardPass.create(backend.runtime, inference, backend.session);
  const tests = testCases(dataset);
  const log = await RunLog.open(output, checkpoint?.step);
  if (checkpoint === undefined) log.beginning(recipe, 'cross-entropy + soft-dice', inference);
  let samplerState = sampler.state;
  const saveCheckpoint = () =>
    writeWhole(
      join(output, CHECKPOINT_FILE),
      encodeCheckpoint({ ...trainer.checkpoint(), extra: samplerState }),
    );
  const saveModel = () =>
    writeWhole(
      join(output, MODEL_FILE),
      exportVolumeModel({
        role,
        network: recipe.network,
        classes,
        shape: recipe.testShape,
        recipe,
        steps: trainer.step,
        weights: trainer.namedWeights(),
      }),
    );

  const started = performance.now();
  const startedAt = trainer.step;
  let scores: CaseScores[] = [];
  let status: 'success' | 'failure' = 'failure';
  try {
    if (checkpoint === undefined) {
      await saveCheckpoint();
      log.picture('samples', drawVolumeSheet(sampler.nextBatch(8), recipe.shape, role), 0);
      sampler.state = samplerState;
    }
    let lossSum = 0;
    let lossCount = 0;
    let batch = trainer.step < steps ? sampler.nextBatch(recipe.batchSize) : undefined;
    while (batch !== undefined && !signal?.aborted) {
      if (phaseAt(trainer.step) !== phase) {
        phase = phaseAt(trainer.step);
        const at = trainer.checkpoint();
        await trainer.release();
        trainer = await createTrainer(phases[phase]!.loss);
        trainer.restore(at);
      }
      const epoch = Math.floor(trainer.step / recipe.stepsPerEpoch) + 1;
      const learningRate = learningRateAt(recipe.schedule, recipe.learningRate, trainer.step, steps);
      samplerState = sampler.state;
      const stepping = trainer.train(batch, learningRate);
      // A rejection while the next batch is being made must not count as unhandled.
      stepping.catch(() => undefined);
      batch = trainer.step + 1 < steps ? sampler.nextBatch(recipe.batchSize) : undefined;
      const { loss, gradientNorm } = await stepping;
      lossSum += loss;
      lossCount++;
      const progress = (): TrainVolumesProgress => {
        const seconds = (performance.now() - started) / 1000;
        const volumesPerSecond = ((trainer.step - startedAt) * recipe.batchSize) / seconds;
        return {
          epoch,
          epochs: recipe.epochs,
          step: trainer.step,
          steps,
          trainLoss: lossSum / lossCount,
          volumesPerSecond,
          secondsLeft: ((steps - trainer.step) * recipe.batchSize) / volumesPerSecond,
        };
      };
      onProgress?.(progress());
      if (trainer.step % recipe.stepsPerEpoch === 0) {
        scores = await evaluateVolumes(role, tests, recipe.testShape, pass, trainer.namedWeights());
        await log.scalars(epoch, trainer.step, {
          'loss/train': lossSum / lossCount,
          ...diceScalars(role, scores),
          learning_rate: learningRate,
          gradient_norm: gradientNorm,
          volumes_per_second: progress().volumesPerSecond,
        });
        for (const [name, values] of trainer.namedWeights())
          log.histogram(`weights/${name}`, values, trainer.step);
        await saveModel();
        await writeWhole(
          join(output, EVALUATION_FILE),
          `${JSON.stringify({ step: trainer.step, groups: groupNames[role], cases: scores }, null, 2)}\n`,
        );
        onProgress?.({ ...progress(), evaluated: scores });
        lossSum = 0;
        lossCount = 0;
      }
      if (trainer.step % CHECKPOINT_EVERY === 0 || batch === undefined) await saveCheckpoint();
    }
    status = 'success';
  } finally {
    await log.close(status);
    await Promise.all([trainer.release(), pass.release()]);
  }
  return { output, step: trainer.step, finished: trainer.step >= steps, scores };
}

/** @throws VentrisegError NO_SUCH_FILE; AutogradError BAD_ARGUMENT when its network is built differently */
async function startFrom(trainer: Trainer, path: string): Promise<void> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new VentrisegError('NO_SUCH_FILE', `${path}: cannot be read`, { path, cause });
  });
  const given = trainableWeights(trainer.gradientGraph, readModelWeights(bytes));
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

function diceScalars(role: VolumeRecipe['role'], scores: readonly CaseScores[]): Record<string, number> {
  if (scores.length === 0) return {};
  return {
    'dice/test': meanScore(scores.map(({ all }) => all)),
    'dice/worst': Math.min(...scores.map(({ all }) => all)),
    ...Object.fromEntries(
      groupNames[role].map((name, g) => [`dice/test/${name}`, meanScore(scores.map(({ dice }) => dice[g]!))]),
    ),
  };
}
