/**
 * `npm run bench:engine`: speed of training and inference on onnxruntime-node beside PyTorch's, on networks narrow
 * and wide.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runScript, UsageError, wholeNumber } from '../command-line.ts';
import { measureMatmulPeak } from './matmul-peak.ts';
import { benchmarkNetworks, imageSize, SIZE } from './networks.ts';
import { writePictures } from './pictures.ts';
import { benchmarkText, type EngineBenchmark } from './table.ts';
import { findPytorch, timeNetwork } from './time-network.ts';

/** "5 minutes an epoch" of 4,000 slices. */
const IMAGES_PER_SECOND_2017 = 13;

const help = `npm run bench:engine -- [options]

Times our engine (onnxruntime-node) and PyTorch side by side: forward passes and training steps, fp32.

  --only NAME      only this network; may be repeated. There are
                   ${benchmarkNetworks.map(({ name }) => name).join(', ')}
  --quick          under a minute: fewer and shorter rounds, smaller batches
  --rounds N       rounds of each engine (default 5, quick 2)
  --threads N      threads of each engine (default 2)
  --no-pytorch     our engine alone
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
      threads: { type: 'string', default: '2' },
      'no-pytorch': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const names = values.only ?? benchmarkNetworks.map(({ name }) => name);
  return {
    ...values,
    rounds: wholeNumber('--rounds', values.rounds ?? (values.quick ? '2' : '5'), 1),
    threads: wholeNumber('--threads', values.threads, 1),
    networks: names.map((name) => {
      const network = benchmarkNetworks.find((n) => n.name === name);
      if (network !== undefined) return network;
      throw new UsageError(`--only ${name}: there is ${benchmarkNetworks.map((n) => n.name).join(', ')}`);
    }),
  };
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  const { quick, threads, rounds } = options;
  const onProgress = (message: string) => process.stderr.write(`${message}\n`);
  const python = process.env.VENTRISEG_PYTHON ?? '/usr/bin/python3';
  const pytorch = options['no-pytorch'] ? { reason: 'left out by --no-pytorch' } : findPytorch(python);
  if ('reason' in pytorch) onProgress(`no PyTorch: ${pytorch.reason}`);
  const start = performance.now();
  const directory = await mkdtemp(join(tmpdir(), 'ventriseg-bench-'));
  try {
    const batchOf = (n: (typeof benchmarkNetworks)[number]) => (quick ? n.quickBatch : n.batch);
    // A volume is as many pictures, one after another.
    const picturesOf = (n: (typeof benchmarkNetworks)[number]) => (batchOf(n) * imageSize(n)) / SIZE ** 2;
    const pictures = await writePictures(directory, Math.max(...options.networks.map(picturesOf)), 1);
    onProgress('matrix products');
    const matmulPeakGflops = await measureMatmulPeak(threads, quick ? 0.5 : 2);
    const networks: EngineBenchmark['networks'][number][] = [];
    for (const network of options.networks) {
      const timing = await timeNetwork(network, {
        threads,
        rounds,
        seconds: quick ? { forward: 0.2, train: 0.3 } : { forward: 2, train: 4 },
        batch: batchOf(network),
        python: 'version' in pytorch ? python : undefined,
        directory,
        pictures,
        onProgress,
      });
      const timesThe2017Speed = network.name.endsWith('-2017')
        ? timing.training.ours.imagesPerSecond / IMAGES_PER_SECOND_2017
        : null;
      networks.push({ ...timing, timesThe2017Speed });
    }
    const benchmark: EngineBenchmark = {
      cpu: cpus()[0]?.model ?? 'unknown processor',
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
    onProgress(`took ${((performance.now() - start) / 1000).toFixed(0)} s`);
    process.stdout.write(options.json ? `${JSON.stringify(benchmark, null, 2)}\n` : benchmarkText(benchmark));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

await runScript('bench:engine', main);
