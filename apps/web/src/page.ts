/** The page: from files to results. Each part of the screen has a file of its own; this one joins them. */
import type { Vec3 } from '@ventriseg/imaging';
import { resultRecord } from 'ventriseg';
import { EditControls } from './edit/edit-controls.ts';
import { LabelEditor } from './edit/label-editor.ts';
import { Engine, EngineFailure } from './engine/engine.ts';
import type { Candidate, GivenFiles } from './engine/protocol.ts';
import { droppedFiles, pickedFiles } from './input/dropped-files.ts';
import type { MeasuredScan } from './measured-scan.ts';
import { currentRecord, download, type OutputKind, outputFile, outputKinds } from './out/downloads.ts';
import { copyDiagnostics } from './ui/diagnostics.ts';
import { byId, element } from './ui/dom.ts';
import { comparisonTable, volumesTable } from './ui/numbers.ts';
import { ProgressView } from './ui/progress.ts';
import { chooseCandidate } from './ui/series-choice.ts';
import { listenToTheme } from './ui/theme.ts';
import { ViewControls } from './view/view-controls.ts';
import { Viewer } from './view/viewer.ts';

export async function startPage(): Promise<void> {
  listenToTheme();
  await new Page().start();
}

class Page {
  private readonly engine = new Engine();
  private readonly progress = new ProgressView();
  private readonly scans: MeasuredScan[] = [];
  private shown: MeasuredScan | undefined;
  private compared: MeasuredScan | undefined;
  private busy = false;
  private lastError: { readonly code: string; readonly message: string } | undefined;
  private viewer: Viewer | undefined;
  private view: ViewControls | undefined;
  private edit: EditControls | undefined;

  async start(): Promise<void> {
    this.listenToInput();
    this.listenToOutput();
    const canvas = byId<HTMLCanvasElement>('canvas');
    try {
      this.viewer = await Viewer.create(canvas, {
        onPlace: (place) => this.view?.showPlace(place, this.shown?.editor.volume),
        onWindow: () => this.view?.showWindow(),
      });
    } catch (error) {
      this.fail(error);
      return;
    }
    this.view = new ViewControls(this.viewer);
    this.edit = new EditControls(canvas, this.viewer, () => this.showNumbers());
    document.body.dataset.ready = 'yes';
  }

