/** The panel for correcting labels: tools, label, size of the brush, undo and redo, and their keys. */
import type { MeasuredScan } from '../measured-scan.ts';
import { byId, element } from '../ui/dom.ts';
import { shownTab } from '../ui/tabs.ts';
import { listenForBrush } from '../view/brush-input.ts';
import { isField } from '../view/view-controls.ts';
import type { Viewer } from '../view/viewer.ts';

const tools = ['none', 'brush', 'eraser'] as const;
type Tool = (typeof tools)[number];

/** Least milliseconds between two updates of the numbers. */
const leastPause = 200;

export class EditControls {
  private readonly canvas: HTMLCanvasElement;
  private readonly viewer: Viewer;
  private readonly onEdit: () => void;
  private readonly label = byId<HTMLSelectElement>('brush-label');
  private readonly radius = byId<HTMLInputElement>('radius');
  private readonly ball = byId<HTMLInputElement>('ball');
  private tool: Tool = 'none';
  private measured: MeasuredScan | undefined;
  /** Measures take a while on large scans: most of the time is left to the strokes. */
  private pause = leastPause;
  private redraw: ReturnType<typeof setTimeout> | undefined;

  /** @param onEdit told after labels have changed, a few times a second */
  constructor(canvas: HTMLCanvasElement, viewer: Viewer, onEdit: () => void) {
    this.canvas = canvas;
    this.viewer = viewer;
    this.onEdit = onEdit;
    for (const tool of tools) byId(`tool-${tool}`).addEventListener('click', () => this.setTool(tool));
    this.radius.addEventListener('input', () => this.showRadius());
    byId('undo').addEventListener('click', () => this.undo());
    byId('redo').addEventListener('click', () => this.redo());
    document.addEventListener('keydown', (event) => this.onKey(event), { capture: true });
    listenForBrush(canvas, viewer, {
      isActive: () => this.tool !== 'none' && this.measured !== undefined,
      onStroke: (from, to, axis) => {
        const voxels = this.measured!.editor.paint(from, to, {
          label: this.tool === 'eraser' ? 0 : Number(this.label.value),
          radiusMm: Number(this.radius.value),
          flatAxis: this.ball.checked ? undefined : axis,
        });
        this.show(voxels);
      },
      onEnd: () => {
        this.measured!.editor.endStroke();
        this.show([]);
      },
    });
  }

  /** Edits this scan from now on, with the labels that its model tells apart. */
  use(measured: MeasuredScan): void {
    this.measured = measured;
    const options = measured.record.volumes.labels.map(({ label, title }) =>
      element('option', { value: String(label) }, title),
    );
    this.label.replaceChildren(...options);
    byId('edit').hidden = false;
    this.setTool('none');
    this.showState();
  }

  private setTool(tool: Tool): void {
    this.tool = tool;
    for (const one of tools) byId(`tool-${one}`).setAttribute('aria-pressed', String(one === tool));
    this.canvas.classList.toggle('drawing', tool !== 'none');
  }

  private undo(): void {
    if (this.measured !== undefined) this.show(this.measured.editor.undo());
  }

  private redo(): void {
    if (this.measured !== undefined) this.show(this.measured.editor.redo());
  }

  /** While the numbers are behind the labels they are marked as busy, also for those who do not see the page. */
  private show(voxels: Iterable<number>): void {
    this.viewer.refresh(voxels);
    this.showState();
    const numbers = byId('result');
    numbers.ariaBusy = 'true';
    this.redraw ??= setTimeout(() => {
      this.redraw = undefined;
      const begun = performance.now();
      this.onEdit();
      this.pause = Math.max(leastPause, 2 * (performance.now() - begun));
      numbers.ariaBusy = 'false';
    }, this.pause);
  }

  private showState(): void {
    const { editor } = this.measured!;
    byId<HTMLButtonElement>('undo').disabled = !editor.canUndo;
    byId<HTMLButtonElement>('redo').disabled = !editor.canRedo;
    byId('edit-state').textContent =
      editor.strokes === 0
        ? 'As the network gave it.'
        : editor.strokes === 1
          ? 'Corrected: 1 stroke.'
          : `Corrected: ${editor.strokes} strokes.`;
  }

  private showRadius(): void {
    byId('radius-mm').textContent = this.radius.value;
  }

  private onKey(event: KeyboardEvent): void {
    if (this.measured === undefined || isField(event.target as HTMLElement) || shownTab() !== 'segment')
      return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key === 'z' && !event.shiftKey) this.undo();
      else if (key === 'y' || (key === 'z' && event.shiftKey)) this.redo();
      else return;
    } else if (event.altKey) return;
    else if (key === 'v') this.setTool('none');
    else if (key === 'b') this.setTool('brush');
    else if (key === 'e') this.setTool('eraser');
    else if (key === '[' || key === ']') {
      this.radius.value = String(Number(this.radius.value) + (key === ']' ? 0.5 : -0.5));
      this.showRadius();
    } else return;
    event.preventDefault();
  }
}
