/**
 * The last training with its dataset, kept in the browser (IndexedDB), so that it can be gone on with after the page
 * was left or loaded again. It is written after each epoch, and there until it is deleted or another one begins.
 */
import { createStore, delMany, getMany, set } from 'idb-keyval';
import { EngineFailure } from '../engine/engine.ts';
import type { DatasetSummary, GivenFiles } from '../engine/protocol.ts';
import type { Run } from './run.ts';

export interface ChosenDataset {
  readonly given: GivenFiles;
  readonly summary: DatasetSummary;
}

const store = createStore('ventriseg', 'training');

export class KeptTraining {
  /** Writes and deletions, one after the other. */
  private last: Promise<unknown> = Promise.resolve();

  /** The dataset and the training; undefined when none is kept, as in browsers that keep nothing. */
  async read(): Promise<{ readonly dataset: ChosenDataset; readonly run: Run } | undefined> {
    const [dataset, run] = await this.next(() => getMany(['dataset', 'run'], store)).catch(() => []);
    return dataset === undefined || run === undefined ? undefined : { dataset, run };
  }

  /** Begins anew, on this dataset. @throws EngineFailure NOT_KEPT */
  async begin(dataset: ChosenDataset): Promise<void> {
    await this.delete();
    await this.next(() => set('dataset', dataset, store));
  }

  /** The run as it is now, though it may be written after others. @throws EngineFailure NOT_KEPT */
  async write(run: Run): Promise<void> {
    const now = { ...run, losses: [...run.losses], epochs: [...run.epochs] };
    await this.next(() => set('run', now, store));
  }

  /** @throws EngineFailure NOT_KEPT */
  async delete(): Promise<void> {
    await this.next(() => delMany(['dataset', 'run'], store));
  }

  /** Ends when all that was to be written is, or has failed. */
  async settled(): Promise<void> {
    await this.last;
  }

  private next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done.catch((error: unknown) => {
      throw new EngineFailure(
        'NOT_KEPT',
        `the browser does not keep this training (${String(error)}); it runs, but is lost when the page is left: ` +
          'free some disk space, or leave the private window',
      );
    });
  }
}
