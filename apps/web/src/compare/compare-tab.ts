/** The tab for comparing: two of the scans on the page side by side, and the change between them measured. */
import type { Engine } from '../engine/engine.ts';
import type { CompareStage, MeasuredChange } from '../engine/protocol.ts';
import type { MeasuredScan } from '../measured-scan.ts';
import { currentRecord, download, type OutputFile, safeName } from '../out/downloads.ts';
import { byId, element } from '../ui/dom.ts';
import { sideBySideTable } from '../ui/numbers.ts';
import { ProgressView, type StageShares } from '../ui/progress.ts';
import { inWords, type Settings } from '../ui/settings.ts';
import type { Turn } from '../ui/turn.ts';
import { CompareView } from './compare-view.ts';

/** A scan's segmentations for its error bars take most of the time. */
const stages: StageShares<CompareStage> = {
  model: ['Loading the network', 0, 2],
  register: ['Registering the scans', 2, 15],
  segment: ['Segmenting both again and again', 15, 98],
  draw: ['Drawing', 98, 100],
};

const outputKinds = ['json', 'report', 'png'] as const;
type OutputKind = (typeof outputKinds)[number];

/** The files of a comparison, as the command writes them. */
function outputFile(kind: OutputKind, { record, json, report, picture }: MeasuredChange): OutputFile {
  const base = `${safeName(record.name)}_comparison`;
  return {
    json: { name: `${base}.json`, type: 'application/json', content: json },
    report: { name: `${base}.html`, type: 'text/html', content: report },
    png: { name: `${base}.png`, type: 'image/png', content: picture },
  }[kind];
}

export class CompareTab {
  private readonly engine: Engine;
  private readonly settings: Settings;
  private readonly turn: Turn;
  private readonly view = new CompareView();
  private readonly progress = new ProgressView('compare-', stages);
  private readonly from = byId<HTMLSelectElement>('compare-from');
  private readonly to = byId<HTMLSelectElement>('compare-to');
  private readonly years = byId<HTMLInputElement>('years');
  private readonly repetitions = byId<HTMLInputElement>('repetitions');
  private scans: readonly MeasuredScan[] = [];
  private change: MeasuredChange | undefined;

  /** @param turn of the engine, which segments scans as well */
  constructor(engine: Engine, settings: Settings, turn: Turn) {
    this.engine = engine;
    this.settings = settings;
    this.turn = turn;
    for (const list of [this.from, this.to]) list.addEventListener('change', () => this.chosen());
    byId('compare-start').addEventListener('click', () => this.start());
    byId('compare-cancel').addEventListener('click', () => engine.cancel());
    byId('compare').addEventListener('shown', () => this.showSideBySide());
    for (const kind of outputKinds) {
      byId(`save-change-${kind}`).addEventListener('click', () => {
        if (this.change !== undefined) download(outputFile(kind, this.change));
      });
    }
  }

  /** The scans on the page have changed: the first and the last of them are compared, until others are chosen. */
  use(scans: readonly MeasuredScan[]): void {
    this.scans = [...scans];
    const options = () => scans.map(({ name }, k) => element('option', { value: String(k) }, name));
    this.from.replaceChildren(...options());
    this.to.replaceChildren(...options());
    this.from.value = '0';
    this.to.value = String(scans.length - 1);
    const enough = scans.length > 1;
    byId('compare-none').hidden = enough;
    byId('comparing').hidden = !enough;
    this.chosen();
  }

  private get pair(): readonly [MeasuredScan, MeasuredScan] | undefined {
    const [from, to] = [this.scans[Number(this.from.value)], this.scans[Number(this.to.value)]];
    return from === undefined || to === undefined || from === to ? undefined : [from, to];
  }

  private chosen(): void {
    this.change = undefined;
    this.view.hide();
    byId<HTMLButtonElement>('compare-start').disabled = this.pair === undefined;
    byId('change-files').hidden = true;
    const dated = this.pair?.every(({ scan }) => scan.source.acquisitionDate !== undefined);
    this.years.placeholder = dated ? 'by dates' : 'not known';
    this.showSideBySide();
  }

  private showSideBySide(): void {
    const { pair } = this;
    byId('side-by-side').hidden = pair === undefined;
    if (pair === undefined) return;
    byId('side-by-side-table').replaceChildren(
      sideBySideTable(currentRecord(pair[0]), currentRecord(pair[1])),
    );
  }

  private start(): void {
    const { pair, years, repetitions } = this;
    if (pair === undefined || !years.reportValidity() || !repetitions.reportValidity()) return;
    const choice = byId<HTMLFieldSetElement>('compare-choice');
    this.turn.take('two scans are being compared', async () => {
      choice.disabled = true;
      this.progress.start('Preparing');
      try {
        const change = await this.engine.call(
          'compare',
          {
            scans: pair.map(({ name, scan }) => ({ name, scan })),
            variations: repetitions.valueAsNumber,
            intervalYears: years.value === '' ? undefined : years.valueAsNumber,
            model: this.settings.modelChoice,
            compute: this.settings.computeChoice,
          },
          (progress) => this.progress.update(progress),
        );
        this.show(change);
      } finally {
        this.progress.stop();
        choice.disabled = false;
      }
    });
  }

  private show(change: MeasuredChange): void {
    this.change = change;
    this.view.show(change);
    byId('change-files').hidden = false;
    const { timingsMs, model } = change.record;
    byId('compare-took').textContent =
      `${((timingsMs.total ?? 0) / 1000).toFixed(0)} s; model ${model.name}; ${inWords(change.compute)}`;
  }
}
