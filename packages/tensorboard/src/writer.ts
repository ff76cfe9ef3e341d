/**
 * EventWriter: what a training loop calls. Turns scalars, histograms, images, graph, text and hyperparameters
 * into records and hands them to a sink: a file (`@ventriseg/tensorboard/node`), memory, a download.
 */
import { TensorBoardError } from './errors.ts';
import { type EventContent, encodeEvent } from './event.ts';
import { histogramOf } from './histogram.ts';
import {
  experimentValue,
  type HParamSession,
  type HParams,
  type SessionStatus,
  sessionEndValue,
  sessionStartValue,
} from './hparams.ts';
import { type PngHeader, readPngHeader } from './png-header.ts';
import { encodeRecord } from './record.ts';
import type { SummaryValue } from './summary.ts';
import { stringTensor } from './tensor.ts';

/** Where records go. Each `write` gets one whole record and is not called again before the last one is done. */
export interface EventSink {
  write(record: Uint8Array): Promise<void> | void;
  /** Makes what was written durable; optional. */
  flush?(): Promise<void> | void;
  close(): Promise<void> | void;
}

export interface EventWriterOptions {
  /** Milliseconds since 1970, the time of each event; `Date.now` when left out. */
  readonly clock?: () => number;
  /** The sink already holds the beginning of an event file: write no version event. */
  readonly append?: boolean;
  /**
   * For a resumed run: makes TensorBoard drop what the run's earlier files say about this step and later ones.
   */
  readonly purgeStep?: number;
}

/**
 * Writes events in the order of the calls. Methods return at once; with an asynchronous sink a failed write is
 * thrown by the next call, `flush()` or `close()`.
 *
 * @example
 * const writer = openEventFile('runs/first');
 * writer.scalar('train/loss', 0.31, 20);
 * await writer.close();
 */
export class EventWriter {
  readonly #sink: EventSink;
  readonly #clock: () => number;
  /** Resolves, never rejects, when the sink has taken all records; undefined when it has. */
  #pending: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;

  constructor(sink: EventSink, options: EventWriterOptions = {}) {
    this.#sink = sink;
    this.#clock = options.clock ?? Date.now;
    if (options.append !== true) {
      this.#emit(0, { kind: 'version', version: 'brain.Event:2' });
    }
    if (options.purgeStep !== undefined) {
      this.#emit(options.purgeStep, { kind: 'session-start' });
    }
  }

  /** A point of a curve. Stored as float32; NaN and infinities are shown as such. */
  scalar(tag: string, value: number, step: number): void {
    this.scalars({ [tag]: value }, step);
  }

  /** Points of several curves, by tag, in one event. */
  scalars(values: Readonly<Record<string, number>>, step: number): void {
    this.#summary(
      step,
      Object.entries(values).map(([tag, scalar]) => ({ tag, value: { kind: 'scalar', scalar } })),
    );
  }

  /**
   * How values are distributed, in `bucketCount` (30) equal buckets from the least to the greatest.
   *
   * @throws TensorBoardError NON_FINITE when a value is NaN or infinite; BAD_ARGUMENT without values.
   */
  histogram(tag: string, values: ArrayLike<number>, step: number, bucketCount?: number): void {
    this.#summary(step, [{ tag, value: { kind: 'histogram', histogram: histogramOf(values, bucketCount) } }]);
  }

  /**
   * A PNG picture, or several of one size, which get the tags `tag/image/0`, `tag/image/1` and so on.
   *
   * @throws TensorBoardError BAD_ARGUMENT when the bytes are no PNG file or not of the given size and channels.
   */
  image(tag: string, png: Uint8Array | readonly Uint8Array[], size: PngHeader, step: number): void {
    const pictures = png instanceof Uint8Array ? [png] : png;
    this.#summary(
      step,
      pictures.map((encoded, i) => {
        checkPicture(tag, encoded, size);
        const { width, height, channels } = size;
        return {
          tag: png instanceof Uint8Array ? tag : `${tag}/image/${i}`,
          value: { kind: 'image', image: { width, height, channels, encoded } },
        };
      }),
    );
  }

  /** The network, as `encodeGraphDef` gives it; TensorBoard shows one graph a run. */
  graph(graphDef: Uint8Array): void {
    this.#emit(0, { kind: 'graph', graphDef });
  }

  /** Text, rendered as Markdown. */
  text(tag: string, markdown: string, step: number): void {
    this.#summary(step, [
      {
        tag,
        metadata: { pluginName: 'text', content: new Uint8Array(0), dataClass: 2 },
        value: { kind: 'tensor', tensor: stringTensor(markdown) },
      },
    ]);
  }

  /** What this run was started with, for the HParams tab; once a run. */
  hparams(hparams: HParams, session: HParamSession = {}): void {
    const seconds = this.#clock() / 1000;
    const values = [sessionStartValue(hparams, session, seconds)];
    if (hparams.metrics !== undefined) {
      values.unshift(experimentValue(hparams, seconds));
    }
    this.#summary(0, values);
  }

  /** How the run announced by `hparams` ended. */
  endSession(status: SessionStatus): void {
    this.#summary(0, [sessionEndValue(status, this.#clock() / 1000)]);
  }

  /** Waits until the sink has everything, and has made it durable if it can. */
  async flush(): Promise<void> {
    this.#checkUsable();
    await this.#pending;
    this.#throwFailure();
    await this.#sink.flush?.();
  }

  /** Waits until the sink has everything and closes it. A second call does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pending;
    await this.#sink.close();
    this.#throwFailure();
  }

  #summary(step: number, values: readonly SummaryValue[]): void {
    if (values.some(({ tag }) => tag === '')) {
      throw new TensorBoardError(
        'BAD_ARGUMENT',
        'summary: the tag is empty; TensorBoard names values by tags',
      );
    }
    if (values.length > 0) {
      this.#emit(step, { kind: 'summary', values });
    }
  }

  #emit(step: number, what: EventContent): void {
    this.#checkUsable();
    if (!Number.isSafeInteger(step)) {
      throw new TensorBoardError('BAD_ARGUMENT', `event: step must be a whole number, got ${step}`);
    }
    const record = encodeRecord(encodeEvent({ wallTime: this.#clock() / 1000, step, what }));
    const done =
      this.#pending === undefined
        ? this.#sink.write(record)
        : this.#pending.then(() => (this.#failure === undefined ? this.#sink.write(record) : undefined));
    if (done === undefined) return;
    const pending: Promise<void> = done.then(
      () => {
        if (this.#pending === pending) this.#pending = undefined;
      },
      (error: unknown) => {
        this.#failure ??= { error };
      },
    );
    this.#pending = pending;
  }

  #checkUsable(): void {
    if (this.#closed) {
      throw new TensorBoardError('CLOSED', 'event writer: used after close()');
    }
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

function checkPicture(tag: string, png: Uint8Array, size: PngHeader): void {
  const { width, height, channels } = readPngHeader(png);
  if (width !== size.width || height !== size.height || channels !== size.channels) {
    throw new TensorBoardError(
      'BAD_ARGUMENT',
      `image "${tag}": said to be ${size.width}x${size.height} with ${size.channels} channels, ` +
        `the PNG file is ${width}x${height} with ${channels}`,
    );
  }
}
