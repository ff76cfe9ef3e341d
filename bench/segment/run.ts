/**
 * `npm run bench:segment`: from a file to its written results, stage by stage, with the memory that takes, beside one
 * run of the network class that brainchop uses (see mesh-net.ts) on the same runtime and threads. Each side runs in a
 * process of its own, so that the memory of one is not counted for the other.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as runtime from 'onnxruntime-node';
import { openModel, segmentFile } from 'ventriseg/node';
import { dataPath } from '../../test/data-folder.ts';
import { runScript, UsageError, wholeNumber } from '../command-line.ts';
import { markdownTable } from '../experiment-2017/markdown-table.ts';
import { meshNet } from './mesh-net.ts';

const help = `npm run bench:segment -- [options] [scan]

The scan is a path inside of ../shared/data (VENTRISEG_DATA) or of its own; default: a whole head of 256^3 voxels.

  --model NAME|FILE   instead of the shipped model
  --threads N         of both networks (default 2)
  --repeats N         runs after the first, which is warmed up by (default 5)
  --no-mesh-net       ours alone
  --side N            voxels along each side of MeshNet's input (default 256, which needs 5 GB)
  --json              prints data instead of tables
  --help
`;
const defaultScan = 'unlabelled/t1_crop.nii.gz';

interface OurTimes {
  readonly scan: string;
  readonly model: string;
  /** Medians over the repeats, ms. */
  readonly stagesMs: Readonly<Record<string, number>>;
  /** From the call to the written result, ms: median, and processor time of all threads. */
  readonly wholeMs: number;
  readonly processorMs: number;
  readonly peakMb: number;
}

interface MeshNetTimes {
  readonly side: number;
  readonly networkMs: number;
  readonly processorMs: number;
  readonly peakMb: number;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const peakMb = () => process.resourceUsage().maxRSS / 1024;

/** Times a call: wall and processor time in ms. */
async function timed<T>(call: () => Promise<T>): Promise<{ result: T; ms: number; processorMs: number }> {
  const before = process.cpuUsage();
  const start = performance.now();
  const result = await call();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { result, ms, processorMs: (user + system) / 1000 };
}

async function timeOurs(scan: string, model: string | undefined, threads: number, repeats: number) {
  const output = await mkdtemp(join(tmpdir(), 'ventriseg-bench-'));
  const loaded = await openModel(model, { threads });
  const runs: { ms: number; processorMs: number; stages: Readonly<Record<string, number>> }[] = [];
  let name = '';
  try {
    for (let run = 0; run <= repeats; run++) {
      const { result, ...times } = await timed(() =>
        segmentFile(scan, { output, model: loaded, name: 'scan', overwrite: true }),
      );
      name = result.record.model.name;
      const { ms, processorMs } = times;
      if (run > 0) runs.push({ ms, processorMs, stages: result.record.timingsMs });
    }
  } finally {
    await loaded.release();
    await rm(output, { recursive: true });
  }
  const stagesMs = Object.fromEntries(
    Object.keys(runs[0]!.stages).map((stage) => [stage, median(runs.map(({ stages }) => stages[stage]!))]),
  );
  const times: OurTimes = {
    ...{ scan, model: name, stagesMs },
    wholeMs: median(runs.map(({ ms }) => ms)),
    processorMs: median(runs.map(({ processorMs }) => processorMs)),
    peakMb: peakMb(),
  };
  return times;
}

async function timeMeshNet(side: number, threads: number): Promise<MeshNetTimes> {
  const session = await runtime.InferenceSession.create(meshNet(side), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  const shape = [1, 1, side, side, side];
  const image = new runtime.Tensor('float32', new Float32Array(side ** 3).fill(0.5), shape);
  // One run: it takes so long that warming up changes little.
  const { ms, processorMs } = await timed(() => session.run({ image }));
  await session.release();
  return { side, networkMs: ms, processorMs, peakMb: peakMb() };
}

/** Runs this script again for one of the two sides. */
function inProcess<T>(task: string, argument: unknown): T {
  const script = fileURLToPath(import.meta.url);
  const { status, stdout, stderr, signal } = spawnSync(
    process.execPath,
    ['--import', 'tsx', script, '--task', task, '--argument', JSON.stringify(argument)],
    { encoding: 'utf8' },
  );
  if (status === 0) return JSON.parse(stdout) as T;
  throw new Error(`${task} ended with ${signal ?? `code ${status}`}: ${stderr.trim() || 'out of memory?'}`);
}

function print(ours: OurTimes, meshNetTimes: MeshNetTimes | undefined): void {
  const stages = Object.entries(ours.stagesMs).map(([stage, ms]) => [stage, ms.toFixed(0)]);
  process.stdout.write(
    `${ours.scan}, model ${ours.model}, medians\n\n${markdownTable(['stage', 'ms'], stages)}\n\n`,
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
      task: { type: 'string' },
      argument: { type: 'string', default: '{}' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  if (values.task !== undefined) {
    const { scan, model, threads, repeats, side } = JSON.parse(values.argument);
    const times =
      values.task === 'ours'
        ? await timeOurs(scan, model, threads, repeats)
        : await timeMeshNet(side, threads);
    process.stdout.write(JSON.stringify(times));
    return;
  }
  if (positionals.length > 1) throw new UsageError('one scan at a time');
  const threads = wholeNumber('--threads', values.threads, 1);
  const repeats = wholeNumber('--repeats', values.repeats, 1);
  const side = wholeNumber('--side', values.side, 16);
  const scan = positionals[0] ?? dataPath(defaultScan);
  const ours = inProcess<OurTimes>('ours', { scan, model: values.model, threads, repeats });
  const other = values['mesh-net'] ? inProcess<MeshNetTimes>('mesh-net', { side, threads }) : undefined;
  if (values.json) process.stdout.write(`${JSON.stringify({ ours, meshNet: other ?? null }, null, 2)}\n`);
  else print(ours, other);
}

await runScript('bench:segment', main);
