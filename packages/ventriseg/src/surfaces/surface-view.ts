/**
 * The directions that surfaces are looked at from, without perspective.
 */
import { cross, unit, type Vec3 } from '@ventriseg/imaging';

/** Where the viewer stands; left and right are the patient's, oblique is in front, to the left and above. */
export type SurfaceView = 'anterior' | 'posterior' | 'left' | 'right' | 'superior' | 'inferior' | 'oblique';

/** Axes of a picture as unit vectors in world RAS: to its right, up, and towards the viewer. */
export interface ViewAxes {
  readonly right: Vec3;
  readonly up: Vec3;
  readonly towards: Vec3;
}

/** Towards the viewer, and what is to be up in the picture as far as that allows. */
const directions: Readonly<Record<SurfaceView, readonly [towards: Vec3, up: Vec3]>> = {
  anterior: [
    [0, 1, 0],
    [0, 0, 1],
  ],
  posterior: [
    [0, -1, 0],
    [0, 0, 1],
  ],
  left: [
    [-1, 0, 0],
    [0, 0, 1],
  ],
  right: [
    [1, 0, 0],
    [0, 0, 1],
  ],
  superior: [
    [0, 0, 1],
    [0, 1, 0],
  ],
  inferior: [
    [0, 0, -1],
    [0, 1, 0],
  ],
  oblique: [
    [-0.65, 0.6, 0.47],
    [0, 0, 1],
  ],
};

/** The views that have a name, in the order of the type. */
export const surfaceViews = Object.keys(directions) as readonly SurfaceView[];

/** The axes of a view's picture. */
export function viewAxes(view: SurfaceView): ViewAxes {
  const [direction, upwards] = directions[view];
  const towards = unit(direction);
  const right = unit(cross(upwards, towards));
  return { right, up: cross(towards, right), towards };
}

/** R, L, A, P, S or I for a direction along an axis of the patient; nothing for one between them. */
export function directionLetter(direction: Vec3): string {
  const axis = direction.findIndex((component) => Math.abs(component) > 0.999);
  return axis < 0 ? '' : ['RL', 'AP', 'SI'][axis]![direction[axis]! > 0 ? 0 : 1]!;
}
