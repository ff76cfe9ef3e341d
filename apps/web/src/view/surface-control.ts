/** The box that shows the ventricles as surfaces; they follow the labels, a moment after they were changed. */
import type { Volume } from '@ventriseg/imaging';
import { ventricleSurfaces } from 'ventriseg';
import { byId } from '../ui/dom.ts';
import type { Viewer } from './viewer.ts';

/** Milliseconds without a change after which surfaces are made anew. */
const pause = 300;

export class SurfaceControl {
  private readonly viewer: Viewer;
  private readonly box = byId<HTMLInputElement>('surfaces');
  private labels: Volume<Uint8Array> | undefined;
  private waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.box.addEventListener('change', () => this.draw());
  }

  /** Shows the surfaces of these labels from now on. */
  use(labels: Volume<Uint8Array>): void {
    this.labels = labels;
    this.draw();
  }

  /** The labels have changed. */
  changed(): void {
    if (!this.box.checked) return;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.draw(), pause);
  }

  private draw(): void {
    const { labels, box } = this;
    clearTimeout(this.waiting);
    this.viewer.setSurfaces(labels !== undefined && box.checked ? ventricleSurfaces(labels) : []);
  }
}
