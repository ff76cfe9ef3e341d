/** What a training has given so far: all that is needed to show it, to use it and to go on with it. */
import type { EpochNews, TrainingNews, TrainingOrder } from '../engine/protocol.ts';

export type EpochScores = Omit<EpochNews, 'model' | 'masks'>;

export interface Run {
  readonly order: Omit<TrainingOrder, 'given' | 'checkpoint'>;
  /** Names of the dataset's structures. */
  readonly classes: readonly string[];
  checkpoint: Uint8Array | undefined;
  model: { readonly bytes: Uint8Array; readonly step: number } | undefined;
  /** PNG of the last epoch's test slices. */
  masks: Uint8Array | undefined;
  readonly losses: { readonly step: number; readonly loss: number }[];
  readonly epochs: EpochScores[];
}

export function newRun(order: Run['order'], classes: readonly string[]): Run {
  return {
    order,
    classes,
    checkpoint: undefined,
    model: undefined,
    masks: undefined,
    losses: [],
    epochs: [],
  };
}

/** Adds what the training has told. */
export function addNews(run: Run, news: TrainingNews): void {
  if (news.stage === 'step') run.losses.push({ step: news.step, loss: news.stepLoss });
  else if (news.stage === 'checkpoint') run.checkpoint = news.checkpoint;
  else if (news.stage === 'epoch') {
    const { model, masks, ...scores } = news;
    run.model = { bytes: model, step: news.step };
    run.masks = masks;
    run.epochs.push(scores);
  }
}

/** Steps that are done. */
export function stepsDone({ losses }: Run): number {
  return losses.at(-1)?.step ?? 0;
}
