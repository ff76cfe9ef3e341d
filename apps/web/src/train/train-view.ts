/** What the tab for training shows of a training: progress, curves, scores and predicted masks. */
import { builtInRecipe, type TrainProgress } from 'ventriseg';
import type { ComputeUsed, DatasetSummary } from '../engine/protocol.ts';
import { byId } from '../ui/dom.ts';
import { row, table } from '../ui/numbers.ts';
import { inWords } from '../ui/settings.ts';
import { Curves } from './curves.ts';
import { type EpochScores, type Run, stepsDone } from './run.ts';

export class TrainView {
  private loss: Curves | undefined;
  private dice: Curves | undefined;
  private computed = '';

  showDataset({ name, rows, columns, trainSlices, testSlices, people, classes }: DatasetSummary): void {
    byId('dataset-summary').textContent =
      `${name}: ${trainSlices} slices to train, ${testSlices} to test, of ${people} people; ` +
      `${rows} × ${columns} pixels; ${classes.join(', ')}.`;
  }

  /** Clears what an earlier training showed. */
  clear(classes: readonly string[]): void {
    this.loss = new Curves(byId('loss-chart'), 'step', ['train', 'test']);
    this.dice = new Curves(byId('dice-chart'), 'step', classes, [0, 1]);
    byId('scores').replaceChildren();
    byId('masks').hidden = true;
  }

  /** Shows a training that was kept. */
  restore(run: Run, state: string): void {
    this.clear(run.classes);
    for (const { step, loss } of run.losses) this.loss?.add(step, { train: loss });
    for (const scores of run.epochs) this.epoch(scores, run.masks);
    byId('train-progress').hidden = false;
    const steps = run.order.epochs * builtInRecipe(run.order.recipe).stepsPerEpoch;
    this.state(state, (100 * stepsDone(run)) / steps, '');
  }

  /** Shows no training and no dataset. */
  reset(): void {
    this.clear([]);
    byId('dataset-summary').textContent = 'No dataset yet.';
    byId('train-progress').hidden = true;
  }

  begin(compute: ComputeUsed): void {
    this.computed = inWords(compute);
    byId('train-progress').hidden = false;
    this.state('Preparing', 0, this.computed);
  }

  step({ epoch, epochs, step, steps, stepLoss, imagesPerSecond, secondsLeft }: TrainProgress): void {
    this.loss?.add(step, { train: stepLoss });
    this.state(
      `Epoch ${epoch} of ${epochs}, step ${step} of ${steps}`,
      (100 * step) / steps,
      `${imagesPerSecond.toFixed(1)} images/s, about ${timeLeft(secondsLeft)} left; ${this.computed}`,
    );
  }

  epoch({ step, testLoss, classes }: EpochScores, masks: Uint8Array | undefined): void {
    this.loss?.add(step, { test: testLoss });
    this.dice?.add(step, Object.fromEntries(classes.map(({ name, bySlice }) => [name, bySlice.dice])));
    const rows = classes.map(({ name, bySlice, byPerson }) =>
      row(
        [name],
        [bySlice.dice, bySlice.jaccard, byPerson.dice].map((score) => score.toFixed(3)),
      ),
    );
    const heads = ['structure', 'Dice', 'Jaccard', 'Dice by person'];
    byId('scores').replaceChildren(table(heads, rows, `On the test slices after step ${step}`));
    if (masks !== undefined) showPicture(byId<HTMLImageElement>('masks'), masks);
  }

  end(what: string): void {
    byId('train-state').textContent = what;
    byId('train-speed').textContent = this.computed;
  }

  private state(text: string, percent: number, detail: string): void {
    byId('train-state').textContent = text;
    byId<HTMLProgressElement>('train-bar').value = percent;
    byId('train-speed').textContent = detail;
  }
}

function showPicture(image: HTMLImageElement, png: Uint8Array): void {
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(new Blob([png as Uint8Array<ArrayBuffer>], { type: 'image/png' }));
  image.hidden = false;
}

function timeLeft(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
