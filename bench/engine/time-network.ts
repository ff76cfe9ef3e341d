/**
 * Times one network on our engine and on PyTorch in turns: every round measures ours, then PyTorch in each memory
 * layout, so that a machine that slows down does so for all. All forward rounds come before the first training
 * round, so that the peak memory of inference is known apart.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildInferenceGraph, countFlops, Trainer } from 'onnx-autograd';
import * as onnxruntime from 'onnxruntime-node';
import { writeWeights } from '../pytorch/weights-file.ts';
import type { BenchmarkNetwork } from './networks.ts';
import type { PictureFiles } from './pictures.ts';
import { type Task, Worker, type WorkerSetup } from './worker-protocol.ts';

export interface TimingOptions {
  readonly threads: number;
  readonly rounds: number;
  /** Least length of a round. */
  readonly seconds: Readonly<Record<Task, number>>;
  readonly batch: number;
  readonly warmUpSteps: number;
  /** Interpreter with PyTorch; undefined to time our engine alone. */
  readonly python: string | undefined;
  /** For the start values. */
  readonly directory: string;
  readonly pictures: PictureFiles;
  readonly onProgress: (message: string) => void;
}

export interface Timing {
  /** Median over the rounds. */
  readonly imagesPerSecond: number;
  /** Of each round. */
  readonly rounds: readonly number[];
  readonly gflopsPerSecond: number;
  readonly peakMemoryMb: number;
}

export type PytorchTiming = Timing & {
  /** The faster of the two, which the figures are of. */
  readonly layout: WorkerSetup['layout'];
  /** Median of each layout. */
  readonly layouts: Readonly<Record<string, number>>;
};

export interface TaskTiming {
  readonly ours: Timing;
  readonly pytorch: PytorchTiming | null;
  /** Images per second of ours over PyTorch's; null without PyTorch. */
  readonly ratio: number | null;
}

export interface NetworkTiming {
  readonly name: string;
  readonly title: string;
  readonly parameters: number;
  readonly batch: number;
  readonly chunk: number;
  /** Forward, convolutions and matrix products; training is counted as three times this. */
  readonly gflopPerImage: number;
  readonly forward: TaskTiming;
  readonly training: TaskTiming;
  readonly forwardRatio: number | null;
  readonly trainRatio: number | null;
  /** From the same start values on the same batch: equal if the networks are. */
  readonly firstLoss: { readonly ours: number; readonly pytorch: number | null };
}

const layouts = ['contiguous', 'channels_last'] as const;
const TRAINING_FLOPS = 3;
/** Between rounds, ms: idle threads spin for a while before they sleep. */
const PAUSE = 150;

const fileBeside = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The interpreter if it has PyTorch, or why it has not. */
export function findPytorch(python: string): { version: string } | { reason: string } {
  const tried = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' });
  if (tried.status === 0) return { version: tried.stdout.trim() };
  const said =
    (tried.error?.message ?? tried.stderr.trim().split('\n').at(-1)) || `ended with code ${tried.status}`;
  return { reason: `${python}: ${said}` };
}

export async function timeNetwork(spec: BenchmarkNetwork, options: TimingOptions): Promise<NetworkTiming> {
  const graph = buildInferenceGraph(spec.network, 1);
  const flops = countFlops(graph);
  const gflopPerImage = (flops.convolutions + flops.products) / 1e9;
  const weights = join(options.directory, `${spec.name}.json`);
  const parameters = await writeStartWeights(spec, weights);
  const { ours, pytorch } = await startWorkers(spec, options, weights);
  try {
    const measure = async (task: Task, flopsFactor: number) => {
      const losses = await prepareAll(task, ours, pytorch);
      const perRound = await runRounds(task, spec, options, ours, pytorch);
      return { losses, timing: summarise(perRound, gflopPerImage * flopsFactor) };
    };
    const forward = (await measure('forward', 1)).timing;
    const { losses, timing: training } = await measure('train', TRAINING_FLOPS);
    return {
      name: spec.name,
      title: spec.title,
      parameters,
      batch: options.batch,
      chunk: spec.chunk,
      gflopPerImage,
      forward,
      training,
      forwardRatio: forward.ratio,
      trainRatio: training.ratio,
      firstLoss: { ours: losses[0]!, pytorch: losses[1] ?? null },
    };
  } finally {
    await Promise.all([ours, ...pytorch.map(([, worker]) => worker)].map((worker) => worker.stop()));
  }
}

