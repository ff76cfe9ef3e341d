/** The toolbar over the pictures, the line below them, and the keys. */
import type { Volume } from '@ventriseg/imaging';
import { ventricles } from 'ventriseg';
import { byId, element } from '../ui/dom.ts';
import { shownTab } from '../ui/tabs.ts';
import { type Layout, layouts, type Place, type Viewer } from './viewer.ts';

/** Crosshair steps in voxels along the patient's left to right, back to front, and down to up. */
const moves: Readonly<Record<string, readonly [number, number, number]>> = {
  ArrowLeft: [-1, 0, 0],
  ArrowRight: [1, 0, 0],
  ArrowUp: [0, 1, 0],
  ArrowDown: [0, -1, 0],
  PageUp: [0, 0, 1],
  PageDown: [0, 0, -1],
};

export class ViewControls {
  private readonly viewer: Viewer;
  private readonly layout = byId<HTMLSelectElement>('layout');
  private readonly opacity = byId<HTMLInputElement>('opacity');
  private readonly radiological = byId<HTMLInputElement>('radiological');
  private readonly low = byId<HTMLInputElement>('low');
  private readonly high = byId<HTMLInputElement>('high');

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.layout.replaceChildren(...layouts.map((name) => element('option', { value: name }, name)));
    this.layout.addEventListener('change', () => viewer.setLayout(this.layout.value as Layout));
    this.opacity.addEventListener('input', () => viewer.setOpacity(Number(this.opacity.value)));
    this.radiological.addEventListener('change', () => viewer.setRadiological(this.radiological.checked));
    for (const field of [this.low, this.high]) field.addEventListener('change', () => this.takeWindow());
    viewer.setOpacity(Number(this.opacity.value));
    // In the capture phase, before NiiVue's own keys.
    document.addEventListener('keydown', (event) => this.onKey(event), { capture: true });
  }

  showPlace({ voxel, mm }: Place, labels: Volume<Uint8Array> | undefined): void {
    const [i, j, k] = voxel;
    const label = labels?.data[i + labels.shape[0] * (j + labels.shape[1] * k)] ?? 0;
    const title = ventricles.find(({ number }) => number === label)?.title ?? 'no label';
    const [x, y, z] = mm.map((value) => value.toFixed(1));
    byId('place').textContent = `${title} · world x ${x}, y ${y}, z ${z} mm (RAS) · voxel ${i}, ${j}, ${k}`;
  }

  /** Brings the fields to the window that is in force. */
  showWindow(): void {
    const { low, high } = this.viewer.window;
    this.low.value = short(low);
    this.high.value = short(high);
  }

  private takeWindow(): void {
    const [low, high] = [Number(this.low.value), Number(this.high.value)];
    if (high > low) this.viewer.setWindow(low, high);
    this.showWindow();
  }

  private onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || isField(target) || shownTab() !== 'segment') return;
    const move = moves[event.key];
    const layout = layouts[Number(event.key) - 1];
    if (move !== undefined && target.id === 'canvas') {
      // Left on the keyboard is left on the screen.
      const mirror = this.radiological.checked ? -1 : 1;
      this.viewer.move(move[0] * mirror, move[1], move[2]);
    } else if (layout !== undefined) {
      this.layout.value = layout;
      this.viewer.setLayout(layout);
    } else if (event.key === 'r' || event.key === 'R') {
      this.radiological.click();
    } else if (event.key === 's' || event.key === 'S') {
      byId('surfaces').click();
    } else if (event.key === '+' || event.key === '-') {
      this.opacity.value = String(Number(this.opacity.value) + (event.key === '+' ? 0.1 : -0.1));
      this.viewer.setOpacity(Number(this.opacity.value));
    } else return;
    event.preventDefault();
  }
}

/** Whether keys belong to the element itself: text and numbers, lists and sliders, but not boxes to tick. */
export function isField(target: HTMLElement): boolean {
  const { type } = target as HTMLInputElement;
  return /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && type !== 'checkbox' && type !== 'radio';
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
