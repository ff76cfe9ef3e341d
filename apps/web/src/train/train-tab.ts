/** The second tab: trains a network on a prepared dataset in a worker, with the trainer that the command uses. */
import { builtInRecipe, builtInRecipes } from 'ventriseg';
import { type Engine, EngineFailure } from '../engine/engine.ts';
import type {
  DatasetSummary,
  GivenFiles,
  ModelChoice,
  TrainingNews,
  TrainingOrder,
} from '../engine/protocol.ts';
import { listenForPicked } from '../input/listen.ts';
import { download } from '../out/downloads.ts';
import { byId, element } from '../ui/dom.ts';
import type { Problems } from '../ui/problems.ts';
import type { Settings } from '../ui/settings.ts';
import { TrainView } from './train-view.ts';

const firstRecipe = 'quick';

/** What a training has given so far. */
interface Run {
  readonly order: TrainingOrder;
  checkpoint: Uint8Array | undefined;
  model: { readonly bytes: Uint8Array; readonly step: number } | undefined;
}

export class TrainTab {
  private readonly engine: Engine;
  private readonly settings: Settings;
  private readonly problems: Problems;
  private readonly onUse: (model: ModelChoice) => void;
  private readonly view = new TrainView();
  private readonly recipe = byId<HTMLSelectElement>('recipe');
  private readonly epochs = byId<HTMLInputElement>('epochs');
  private dataset: { readonly given: GivenFiles; readonly summary: DatasetSummary } | undefined;
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
    byId('train-start').addEventListener('click', () => this.start());
    byId('train-resume').addEventListener('click', () => this.resume());
    byId('train-stop').addEventListener('click', () => {
      this.engine.call('stopTraining', undefined).catch(problems.tell);
    });
    byId('save-model').addEventListener('click', () => this.save());
    byId('use-model').addEventListener('click', () => this.use());
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

  private start(): void {
    if (this.dataset === undefined) return;
    const { given, summary } = this.dataset;
    const order = {
      given,
      recipe: this.recipe.value,
      epochs: this.wantedEpochs(),
      compute: this.settings.computeChoice,
      checkpoint: undefined,
    };
    this.run = { order, checkpoint: undefined, model: undefined };
    this.view.clear(summary.classes);
    this.train(this.run, order);
  }

  private resume(): void {
    const { run } = this;
    if (run?.checkpoint === undefined) return;
    this.train(run, { ...run.order, epochs: this.wantedEpochs(), checkpoint: run.checkpoint });
  }

  private train(run: Run, order: TrainingOrder): void {
    this.problems.clear();
    this.work(async () => {
      const { finished, step } = await this.engine.call('train', order, (news) => this.receive(run, news));
      this.view.end(finished ? `Done after ${step} steps.` : `Stopped after step ${step}.`);
    });
  }

  private receive(run: Run, news: TrainingNews): void {
    if (news.stage === 'begin') this.view.begin(news.compute);
    else if (news.stage === 'step') this.view.step(news);
    else if (news.stage === 'checkpoint') run.checkpoint = news.checkpoint;
    else {
      run.model = { bytes: news.model, step: news.step };
      this.view.epoch(news);
      this.showState();
    }
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
