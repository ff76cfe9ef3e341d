/**
 * `npm run bench:engine`: speed of training and inference on onnxruntime-node beside PyTorch's, on networks narrow
 * and wide.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runScript, tell, UsageError, wholeNumber } from '../command-line.ts';
import { measureMatmulPeak } from './matmul-peak.ts';
import { type BenchmarkNetwork, benchmarkNetworks, imageSize, SIZE } from './networks.ts';
import { operatorTimes } from './operator-times.ts';
import { type PictureFiles, writePictures } from './pictures.ts';
import { benchmarkText, type EngineBenchmark, type OperatorBenchmark, operatorText } from './table.ts';
import { findPytorch, timeNetwork } from './time-network.ts';
import type { Task } from './worker-protocol.ts';

/** "5 minutes an epoch" of 4,000 slices. */
const IMAGES_PER_SECOND_2017 = 13;
/** Least length of what operators are noted of. */
const OPERATOR_SECONDS = 4;

const help = `npm run bench:engine -- [options]

Times our engine (onnxruntime-node) and PyTorch side by side: forward passes and training steps, fp32.

  --only NAME      only this network; may be repeated. There are
                   ${benchmarkNetworks.map(({ name }) => name).join(', ')}
  --quick          under a minute: fewer and shorter rounds, no volumes unless --only names them, and batches so small
                   that what is done once a batch weighs too much: ratios are lower than those of a whole run
  --rounds N       rounds of each engine (default 5, quick 2)
  --threads N      threads of each engine (default 2)
  --no-pytorch     our engine alone
  --operators      instead of speeds, where the time of our engine goes on one thread: the share of each operator,
                   its arithmetic beside that of large matrix products, and what it moves
  --json           prints data instead of a table
  --help

PyTorch is that of /usr/bin/python3 (Debian: apt install python3-torch), or of the interpreter that
VENTRISEG_PYTHON names; without it only our figures are printed.
`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      threads: { type: 'string' },
      'no-pytorch': { type: 'boolean', default: false },
      operators: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const ofSpeeds = (['quick', 'rounds', 'threads', 'no-pytorch'] as const).filter((name) => values[name]);
  if (values.operators && ofSpeeds.length > 0) {
    throw new UsageError(`--operators measures no speeds; leave out --${ofSpeeds.join(', --')}`);
  }
  const usual = values.quick
    ? benchmarkNetworks.filter(({ spatial }) => spatial.length === 2)
    : benchmarkNetworks;
  const names = values.only ?? usual.map(({ name }) => name);
  return {
    ...values,
    rounds: wholeNumber('--rounds', values.rounds ?? (values.quick ? '2' : '5'), 1),
    threads: wholeNumber('--threads', values.threads ?? '2', 1),
    networks: names.map((name) => {
      const network = benchmarkNetworks.find((n) => n.name === name);
      if (network !== undefined) return network;
      throw new UsageError(`--only ${name}: there is ${benchmarkNetworks.map((n) => n.name).join(', ')}`);
    }),
  };
}

type Options = ReturnType<typeof readOptions>;

const cpu = cpus()[0]?.model ?? 'unknown processor';

/** Our engine and PyTorch in turns. */
async function timeEngines(options: Options, directory: string): Promise<EngineBenchmark> {
  const { quick, threads, rounds } = options;
  const python = process.env.VENTRISEG_PYTHON ?? '/usr/bin/python3';
  const pytorch = options['no-pytorch'] ? { reason: 'left out by --no-pytorch' } : findPytorch(python);
  if ('reason' in pytorch) tell(`no PyTorch: ${pytorch.reason}`);
  const batchOf = (n: BenchmarkNetwork) => (quick ? n.quickBatch : n.batch);
  const pictures = await picturesFor(options, directory, batchOf);
  const matmulPeakGflops = await measureMatmulPeak(threads, quick ? 0.2 : 2);
  const networks: EngineBenchmark['networks'][number][] = [];
  for (const network of options.networks) {
    const timing = await timeNetwork(network, {
      threads,
      rounds,
      seconds: quick ? { forward: 0.1, train: 0.1 } : { forward: 2, train: 4 },
      batch: batchOf(network),
      warmUpSteps: quick ? 1 : 3,
      python: 'version' in pytorch ? python : undefined,
      directory,
      pictures,
      onProgress: tell,
    });
    const timesThe2017Speed = network.name.endsWith('-2017')
      ? timing.training.ours.imagesPerSecond / IMAGES_PER_SECOND_2017
      : null;
    networks.push({ ...timing, timesThe2017Speed });
  }
  return {
    cpu,
    threads,
    rounds,
    quick,
    matmulPeakGflops,
    pytorch: {
      version: 'version' in pytorch ? pytorch.version : null,
      missing: 'reason' in pytorch ? pytorch.reason : null,
    },
    imagesPerSecondOf2017: IMAGES_PER_SECOND_2017,
    networks,
  };
}

/** Our engine's operators on one thread. */
async function timeOperators(options: Options, directory: string): Promise<OperatorBenchmark> {
  const pictures = await picturesFor(options, directory, ({ batch }) => batch);
  const matmulPeakGflops = await measureMatmulPeak(1, 2);
  const networks: OperatorBenchmark['networks'][number][] = [];
  for (const network of options.networks) {
    const timesOf = (task: Task) => {
      tell(`${network.name}: operators, ${task}`);
      return operatorTimes(network, task, pictures, OPERATOR_SECONDS);
    };
    const operators = { forward: await timesOf('forward'), train: await timesOf('train') };
    networks.push({ title: network.title, operators });
  }
  return { cpu, matmulPeakGflops, networks };
}

function picturesFor(
  { networks }: Options,
  directory: string,
  batchOf: (network: BenchmarkNetwork) => number,
): Promise<PictureFiles> {
  // A volume is as many pictures, one after another.
  const counts = networks.map((network) => (batchOf(network) * imageSize(network)) / SIZE ** 2);
  return writePictures(directory, Math.max(...counts), 1);
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  const start = performance.now();
  const directory = await mkdtemp(join(tmpdir(), 'ventriseg-bench-'));
  const print = <T>(benchmark: T, text: (benchmark: T) => string) => {
    tell(`took ${((performance.now() - start) / 1000).toFixed(0)} s`);
    process.stdout.write(options.json ? `${JSON.stringify(benchmark, null, 2)}\n` : text(benchmark));
  };
  try {
    if (options.operators) print(await timeOperators(options, directory), operatorText);
    else print(await timeEngines(options, directory), benchmarkText);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

await runScript('bench:engine', main);
