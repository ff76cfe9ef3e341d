/** Progress by stage, with the time left as far as it can be told. */
import type { ScanProgress } from '../engine/protocol.ts';
import { byId } from './dom.ts';

/** Each stage in words, and its share of a scan's time in percent: from, to. */
const stages: Readonly<Record<ScanProgress['stage'], readonly [text: string, from: number, to: number]>> = {
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

/** Below this share an estimate would be a guess. */
const leastShare = 0.3;

export class ProgressView {
  private begun = 0;

  start(): void {
    this.begun = performance.now();
    byId('progress').hidden = false;
    this.show('Opening the scan', 0, '');
  }

  update({ stage, done, total }: ScanProgress): void {
    const [text, from, to] = stages[stage];
    const percent = from + (to - from) * (total > 0 ? done / total : 1);
    const share = percent / 100;
    const elapsed = performance.now() - this.begun;
    const left =
      share < leastShare ? '' : `about ${Math.ceil((elapsed * (1 - share)) / share / 1000)} s left`;
    this.show(text, percent, left);
  }

  stop(): void {
    byId('progress').hidden = true;
  }

  private show(text: string, percent: number, left: string): void {
    byId('stage').textContent = text;
    byId('time-left').textContent = left;
    byId<HTMLProgressElement>('bar').value = percent;
  }
}
