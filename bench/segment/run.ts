/**
 * `npm run bench:segment`: from a file to its written results, stage by stage, with the memory that takes, beside one
 * run of the network class that brainchop uses (see mesh-net.ts) on the same runtime and threads. Each side runs in a
 * process of its own, so that the memory of one is not counted for the other.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as runtime from 'onnxruntime-node';
import { dataPath } from '../../test/data-folder.ts';
import { runScript, UsageError, wholeNumber } from '../command-line.ts';
import { markdownTable } from '../experiment-2017/markdown-table.ts';
import { meshNet } from './mesh-net.ts';

const help = `npm run bench:segment -- [options] [scan]

The scan is a path inside of ../shared/data (VENTRISEG_DATA) or of its own; default: a whole head of 256^3 voxels.

  --model NAME|FILE   instead of the shipped model
  --threads N         of both networks (default 2)
  --repeats N         runs after the first three, which warm the process up (default 5)
  --no-mesh-net       ours alone
  --side N            voxels along each side of MeshNet's input (default 256, which needs 5 GB)
  --json              prints data instead of tables
  --help
`;
const defaultScan = 'unlabelled/t1_crop.nii.gz';

/** What time-segment.mjs prints. */
interface OurTimes {
  readonly scan: string;
  readonly model: string;
  /** From the call to the written result, ms: the first one of the process; then medians of warm ones. */
  readonly firstMs: number;
  readonly wholeMs: number;
  /** Of all threads. */
  readonly processorMs: number;
  readonly stagesMs: Readonly<Record<string, number>>;
  readonly peakMb: number;
}

interface MeshNetTimes {
  readonly side: number;
  readonly networkMs: number;
  readonly processorMs: number;
  readonly peakMb: number;
}

async function timeMeshNet(side: number, threads: number): Promise<MeshNetTimes> {
  const session = await runtime.InferenceSession.create(meshNet(side), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  const shape = [1, 1, side, side, side];
  const image = new runtime.Tensor('float32', new Float32Array(side ** 3).fill(0.5), shape);
  const before = process.cpuUsage();
  const start = performance.now();
  // One run: it takes so long that warming up changes little.
  await session.run({ image });
  const networkMs = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  await session.release();
  const peakMb = process.resourceUsage().maxRSS / 1024;
  return { side, networkMs, processorMs: (user + system) / 1000, peakMb };
}

/** Runs one of the two sides in a process of its own, which prints its times. */
function inProcess<T>(task: string, argumentsOfNode: readonly string[]): T {
  const { status, stdout, stderr, signal } = spawnSync(process.execPath, argumentsOfNode, {
    encoding: 'utf8',
  });
  if (status === 0) return JSON.parse(stdout) as T;
  throw new Error(`${task} ended with ${signal ?? `code ${status}`}: ${stderr.trim() || 'out of memory?'}`);
}

function print(ours: OurTimes, meshNetTimes: MeshNetTimes | undefined): void {
  const stages = Object.entries(ours.stagesMs).map(([stage, ms]) => [stage, ms.toFixed(0)]);
  process.stdout.write(
    `${ours.scan}, model ${ours.model}; first scan of the process ${ours.firstMs.toFixed(0)} ms, then medians:\n\n` +
      `${markdownTable(['stage', 'ms'], stages)}\n\n`,
  );
  const row = (name: string, ms: number, processorMs: number, mb: number) => [
    ...[name, ms.toFixed(0), processorMs.toFixed(0), mb.toFixed(0)],
    (ms / ours.wholeMs).toFixed(1),
  ];
  const rows = [row('ventriseg, file to written results', ours.wholeMs, ours.processorMs, ours.peakMb)];
  if (meshNetTimes !== undefined) {
    const { side, networkMs, processorMs, peakMb: mb } = meshNetTimes;
    rows.push(row(`MeshNet 30 x 18 on ${side}^3, network alone`, networkMs, processorMs, mb));
  }
  process.stdout.write(`${markdownTable(['', 'ms', 'processor ms', 'peak MB', 'times ours'], rows)}\n`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      model: { type: 'string' },
      threads: { type: 'string', default: '2' },
      repeats: { type: 'string', default: '5' },
      'mesh-net': { type: 'boolean', default: true },
      side: { type: 'string', default: '256' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      'mesh-net-alone': { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  if (positionals.length > 1) throw new UsageError('one scan at a time');
  const threads = wholeNumber('--threads', values.threads, 1);
  const repeats = wholeNumber('--repeats', values.repeats, 1);
  const side = wholeNumber('--side', values.side, 16);
  if (values['mesh-net-alone']) {
    process.stdout.write(JSON.stringify(await timeMeshNet(side, threads)));
    return;
  }
  const scan = positionals[0] ?? dataPath(defaultScan);
  const script = fileURLToPath(new URL('time-segment.mjs', import.meta.url));
  const ours = inProcess<OurTimes>('ventriseg', [
    script,
    JSON.stringify({ scan, model: values.model, threads, repeats }),
  ]);
  const alone = ['--mesh-net-alone', '--side', values.side, '--threads', values.threads];
  const other = values['mesh-net']
    ? inProcess<MeshNetTimes>('MeshNet', ['--import', 'tsx', fileURLToPath(import.meta.url), ...alone])
    : undefined;
  if (values.json) process.stdout.write(`${JSON.stringify({ ours, meshNet: other ?? null }, null, 2)}\n`);
  else print(ours, other);
}

await runScript('bench:segment', main);