  private listenToInput(): void {
    const pickers = [
      ['pick-files', 'files'],
      ['pick-folder', 'folder'],
    ] as const;
    for (const [button, input] of pickers) {
      const field = byId<HTMLInputElement>(input);
      byId(button).addEventListener('click', () => field.click());
      field.addEventListener('change', () => {
        const given = field.files === null ? undefined : pickedFiles(field.files);
        field.value = '';
        if (given !== undefined) void this.take(given);
      });
    }
    document.addEventListener('dragover', (event) => {
      event.preventDefault();
      document.body.classList.add('dragging');
    });
    document.addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) document.body.classList.remove('dragging');
    });
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      document.body.classList.remove('dragging');
      const { dataTransfer } = event;
      if (dataTransfer === null) return;
      droppedFiles(dataTransfer).then(
        (given) => {
          if (given !== undefined) return this.take(given);
          throw new EngineFailure('NO_FILES', 'what was dropped holds no files; drop a scan or its folder');
        },
        (error: unknown) => this.fail(error),
      );
    });
    byId('cancel').addEventListener('click', () => this.engine.cancel());
    byId('error-close').addEventListener('click', () => {
      byId('error').hidden = true;
    });
    byId('diagnostics').addEventListener('click', () => {
      const parts = {
        graphics: this.viewer?.graphics,
        record: this.shown && currentRecord(this.shown),
        error: this.lastError,
      };
      copyDiagnostics(parts).catch((error: unknown) => this.fail(error));
    });
  }

  private listenToOutput(): void {
    for (const kind of outputKinds) {
      byId(`save-${kind}`).addEventListener('click', () => {
        this.save(kind).catch((error: unknown) => this.fail(error));
      });
    }
    byId<HTMLSelectElement>('other').addEventListener('change', (event) => {
      this.compared = this.scans[Number((event.target as HTMLSelectElement).value)];
      this.showNumbers();
    });
  }

  private async save(kind: OutputKind): Promise<void> {
    if (this.shown !== undefined) download(await outputFile(kind, this.shown, this.scans));
  }

  /** Opens and segments what the user gave, and shows it. */
  private async take(given: GivenFiles): Promise<void> {
    if (this.busy) {
      this.fail(
        new EngineFailure('BUSY', 'another scan is being segmented; wait for it, or cancel it first'),
      );
      return;
    }
    this.busy = true;
    byId('error').hidden = true;
    try {
      this.progress.start();
      const candidates = await this.engine.call('find', given, (progress) => this.progress.update(progress));
      // With one scan there is nothing to ask for, and the library says why it took it.
      let candidate: Candidate | undefined;
      if (candidates.length > 1) {
        this.progress.stop();
        candidate = await chooseCandidate(candidates);
        if (candidate === undefined) return;
        this.progress.start();
      }
      await this.measure(given, candidate);
    } catch (error) {
      this.fail(error);
    } finally {
      this.progress.stop();
      this.busy = false;
    }
  }

  private async measure(given: GivenFiles, candidate: Candidate | undefined): Promise<void> {
    const begun = performance.now();
    const scan = await this.engine.call('open', { given, candidate }, (p) => this.progress.update(p));
    const opened = performance.now();
    const segmentation = await this.engine.call('segment', scan.volume, (p) => this.progress.update(p));
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
    await this.viewer?.show(measured.scan.volume, measured.editor.volume, middleOf(measured));
    this.view?.showWindow();
    this.edit?.use(measured);
    document.body.dataset.shown = measured.scan.name;
  }

  private listScans(): void {
    const choices = this.scans.map((measured) => {
      const input = element('input', { type: 'radio', name: 'scan' });
      input.checked = measured === this.shown;
      input.addEventListener('change', () => {
        this.show(measured).catch((error: unknown) => this.fail(error));
      });
      return element('label', {}, input, ` ${measured.scan.name}`);
    });
    byId('scan-list').replaceChildren(...choices);
    byId('scans').hidden = this.scans.length < 2;
  }

  private showNumbers(): void {
    const measured = this.shown;
    if (measured === undefined) return;
    const record = currentRecord(measured);
    byId('result').hidden = false;
    byId('result-name').textContent = record.name;
    byId('volumes').replaceChildren(volumesTable(record));
    const seconds = ((record.timingsMs.total ?? 0) / 1000).toFixed(1);
    byId('took').textContent =
      `${record.scan.shape.join(' × ')} voxels of ${record.scan.voxelMm.map((mm) => mm.toFixed(2)).join(' × ')} mm; ` +
      `${seconds} s; model ${record.model.name}` +
      (record.edit === undefined ? '' : `; corrected by hand, ${record.edit.strokes} strokes`);
    const doubts = record.quality.map(({ severity, code, message }) =>
      element('li', { class: severity }, element('strong', {}, code), ` ${message}`),
    );
    const series = record.scan.series;
    const remarks = [
      ...(series === null ? [] : [`Series ${series.description}: ${series.chosenBecause}.`]),
      ...record.warnings,
    ].map((text) => element('li', {}, text));
    byId('doubts').replaceChildren(...doubts, ...remarks);
    this.showComparison(measured, record);
  }

  private showComparison(measured: MeasuredScan, record: ReturnType<typeof currentRecord>): void {
    const { compared } = this;
    byId('comparison').hidden = compared === undefined;
    if (compared === undefined) return;
    const others = this.scans
      .map((scan, k) => ({ scan, k }))
      .filter(({ scan }) => scan !== measured)
      .map(({ scan, k }) => {
        const option = element('option', { value: String(k) }, scan.scan.name);
        option.selected = scan === compared;
        return option;
      });
    byId('other').replaceChildren(...others);
    byId('comparison-table').replaceChildren(comparisonTable(record, currentRecord(compared)));
  }

  private fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof EngineFailure ? error.code : 'INTERNAL';
    if (code === 'CANCELLED') return;
    this.lastError = { code, message };
    byId('error-code').textContent = code;
    byId('error-message').textContent = message;
    byId('error').hidden = false;
  }
}

/** The centre of mass of the labels; the middle of the scan where there are none. */
function middleOf({ editor: { volume } }: MeasuredScan): Vec3 {
  const [nx, ny, nz] = volume.shape;
  let [x, y, z, count] = [0, 0, 0, 0];
  for (let k = 0, at = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, at++) {
        if (volume.data[at] === 0) continue;
        x += i;
        y += j;
        z += k;
        count++;
      }
    }
  }
  if (count === 0) return [nx >> 1, ny >> 1, nz >> 1];
  return [Math.round(x / count), Math.round(y / count), Math.round(z / count)];
}
