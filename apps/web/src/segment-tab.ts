/** The first tab: from files to results. Each part of the screen has a file of its own; this one joins them. */
import { type ResultRecord, resultRecord } from 'ventriseg';
import { EditControls } from './edit/edit-controls.ts';
import { LabelEditor } from './edit/label-editor.ts';
import type { Engine } from './engine/engine.ts';
import type { Candidate, GivenFiles, ScanProgress } from './engine/protocol.ts';
import { offerExample } from './input/example.ts';
import { listenForPicked } from './input/listen.ts';
import { freeName, type MeasuredScan, middleOf } from './measured-scan.ts';
import { currentRecord, download, type OutputKind, outputFile, outputKinds } from './out/downloads.ts';
import { byId, element } from './ui/dom.ts';
import type { Problems } from './ui/problems.ts';
import { ProgressView, type StageShares } from './ui/progress.ts';
import { showResult } from './ui/result-view.ts';
import { chooseCandidates } from './ui/series-choice.ts';
import type { Settings } from './ui/settings.ts';
import { showTab } from './ui/tabs.ts';
import type { Turn } from './ui/turn.ts';
import { SurfaceControl } from './view/surface-control.ts';
import { ViewControls } from './view/view-controls.ts';
import { Viewer } from './view/viewer.ts';

const stages: StageShares<ScanProgress['stage']> = {
  headers: ['Reading headers', 0, 5],
  reading: ['Reading', 5, 10],
  converting: ['Converting DICOM', 10, 20],
  model: ['Loading the network', 20, 30],
  conform: ['Conforming', 30, 45],
  head: ['Finding the head', 45, 50],
  network: ['Segmenting', 50, 80],
  grid: ['Turning the scan upright', 30, 35],
  locate: ['Finding the ventricles', 35, 50],
  segment: ['Segmenting', 50, 80],
  crf: ['Refining borders', 80, 85],
  labels: ['Returning to the grid of the scan', 85, 95],
  measure: ['Measuring', 95, 100],
};

export class SegmentTab {
  private readonly engine: Engine;
  private readonly settings: Settings;
  private readonly problems: Problems;
  private readonly turn: Turn;
  private readonly onScans: (scans: readonly MeasuredScan[]) => void;
  private readonly progress = new ProgressView('', stages);
  private readonly scans: MeasuredScan[] = [];
  private shown: MeasuredScan | undefined;
  private viewer: Viewer | undefined;
  private view: ViewControls | undefined;
  private surfaces: SurfaceControl | undefined;
  private edit: EditControls | undefined;

  /**
   * @param turn of the engine, which compares scans as well
   * @param onScans told of all scans on the page when there is one more
   */
  constructor(
    engine: Engine,
    settings: Settings,
    problems: Problems,
    turn: Turn,
    onScans: (scans: readonly MeasuredScan[]) => void,
  ) {
    this.engine = engine;
    this.settings = settings;
    this.problems = problems;
    this.turn = turn;
    this.onScans = onScans;
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
    byId('go-compare').addEventListener('click', () => showTab('compare'));
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
    this.turn.take('a scan is being segmented', () => this.work(given).finally(() => this.progress.stop()));
  };

  private async work(given: GivenFiles): Promise<void> {
    this.progress.start('Opening the scan');
    const candidates = await this.engine.call('find', given, this.onProgress);
    // With one scan there is nothing to ask for, and the library says why it took it.
    if (candidates.length < 2) {
      await this.measure(given, undefined);
      return;
    }
    this.progress.stop();
    for (const candidate of await chooseCandidates(candidates)) {
      this.progress.start(`Opening ${candidate.title}`);
      await this.measure(given, candidate);
    }
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
    const name = freeName(scan.name, this.scans);
    const measured: MeasuredScan = {
      name,
      scan,
      segmentation,
      record: resultRecord(scan, segmentation, timings, name),
      original,
      editor: new LabelEditor({ ...original, data: original.data.slice() }),
    };
    this.scans.push(measured);
    this.onScans(this.scans);
    await this.show(measured);
  }

  private async show(measured: MeasuredScan): Promise<void> {
    this.shown = measured;
    this.listScans();
    this.showNumbers();
    byId('empty').hidden = true;
    await this.viewer?.show(measured.scan.volume, measured.editor.volume, middleOf(measured.editor.volume));
    this.view?.showWindow();
    this.surfaces?.use(measured.editor.volume);
    this.edit?.use(measured);
    document.body.dataset.shown = measured.name;
  }

  private listScans(): void {
    const choices = this.scans.map((measured) => {
      const input = element('input', { type: 'radio', name: 'scan' });
      input.checked = measured === this.shown;
      input.addEventListener('change', () => {
        this.show(measured).catch(this.problems.tell);
      });
      return element('label', {}, input, ` ${measured.name}`);
    });
    byId('scan-list').replaceChildren(...choices);
    byId('scans').hidden = this.scans.length < 2;
  }

  private showNumbers(): void {
    if (this.shown !== undefined) showResult(currentRecord(this.shown));
  }

  private async save(kind: OutputKind): Promise<void> {
    if (this.shown !== undefined) download(await outputFile(kind, this.shown, this.scans));
  }
}
