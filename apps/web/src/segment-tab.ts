/** The first tab: from files to results. Each part of the screen has a file of its own; this one joins them. */
import { type ResultRecord, resultRecord } from 'ventriseg';
import { EditControls } from './edit/edit-controls.ts';
import { LabelEditor } from './edit/label-editor.ts';
import { type Engine, EngineFailure } from './engine/engine.ts';
import type { Candidate, GivenFiles, ScanProgress } from './engine/protocol.ts';
import { offerExample } from './input/example.ts';
import { listenForPicked } from './input/listen.ts';
import { type MeasuredScan, middleOf } from './measured-scan.ts';
import { currentRecord, download, type OutputKind, outputFile, outputKinds } from './out/downloads.ts';
import { byId, element } from './ui/dom.ts';
import type { Problems } from './ui/problems.ts';
import { ProgressView } from './ui/progress.ts';
import { showComparison, showResult } from './ui/result-view.ts';
import { chooseCandidate } from './ui/series-choice.ts';
import type { Settings } from './ui/settings.ts';
import { SurfaceControl } from './view/surface-control.ts';
import { ViewControls } from './view/view-controls.ts';
import { Viewer } from './view/viewer.ts';

export class SegmentTab {
  private readonly engine: Engine;
  private readonly settings: Settings;
  private readonly problems: Problems;
  private readonly progress = new ProgressView();
  private readonly scans: MeasuredScan[] = [];
  private shown: MeasuredScan | undefined;
  private compared: MeasuredScan | undefined;
  private busy = false;
  private viewer: Viewer | undefined;
  private view: ViewControls | undefined;
  private surfaces: SurfaceControl | undefined;
  private edit: EditControls | undefined;

  constructor(engine: Engine, settings: Settings, problems: Problems) {
    this.engine = engine;
    this.settings = settings;
    this.problems = problems;
    listenForPicked(
      [
        ['pick-files', 'files'],
        ['pick-folder', 'folder'],
      ],
      this.take,
    );
    byId('cancel').addEventListener('click', () => this.engine.cancel());
    for (const kind of outputKinds) {
      byId(`save-${kind}`).addEventListener('click', () => {
        this.save(kind).catch(problems.tell);
      });
    }
    byId<HTMLSelectElement>('other').addEventListener('change', (event) => {
      this.compared = this.scans[Number((event.target as HTMLSelectElement).value)];
      this.showNumbers();
    });
  }

  /** @throws Error when the browser cannot show pictures */
  async start(): Promise<void> {
    const canvas = byId<HTMLCanvasElement>('canvas');
    this.viewer = await Viewer.create(canvas, {
      onPlace: (place) => this.view?.showPlace(place, this.shown?.editor.volume),
      onWindow: () => this.view?.showWindow(),
    });
    this.view = new ViewControls(this.viewer);
    this.surfaces = new SurfaceControl(this.viewer);
    this.edit = new EditControls(canvas, this.viewer, () => {
      this.showNumbers();
      this.surfaces?.changed();
    });
    await offerExample(this.take, this.problems.tell);
  }

  /** Name of the graphics processor, for diagnostics. */
  get graphics(): string | undefined {
    return this.viewer?.graphics;
  }

  /** Of the scan that is shown. */
  get record(): ResultRecord | undefined {
    return this.shown && currentRecord(this.shown);
  }

  /** Opens and segments what the user gave, and shows it. */
  readonly take = (given: GivenFiles): void => {
    if (this.busy) {
      this.problems.tell(
        new EngineFailure('BUSY', 'another scan is being segmented; wait for it, or cancel it first'),
      );
      return;
    }
    this.busy = true;
    this.problems.clear();
    this.work(given)
      .catch(this.problems.tell)
      .finally(() => {
        this.progress.stop();
        this.busy = false;
      });
  };

  private async work(given: GivenFiles): Promise<void> {
    this.progress.start();
    const candidates = await this.engine.call('find', given, this.onProgress);
    // With one scan there is nothing to ask for, and the library says why it took it.
    let candidate: Candidate | undefined;
    if (candidates.length > 1) {
      this.progress.stop();
      candidate = await chooseCandidate(candidates);
      if (candidate === undefined) return;
      this.progress.start();
    }
    await this.measure(given, candidate);
  }

  private readonly onProgress = (progress: ScanProgress): void => this.progress.update(progress);

  private async measure(given: GivenFiles, candidate: Candidate | undefined): Promise<void> {
    const begun = performance.now();
    const scan = await this.engine.call('open', { given, candidate }, this.onProgress);
    const opened = performance.now();
    const { modelChoice: model, computeChoice: compute } = this.settings;
    const wanted = { volume: scan.volume, model, compute };
    const { segmentation, compute: used } = await this.engine.call('segment', wanted, this.onProgress);
    this.settings.showUsed(used);
    const timings = {
      open: opened - begun,
      ...segmentation.timingsMs,
      total: performance.now() - begun,
    };
    const original = segmentation.labels;
    const measured: MeasuredScan = {
      scan,
      segmentation,
      record: resultRecord(scan, segmentation, timings, scan.name),
      original,
      editor: new LabelEditor({ ...original, data: original.data.slice() }),
    };
    this.scans.push(measured);
    if (this.compared === undefined && this.scans.length > 1) this.compared = this.scans[0];
    await this.show(measured);
  }

  private async show(measured: MeasuredScan): Promise<void> {
    this.shown = measured;
    if (this.compared === measured) this.compared = this.scans.find((scan) => scan !== measured);
    this.listScans();
    this.showNumbers();
    byId('empty').hidden = true;
    await this.viewer?.show(measured.scan.volume, measured.editor.volume, middleOf(measured.editor.volume));
    this.view?.showWindow();
    this.surfaces?.use(measured.editor.volume);
    this.edit?.use(measured);
    document.body.dataset.shown = measured.scan.name;
  }

  private listScans(): void {
    const choices = this.scans.map((measured) => {
      const input = element('input', { type: 'radio', name: 'scan' });
      input.checked = measured === this.shown;
      input.addEventListener('change', () => {
        this.show(measured).catch(this.problems.tell);
      });
      return element('label', {}, input, ` ${measured.scan.name}`);
    });
    byId('scan-list').replaceChildren(...choices);
    byId('scans').hidden = this.scans.length < 2;
  }

  private showNumbers(): void {
    const { shown, compared } = this;
    if (shown === undefined) return;
    const record = currentRecord(shown);
    showResult(record);
    const others = this.scans
      .map((scan, place) => ({ place, name: scan.scan.name, chosen: scan === compared, scan }))
      .filter(({ scan }) => scan !== shown);
    showComparison(record, compared && currentRecord(compared), others);
  }

  private async save(kind: OutputKind): Promise<void> {
    if (this.shown !== undefined) download(await outputFile(kind, this.shown, this.scans));
  }
}
