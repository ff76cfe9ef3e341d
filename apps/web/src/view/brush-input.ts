/**
 * Turns pointer strokes over the slices into brush strokes. While a tool is in use NiiVue does not see the mouse or
 * touches at all; with the tool put away they are its own again.
 */
import type { Vec3 } from '@ventriseg/imaging';
import type { Viewer } from './viewer.ts';

export interface BrushEvents {
  /** Whether a tool is in use. */
  readonly isActive: () => boolean;
  readonly onStroke: (from: Vec3, to: Vec3, axis: 0 | 1 | 2) => void;
  readonly onEnd: () => void;
}

/** What NiiVue listens to. */
const blocked = ['mousedown', 'mousemove', 'mouseup', 'touchstart', 'touchmove', 'touchend'] as const;

export function listenForBrush(canvas: HTMLCanvasElement, viewer: Viewer, events: BrushEvents): void {
  let last: { voxel: Vec3; axis: 0 | 1 | 2 } | undefined;
  for (const name of blocked) {
    canvas.addEventListener(
      name,
      (event) => {
        if (events.isActive()) event.stopImmediatePropagation();
      },
      { capture: true },
    );
  }
  canvas.addEventListener('pointerdown', (event) => {
    if (!events.isActive() || event.button !== 0) return;
    const hit = viewer.voxelAt(event.clientX, event.clientY);
    if (hit === undefined) return;
    canvas.setPointerCapture(event.pointerId);
    last = hit;
    events.onStroke(hit.voxel, hit.voxel, hit.axis);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (last === undefined) return;
    const hit = viewer.voxelAt(event.clientX, event.clientY);
    // A stroke belongs to the slice it began in.
    if (hit === undefined || hit.axis !== last.axis || hit.voxel[hit.axis] !== last.voxel[hit.axis]) return;
    events.onStroke(last.voxel, hit.voxel, hit.axis);
    last = hit;
  });
  const end = () => {
    if (last === undefined) return;
    last = undefined;
    events.onEnd();
  };
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
}