type TorchWorkers = readonly (readonly [WorkerSetup['layout'], Worker])[];

/** @returns number of trainable parameters */
async function writeStartWeights(spec: BenchmarkNetwork, path: string): Promise<number> {
  const trainer = await Trainer.create({
    network: spec.network,
    loss: spec.loss,
    optimiser: { kind: 'adam' },
    runtime: onnxruntime,
    chunkSize: 1,
    session: { intraOpNumThreads: 1 },
  });
  await writeWeights(path, trainer);
  await trainer.release();
  return trainer.layout.trainableCount;
}

async function startWorkers(spec: BenchmarkNetwork, options: TimingOptions, weights: string) {
  const setup = (layout: WorkerSetup['layout']): WorkerSetup => ({
    network: spec.name,
    filters: spec.filters,
    skips: spec.skips,
    outputChannels: spec.outputChannels,
    batch: options.batch,
    chunk: spec.chunk,
    spatial: spec.spatial,
    upsampling: spec.upsampling,
    threads: options.threads,
    warmUpSteps: options.warmUpSteps,
    images: options.pictures.images,
    targets: options.pictures.targets,
    weights,
    layout,
  });
  const ourArgs = ['--import', 'tsx', fileBeside('engine-worker.ts'), JSON.stringify(setup('contiguous'))];
  const { python } = options;
  const environment = { OMP_NUM_THREADS: String(options.threads) };
  const starting = [
    Worker.start('our engine', process.execPath, ourArgs),
    ...(python === undefined ? [] : layouts).map((layout) => {
      const args = [fileBeside('torch_bench.py'), JSON.stringify(setup(layout))];
      return Worker.start(`PyTorch ${layout}`, python!, args, environment);
    }),
  ];
  const results = await Promise.allSettled(starting);
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(started.map((worker) => worker.stop()));
    throw failed.reason;
  }
  const [ours, ...theirs] = started;
  return { ours: ours!, pytorch: theirs.map((worker, i) => [layouts[i]!, worker] as const) };
}

/** @returns first losses of training: ours, then PyTorch's */
async function prepareAll(task: Task, ours: Worker, pytorch: TorchWorkers): Promise<number[]> {
  const losses = [(await ours.prepare(task)).firstLoss];
  for (const [, worker] of pytorch) losses.push((await worker.prepare(task)).firstLoss);
  return losses.filter((loss) => loss !== null);
}

interface Rounds {
  readonly speeds: number[];
  peakMemoryMb: number;
}

async function runRounds(
  task: Task,
  spec: BenchmarkNetwork,
  options: TimingOptions,
  ours: Worker,
  pytorch: TorchWorkers,
): Promise<Map<string, Rounds>> {
  const found = new Map<string, Rounds>();
  for (let round = 1; round <= options.rounds; round++) {
    options.onProgress(`${spec.name}: ${task}, round ${round} of ${options.rounds}`);
    for (const [name, worker] of [['ours', ours] as const, ...pytorch]) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      const { images, seconds, peakMemoryMb } = await worker.measure(task, options.seconds[task]);
      const rounds = found.get(name) ?? { speeds: [], peakMemoryMb: 0 };
      rounds.speeds.push(images / seconds);
      rounds.peakMemoryMb = peakMemoryMb;
      found.set(name, rounds);
    }
  }
  return found;
}

function summarise(perRound: Map<string, Rounds>, gflopPerImage: number): TaskTiming {
  const timing = ({ speeds, peakMemoryMb }: Rounds): Timing => {
    const imagesPerSecond = median(speeds);
    return {
      imagesPerSecond,
      rounds: speeds,
      gflopsPerSecond: imagesPerSecond * gflopPerImage,
      peakMemoryMb,
    };
  };
  const ours = timing(perRound.get('ours')!);
  const theirs = layouts.flatMap((layout) => {
    const rounds = perRound.get(layout);
    return rounds === undefined ? [] : [{ layout, ...timing(rounds) }];
  });
  if (theirs.length === 0) return { ours, pytorch: null, ratio: null };
  const best = theirs.reduce((a, b) => (b.imagesPerSecond > a.imagesPerSecond ? b : a));
  const speeds = Object.fromEntries(theirs.map((t) => [t.layout, t.imagesPerSecond]));
  return {
    ours,
    pytorch: { ...best, layouts: speeds },
    ratio: ours.imagesPerSecond / best.imagesPerSecond,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
