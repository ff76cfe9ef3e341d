/**
 * A process that times one engine, so that memory is counted apart and idle threads of one engine do not disturb
 * the other. It is asked in lines of JSON and answers in lines of JSON; torch_bench.py speaks the same.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export type Task = 'forward' | 'train';

export type Request =
  /** Makes the task ready and does it once, untimed. */
  | { readonly command: 'prepare'; readonly task: Task }
  /** Does the task over and over for at least so long. */
  | { readonly command: 'measure'; readonly task: Task; readonly seconds: number };

export interface Prepared {
  /** Loss of the first step, from the start values; null where the task is not training. */
  readonly firstLoss: number | null;
}

export interface Measured {
  readonly images: number;
  readonly seconds: number;
  /** Largest resident set of the process so far. */
  readonly peakMemoryMb: number;
}

/** What a worker needs to know, handed over as JSON in its one argument. */
export interface WorkerSetup {
  readonly network: string;
  readonly filters: readonly number[];
  readonly skips: boolean;
  readonly outputChannels: number;
  readonly batch: number;
  readonly chunk: number;
  readonly spatial: readonly number[];
  readonly upsampling: 'linear' | 'nearest';
  readonly threads: number;
  /** Steps after the first that are not timed. */
  readonly warmUpSteps: number;
  readonly images: string;
  readonly targets: string;
  /** Start values, as weights-file.ts writes them. */
  readonly weights: string;
  /** PyTorch's memory layout. */
  readonly layout: 'contiguous' | 'channels_last';
}

export class Worker {
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly lines: AsyncIterator<string>;
  private readonly name: string;
  private complaints = '';

  private constructor(name: string, child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.name = name;
    this.child = child;
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.on('data', (piece: Buffer) => {
      this.complaints += piece.toString('utf8');
    });
  }

  /** Starts the process; it says `{"ready":true}` when it has loaded its engine. */
  static async start(
    name: string,
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Worker> {
    const child = spawn(command, [...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    const worker = new Worker(name, child);
    await worker.answer();
    return worker;
  }

  async prepare(task: Task): Promise<Prepared> {
    return (await this.ask({ command: 'prepare', task })) as Prepared;
  }

  async measure(task: Task, seconds: number): Promise<Measured> {
    return (await this.ask({ command: 'measure', task, seconds })) as Measured;
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.stdin.end();
    await ended;
  }

  private async ask(request: Request): Promise<unknown> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.answer();
  }

  private async answer(): Promise<unknown> {
    const { value, done } = await this.lines.next();
    if (done) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new Error(
        `${this.name} ended without an answer: ${this.complaints.trim() || 'it printed nothing'}`,
      );
    }
    return JSON.parse(value);
  }
}
