/**
 * Dilation, erosion, opening and closing of masks by a ball in mm or by steps to neighbours.
 *
 * A ball of radius r is a threshold on the exact distance transform: d <= r to the foreground dilates, d > r
 * to the background erodes; its cost does not grow with r. Steps follow scipy.ndimage.binary_dilation with
 * generate_binary_structure and iterations.
 *
 * The grid is taken to go on as background beyond its edges. So erosion eats from the edges (as scipy's
 * default), and closing never removes foreground there (scipy's does). An axis of length 1 takes no part: a
 * single slice is treated in two dimensions.
 */
import { type Connectivity, neighbourSteps } from '../components/connectivity.ts';
import { orthogonalSpacingMm } from '../distance/orthogonal-spacing.ts';
import { squaredDistances } from '../distance/squared-distance.ts';
import { ImagingError } from '../errors.ts';
import type { Shape3, Vec3, Volume } from '../volume/volume.ts';
import { cropMask, foregroundBox, growBox, pasteMask } from './foreground-box.ts';

/** A ball of a radius in mm (voxel centres at most that far count), or so many steps to neighbours. */
export type StructuringElement =
  | { radiusMm: number }
  | {
      /** Default 6. */
      connectivity?: Connectivity;
      /** Default 1. */
      iterations?: number;
    };

/**
 * Adds the voxels within reach of the foreground (non-zero); 0 or 1 a voxel.
 *
 * @throws ImagingError BAD_ARGUMENT for a negative radius or iteration count or an unknown connectivity;
 * BAD_AFFINE for a radius in mm on a sheared grid.
 */
export function dilate(mask: Volume, element: StructuringElement = {}): Volume<Uint8Array> {
  return apply('dilate', mask, element, [DILATE]);
}

/** Removes the foreground voxels within reach of the background. Errors as `dilate`. */
export function erode(mask: Volume, element: StructuringElement = {}): Volume<Uint8Array> {
  return apply('erode', mask, element, [ERODE]);
}

/** Erosion, then dilation: removes what is thinner than the element. Errors as `dilate`. */
export function open(mask: Volume, element: StructuringElement = {}): Volume<Uint8Array> {
  return apply('open', mask, element, [ERODE, DILATE]);
}

/** Dilation, then erosion: fills what is narrower than the element. Errors as `dilate`. */
export function close(mask: Volume, element: StructuringElement = {}): Volume<Uint8Array> {
  return apply('close', mask, element, [DILATE, ERODE]);
}

const DILATE = 1;
const ERODE = 0;
type Step = typeof DILATE | typeof ERODE;

function apply(
  operation: string,
  mask: Volume,
  element: StructuringElement,
  steps: readonly Step[],
): Volume<Uint8Array> {
  const { data, shape, voxelToWorld } = mask;
  const out: Volume<Uint8Array> = { data: new Uint8Array(data.length), shape, voxelToWorld };
  const ball = 'radiusMm' in element ? ballOf(operation, mask, element.radiusMm) : undefined;
  const walk = 'radiusMm' in element ? undefined : walkOf(operation, shape, element);
  const box = foregroundBox(mask);
  if (!box) return out;
  // Room for the growth and one more voxel, beyond the edge of the grid if need be, so that the border of the
  // box is background before and after each step.
  const reach = steps[0] === DILATE ? (ball?.reach ?? walk!.reach) : [0, 0, 0];
  const margin = shape.map((length, axis) => (length === 1 ? 0 : reach[axis]! + 1));
  const room = growBox(box, margin as unknown as Vec3);
  let local = cropMask(data, shape, room);
  for (const step of steps) {
    if (ball) thresholdDistance(local, step, room.size, ball);
    else local = walkSteps(local, step, room.size, walk!);
  }
  pasteMask(local, room, out.data, shape);
  return out;
}

interface Ball {
  spacing: Vec3;
  radiusSquared: number;
  reach: Vec3;
}

function ballOf(operation: string, mask: Volume, radiusMm: number): Ball {
  if (!(radiusMm >= 0 && Number.isFinite(radiusMm))) {
    throw new ImagingError(
      'BAD_ARGUMENT',
      `${operation}: radiusMm must be 0 or more and finite: ${radiusMm}`,
    );
  }
  const spacing = orthogonalSpacingMm(operation, mask);
  const reach = spacing.map((mm) => Math.ceil(radiusMm / mm)) as unknown as Vec3;
  // A radius of exactly n voxels must include the nth in spite of float32 distances.
  return { spacing, radiusSquared: radiusMm * radiusMm * (1 + 1e-6), reach };
}

function thresholdDistance(local: Uint8Array, step: Step, size: Shape3, ball: Ball): void {
  const { radiusSquared } = ball;
  const squared = squaredDistances(local, step, size, ball.spacing);
  const within = step === DILATE ? 1 : 0;
  for (let at = 0; at < local.length; at++) local[at] = squared[at]! <= radiusSquared ? within : 1 - within;
}

interface Walk {
  iterations: number;
  steps: readonly (readonly [number, number, number])[];
  reach: Vec3;
}

function walkOf(
  operation: string,
  shape: Shape3,
  element: { connectivity?: Connectivity; iterations?: number },
): Walk {
  const { connectivity = 6, iterations = 1 } = element;
  if (!(Number.isInteger(iterations) && iterations >= 0)) {
    throw new ImagingError('BAD_ARGUMENT', `${operation}: iterations must be a whole number: ${iterations}`);
  }
  const steps = neighbourSteps(connectivity).filter((step) =>
    step.every((d, axis) => d === 0 || shape[axis]! > 1),
  );
  return { iterations, steps, reach: [iterations, iterations, iterations] };
}

/** Spreads foreground (DILATE) or background (ERODE) to neighbours, `iterations` times. */
function walkSteps(mask: Uint8Array, spread: Step, size: Shape3, walk: Walk): Uint8Array {
  const [nx, ny, nz] = size;
  const count = walk.steps.length;
  const offsets = Int32Array.from(walk.steps, ([x, y, z]) => x + nx * (y + ny * z));
  // The border is background and has nothing to lose or spread beyond the box, so it is not visited.
  const edge = size.map((length) => (length === 1 ? 0 : 1));
  const [ex, ey, ez] = edge as [number, number, number];
  let from = mask;
  let to: Uint8Array = mask.slice();
  for (let iteration = 0; iteration < walk.iterations; iteration++) {
    for (let z = ez; z < nz - ez; z++) {
      for (let y = ey; y < ny - ey; y++) {
        const row = nx * (y + ny * z);
        for (let at = row + ex; at < row + nx - ex; at++) {
          let value = from[at]!;
          for (let s = 0; s < count && value !== spread; s++) value = from[at + offsets[s]!]!;
          to[at] = value;
        }
      }
    }
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}
