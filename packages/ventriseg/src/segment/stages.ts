/** The stages of segmenting: their names, times and progress. */

/**
 * Slice models: conform, head, network. Volume models: grid, locate, segment. Both: crf, labels (way back to the
 * scan's grid, islands, holes), measure (volumes, measures, quality).
 */
export type SegmentStage =
  | 'conform'
  | 'head'
  | 'network'
  | 'grid'
  | 'locate'
  | 'segment'
  | 'crf'
  | 'labels'
  | 'measure';

export interface SegmentProgress {
  readonly stage: SegmentStage;
  /** Slices for the network, iterations for the CRF, else 0 before and 1 after. */
  readonly done: number;
  readonly total: number;
}

/** Runs the stages one after another: takes their time, tells of them, and stops between them when aborted. */
export class Stages {
  readonly timingsMs: Partial<Record<SegmentStage, number>> = {};
  readonly signal: AbortSignal | undefined;
  private readonly onProgress: ((progress: SegmentProgress) => void) | undefined;

  constructor(
    signal: AbortSignal | undefined,
    onProgress: ((progress: SegmentProgress) => void) | undefined,
  ) {
    this.signal = signal;
    this.onProgress = onProgress;
  }

  /** @throws the signal's reason when aborted before the stage begins; whatever the work throws */
  async run<T>(
    stage: SegmentStage,
    work: (progress: (done: number, total: number) => void) => T | Promise<T>,
  ): Promise<T> {
    this.onProgress?.({ stage, done: 0, total: 1 });
    // A turn of the event loop, so that a page can draw and an abort can arrive.
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.signal?.throwIfAborted();
    const start = performance.now();
    const result = await work((done, total) => this.onProgress?.({ stage, done, total }));
    this.timingsMs[stage] = performance.now() - start;
    this.onProgress?.({ stage, done: 1, total: 1 });
    return result;
  }
}
