/** The benchmark's figures as text for people. */
import type { OperatorTime } from './operator-times.ts';
import type { NetworkTiming, TaskTiming } from './time-network.ts';
import type { Task } from './worker-protocol.ts';

export interface EngineBenchmark {
  readonly cpu: string;
  readonly threads: number;
  readonly rounds: number;
  readonly quick: boolean;
  /** Of a 1024^3 matrix product on the same runtime and threads. */
  readonly matmulPeakGflops: number;
  /** Null with the reason when there is none. */
  readonly pytorch: { readonly version: string | null; readonly missing: string | null };
  /** Training speed of the 2017 experiment, on eight cores of its time. */
  readonly imagesPerSecondOf2017: number;
  readonly networks: readonly (NetworkTiming & {
    /** Our training speed over 2017's; null for networks that are not of 2017. */
    readonly timesThe2017Speed: number | null;
  })[];
}

const headings = ['network', 'task', 'images/s', 'GFLOP/s', 'of peak', 'memory MB'];
const pytorchHeadings = ['PyTorch images/s', 'GFLOP/s', 'of peak', 'memory MB', 'layout', 'ours : PyTorch'];

/** Where the time of one thread goes. */
export interface OperatorBenchmark {
  readonly cpu: string;
  /** Of a 1024^3 matrix product on one thread. */
  readonly matmulPeakGflops: number;
  readonly networks: readonly {
    readonly title: string;
    readonly operators: Readonly<Record<Task, readonly OperatorTime[]>>;
  }[];
}

/** One row an operator, under its network and task. */
export function operatorText({ cpu, matmulPeakGflops: peak, networks }: OperatorBenchmark): string {
  const rows = networks.flatMap(({ title, operators }) =>
    (['forward', 'train'] as const).flatMap((task) =>
      operators[task].map(({ operator, share, gflopsPerSecond: gflops, gigabytesPerSecond }, i) => [
        i === 0 ? `${title}, ${task}` : '',
        operator,
        `${(100 * share).toFixed(1)} %`,
        gflops === null ? '' : gflops.toFixed(0),
        gflops === null ? '' : `${((100 * gflops) / peak).toFixed(0)} %`,
        gigabytesPerSecond.toFixed(1),
      ]),
    ),
  );
  const heads = ['network', 'operator', 'of time', 'GFLOP/s', 'of peak', 'GB/s'];
  return (
    `${alignTable([heads, ...rows])}\n\n` +
    `${cpu}, one thread, fp32; matrix products of 1024^3 run at ${peak.toFixed(0)} GFLOP/s. ` +
    'Arithmetic with the fillers of incomplete blocks; operators of less than 1 % are left out.\n'
  );
}

/** A table, one row a network and task, and notes below it. */
export function benchmarkText(benchmark: EngineBenchmark): string {
  const { pytorch, matmulPeakGflops: peak } = benchmark;
  const compared = pytorch.version !== null;
  const rows = benchmark.networks.flatMap((network) => [
    taskRow(network.title, 'forward', network.forward, peak, compared),
    taskRow('', 'training', network.training, peak, compared),
  ]);
  const notes = [
    `${benchmark.cpu}, ${benchmark.threads} threads, fp32, medians of ${benchmark.rounds} rounds in turns; ` +
      `matrix products of 1024^3 run at ${peak.toFixed(0)} GFLOP/s.`,
    compared
      ? `PyTorch ${pytorch.version}, the faster of its two memory layouts; same network, start values, batch, loss and Adam.`
      : `PyTorch could not be timed, so only our figures are shown (${pytorch.missing}).`,
    'Batches: ' +
      `${benchmark.networks.map(({ title, batch, chunk }) => `${title} ${batch} in chunks of ${chunk}`).join(', ')}.`,
    'Memory is the largest resident set of a process that does nothing else, runtime included.',
    ...benchmark.networks.flatMap(firstLossNote),
    ...benchmark.networks.flatMap(({ title, training, timesThe2017Speed }) =>
      timesThe2017Speed === null
        ? []
        : [
            `${title}: training at ${training.ours.imagesPerSecond.toFixed(0)} images/s is ` +
              `${timesThe2017Speed.toFixed(1)} times the ${benchmark.imagesPerSecondOf2017} of 2017 (8 cores).`,
          ],
    ),
  ];
  const heads = compared ? [...headings, ...pytorchHeadings] : headings;
  return `${alignTable([heads, ...rows])}\n\n${notes.join('\n')}\n`;
}

function taskRow(title: string, task: string, timing: TaskTiming, peak: number, compared: boolean): string[] {
  const figures = (t: { imagesPerSecond: number; gflopsPerSecond: number; peakMemoryMb: number }) => [
    t.imagesPerSecond.toFixed(1),
    t.gflopsPerSecond.toFixed(0),
    `${((100 * t.gflopsPerSecond) / peak).toFixed(0)} %`,
    t.peakMemoryMb.toFixed(0),
  ];
  const own = [title, task, ...figures(timing.ours)];
  const { pytorch, ratio } = timing;
  if (!compared || pytorch === null || ratio === null) return own;
  return [...own, ...figures(pytorch), pytorch.layout.replace('_', ' '), ratio.toFixed(2)];
}

/** Says so where the two engines cannot have computed the same. */
function firstLossNote({ title, firstLoss: { ours, pytorch } }: NetworkTiming): string[] {
  if (pytorch === null || Math.abs(ours - pytorch) <= 1e-4 * Math.abs(pytorch)) return [];
  return [`${title}: WARNING, the losses of the first step differ: ours ${ours}, PyTorch's ${pytorch}.`];
}

function alignTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const isText = (column: number) => column < 2;
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  return [line(rows[0]!), widths.map((w) => '-'.repeat(w)).join('  '), ...rows.slice(1).map(line)].join('\n');
}
