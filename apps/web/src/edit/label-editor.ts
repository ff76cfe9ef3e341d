/**
 * Labels being corrected by hand: brush and eraser strokes with undo and redo, and the voxels of each label counted
 * along. Knows nothing of the screen.
 */
import { type Vec3, type Volume, voxelSizesMm } from '@ventriseg/imaging';

export interface Brush {
  /** Label to paint; 0 erases. */
  readonly label: number;
  readonly radiusMm: number;
  /** Axis of the volume that the stroke does not leave its slice along; undefined paints a ball. */
  readonly flatAxis: 0 | 1 | 2 | undefined;
}

interface Stroke {
  readonly voxels: Uint32Array;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

export class LabelEditor {
  readonly volume: Volume<Uint8Array>;
  /** Voxels of each label. */
  readonly counts = new Uint32Array(256);
  private readonly sizesMm: Vec3;
  private readonly done: Stroke[] = [];
  private readonly undone: Stroke[] = [];
  /** Voxels that the current stroke has changed, with what they were. */
  private current: Map<number, number> | undefined;

  /** @param volume labels; edited in place */
  constructor(volume: Volume<Uint8Array>) {
    this.volume = volume;
    this.sizesMm = voxelSizesMm(volume.voxelToWorld);
    for (const label of volume.data) this.counts[label]!++;
  }

  /** Strokes that are in force. */
  get strokes(): number {
    return this.done.length;
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /**
   * Paints from one voxel to another, as a part of the current stroke.
   *
   * @returns indices of the voxels that changed
   */
  paint(from: Vec3, to: Vec3, brush: Brush): number[] {
    this.current ??= new Map();
    const changed: number[] = [];
    const steps = Math.max(1, ...from.map((start, axis) => Math.abs(to[axis]! - start)));
    for (let step = 0; step <= steps; step++) {
      const at = (axis: 0 | 1 | 2) => Math.round(from[axis] + ((to[axis] - from[axis]) * step) / steps);
      this.dab([at(0), at(1), at(2)], brush, this.current, changed);
    }
    return changed;
  }

  /** Ends the current stroke. @returns whether it changed anything */
  endStroke(): boolean {
    const { current } = this;
    this.current = undefined;
    if (current === undefined || current.size === 0) return false;
    const voxels = Uint32Array.from(current.keys());
    const before = Uint8Array.from(current.values());
    this.done.push({ voxels, before, after: Uint8Array.from(voxels, (at) => this.volume.data[at]!) });
    this.undone.length = 0;
    return true;
  }

  /** Takes the last stroke back. @returns the voxels that changed */
  undo(): Uint32Array {
    return this.replay(this.done, this.undone, 'before');
  }

  /** Does the stroke again that was taken back last. @returns the voxels that changed */
  redo(): Uint32Array {
    return this.replay(this.undone, this.done, 'after');
  }

  private replay(from: Stroke[], to: Stroke[], state: 'before' | 'after'): Uint32Array {
    this.endStroke();
    const stroke = from.pop();
    if (stroke === undefined) return new Uint32Array(0);
    stroke.voxels.forEach((at, k) => {
      this.set(at, stroke[state][k]!);
    });
    to.push(stroke);
    return stroke.voxels;
  }

  /** Paints a disc or ball. The voxel at its centre is always painted, however small the brush. */
  private dab(centre: Vec3, brush: Brush, stroke: Map<number, number>, changed: number[]): void {
    const { shape, data } = this.volume;
    const { label, radiusMm, flatAxis } = brush;
    const reach = this.sizesMm.map((mm, axis) => (axis === flatAxis ? 0 : Math.floor(radiusMm / mm)));
    const range = (axis: 0 | 1 | 2) =>
      [
        Math.max(0, centre[axis] - reach[axis]!),
        Math.min(shape[axis] - 1, centre[axis] + reach[axis]!),
      ] as const;
    const [[x0, x1], [y0, y1], [z0, z1]] = [range(0), range(1), range(2)];
    const [mx, my, mz] = this.sizesMm;
    for (let z = z0; z <= z1; z++) {
      for (let y = y0; y <= y1; y++) {
        for (let x = x0; x <= x1; x++) {
          const far = ((x - centre[0]) * mx) ** 2 + ((y - centre[1]) * my) ** 2 + ((z - centre[2]) * mz) ** 2;
          if (far > radiusMm ** 2 && far > 0) continue;
          const at = x + shape[0] * (y + shape[1] * z);
          const was = data[at]!;
          if (was === label) continue;
          if (!stroke.has(at)) stroke.set(at, was);
          this.set(at, label);
          changed.push(at);
        }
      }
    }
  }

  private set(at: number, label: number): void {
    const { data } = this.volume;
    this.counts[data[at]!]!--;
    this.counts[label]!++;
    data[at] = label;
  }
}
