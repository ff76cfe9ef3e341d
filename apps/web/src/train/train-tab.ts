/** The tab for training: trains a network on a prepared dataset in a worker, with the trainer that the command uses. */
import { builtInRecipe, builtInRecipes } from 'ventriseg';
import { type Engine, EngineFailure } from '../engine/engine.ts';
import type { GivenFiles, ModelChoice, TrainingNews } from '../engine/protocol.ts';
import { listenForPicked } from '../input/listen.ts';
import { download } from '../out/downloads.ts';
import { byId, element } from '../ui/dom.ts';
import type { Problems } from '../ui/problems.ts';
import type { Settings } from '../ui/settings.ts';
import { type ChosenDataset, KeptTraining } from './kept-training.ts';
import { addNews, newRun, type Run, stepsDone } from './run.ts';
import { TrainView } from './train-view.ts';

const firstRecipe = 'quick';

export class TrainTab {
  private readonly engine: Engine;
  private readonly settings: Settings;
  private readonly problems: Problems;
  private readonly onUse: (model: ModelChoice) => void;
  private readonly view = new TrainView();
  private readonly kept = new KeptTraining();
  private readonly recipe = byId<HTMLSelectElement>('recipe');
  private readonly epochs = byId<HTMLInputElement>('epochs');
  private dataset: ChosenDataset | undefined;
  private run: Run | undefined;
  private isBusy = false;

  /** @param onUse told when a trained network is to segment scans */
  constructor(engine: Engine, settings: Settings, problems: Problems, onUse: (model: ModelChoice) => void) {
    this.engine = engine;
    this.settings = settings;
    this.problems = problems;
    this.onUse = onUse;
    listenForPicked(
      [
        ['pick-dataset', 'dataset-folder'],
        ['pick-dataset-zip', 'dataset-zip'],
      ],
      this.take,
    );
    this.recipe.replaceChildren(
      ...[...builtInRecipes.keys()].map((name) => element('option', { value: name }, name)),
    );
    this.recipe.value = firstRecipe;
    this.recipe.addEventListener('change', () => this.showRecipe());
    this.showRecipe();
    byId('train-start').addEventListener('click', () => this.begin());
    byId('train-resume').addEventListener('click', () => this.resume());
    byId('train-stop').addEventListener('click', () => {
      this.engine.call('stopTraining', undefined).catch(problems.tell);
    });
    byId('train-delete').addEventListener('click', () => this.delete());
    byId('save-model').addEventListener('click', () => this.save());
    byId('use-model').addEventListener('click', () => this.use());
  }

  /** Shows the training that the browser has kept, if there is one. */
  async start(): Promise<void> {
    const kept = await this.kept.read();
    if (kept === undefined) return;
    const { dataset, run } = kept;
    this.dataset = dataset;
    this.run = run;
    this.view.showDataset(dataset.summary);
    this.recipe.value = run.order.recipe;
    this.showRecipe();
    this.epochs.value = String(run.order.epochs);
    this.view.restore(run, `Kept from before: ${stepsDone(run)} steps.`);
    this.showState();
  }

  /** Takes a dataset. */
  readonly take = (given: GivenFiles): void => {
    this.problems.clear();
    this.work(async () => {
      const summary = await this.engine.call('dataset', given);
      this.dataset = { given, summary };
      this.view.showDataset(summary);
    });
  };

  private begin(): void {
    const { dataset } = this;
    if (dataset === undefined) return;
    const order = {
      recipe: this.recipe.value,
      epochs: this.wantedEpochs(),
      compute: this.settings.computeChoice,
    };
    const run = newRun(order, dataset.summary.classes);
    this.kept.begin(dataset).catch(this.problems.tell);
    this.view.clear(run.classes);
    this.train(dataset, run);
  }

  /** Goes on with the recipe that it began with, up to the epochs that are wanted now. */
  private resume(): void {
    const { dataset, run } = this;
    if (dataset === undefined || run === undefined) return;
    this.train(dataset, { ...run, order: { ...run.order, epochs: this.wantedEpochs() } });
  }

  private train({ given }: ChosenDataset, run: Run): void {
    this.run = run;
    this.problems.clear();
    this.work(async () => {
      const order = { ...run.order, given, checkpoint: run.checkpoint };
      const { finished, step } = await this.engine.call('train', order, (news) => this.receive(run, news));
      await this.kept.settled();
      this.view.end(finished ? `Done after ${step} steps.` : `Stopped after step ${step}.`);
    });
  }

  private receive(run: Run, news: TrainingNews): void {
    addNews(run, news);
    if (news.stage === 'begin') this.view.begin(news.compute);
    else if (news.stage === 'step') this.view.step(news);
    else if (news.stage === 'checkpoint') this.kept.write(run).catch(this.problems.tell);
    else {
      this.view.epoch(news, news.masks);
      this.showState();
    }
  }

  /** Deletes the training with its dataset, here and in the browser. */
  private delete(): void {
    this.run = undefined;
    this.dataset = undefined;
    this.view.reset();
    this.showState();
    this.kept.delete().catch(this.problems.tell);
  }

  /** One thing at a time; buttons show what can be done meanwhile and after. */
  private work(job: () => Promise<void>): void {
    if (this.isBusy) {
      this.problems.tell(new EngineFailure('BUSY', 'a training is under way; stop it first'));
      return;
    }
    this.isBusy = true;
    this.showState();
    job()
      .catch((error: unknown) => {
        this.view.end('Ended by an error.');
        this.problems.tell(error);
      })
      .finally(() => {
        this.isBusy = false;
        this.showState();
      });
  }

  private showState(): void {
    const { isBusy, dataset, run } = this;
    byId<HTMLFieldSetElement>('training').disabled = dataset === undefined;
    const enable = (id: string, can: boolean) => {
      byId<HTMLButtonElement>(id).disabled = !can;
    };
    enable('train-start', !isBusy);
    enable('train-stop', isBusy && run !== undefined);
    enable('train-resume', !isBusy && run?.checkpoint !== undefined);
    enable('train-delete', !isBusy && run !== undefined);
    enable('save-model', run?.model !== undefined);
    enable('use-model', run?.model !== undefined);
  }

  private showRecipe(): void {
    const { description, epochs, batchSize, stepsPerEpoch } = builtInRecipe(this.recipe.value);
    byId('recipe-about').textContent =
      `${description}. An epoch is ${stepsPerEpoch} steps of ${batchSize} slices.`;
    this.epochs.value = String(epochs);
  }

  private wantedEpochs(): number {
    const epochs = Math.max(1, Math.round(this.epochs.valueAsNumber || 1));
    this.epochs.value = String(epochs);
    return epochs;
  }

  private save(): void {
    const { run } = this;
    if (run?.model === undefined) return;
    download({
      name: `${run.order.recipe}.onnx`,
      type: 'application/octet-stream',
      content: run.model.bytes,
    });
  }

  private use(): void {
    const { run } = this;
    if (run?.model === undefined) return;
    const { bytes, step } = run.model;
    this.onUse({ name: `${run.order.recipe}, trained here, ${step} steps`, bytes });
  }
}
