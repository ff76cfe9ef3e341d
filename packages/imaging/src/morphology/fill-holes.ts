/**
 * Fills the holes of a mask: background that is not connected to the border of the grid.
 *
 * The background is flooded from outside; what the flood does not reach is a hole. Equal to
 * scipy.ndimage.binary_fill_holes, except that an axis of length 1 has no border, so that a single slice is
 * filled in two dimensions (scipy fills nothing there).
 */
import { type Connectivity, neighbourSteps } from '../components/connectivity.ts';
import { ImagingError } from '../errors.ts';
import type { Volume } from '../volume/volume.ts';
import { cropMask, foregroundBox, growBox, pasteMask } from './foreground-box.ts';

export interface FillHolesOptions {
  /** How the background is connected; default 6 (faces). In slices 6 means 4, 18 and 26 mean 8 neighbours. */
  connectivity?: Connectivity;
  /** Fill each slice across this storage axis (0, 1 or 2) on its own, in two dimensions. Default: in 3-D. */
  axis?: 0 | 1 | 2;
}

export interface FilledHoles {
  /** 0 or 1 a voxel, on the mask's grid. */
  mask: Volume<Uint8Array>;
  /** Voxels that were background and are now foreground. */
  filledVoxels: number;
}

/**
 * Fills the holes of the non-zero voxels, in 3-D or slice by slice.
 *
 * @throws ImagingError BAD_ARGUMENT for a connectivity other than 6, 18, 26 or an axis other than 0, 1, 2.
 */
export function fillHoles(mask: Volume, options: FillHolesOptions = {}): FilledHoles {
  const { connectivity = 6, axis } = options;
  if (axis !== undefined && axis !== 0 && axis !== 1 && axis !== 2) {
    throw new ImagingError('BAD_ARGUMENT', `fillHoles: axis must be 0, 1 or 2, got ${axis}`);
  }
  const steps = neighbourSteps(connectivity).filter((step) => axis === undefined || step[axis] === 0);
  const out = new Uint8Array(mask.data.length);
  const filledMask = { data: out, shape: mask.shape, voxelToWorld: mask.voxelToWorld };
  const box = foregroundBox(mask);
  if (!box) return { mask: filledMask, filledVoxels: 0 };
  // Outside the box everything is background and reaches the border, so a layer around it is where the flood begins.
  const ringed = growBox(box, [1, 1, 1]);
  const state = cropMask(mask.data, mask.shape, ringed);
  const hasBorder = mask.shape.map((length, a) => a !== axis && length > 1);
  flood(state, ringed.size, hasBorder, steps);
  let filledVoxels = 0;
  for (let at = 0; at < state.length; at++) {
    if (state[at] === 0) filledVoxels++;
    state[at] = state[at]! < OUTSIDE ? 1 : 0;
  }
  pasteMask(state, ringed, out, mask.shape);
  return { mask: filledMask, filledVoxels };
}

const OUTSIDE = 2;
/** The layer around the box, where the flood ends. */
const RING = 3;

/**
 * Marks as OUTSIDE all zeros connected to the layer around the box across an axis that has a border, and that layer
 * as RING.
 */
function flood(
  state: Uint8Array,
  size: readonly [number, number, number],
  hasBorder: readonly boolean[],
  steps: readonly (readonly [number, number, number])[],
): void {
  const [nx, ny, nz] = size;
  const [lastX, lastY, lastZ] = [nx - 1, ny - 1, nz - 1];
  const stack = new Int32Array(state.length);
  let depth = 0;
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        if (x === 0 || y === 0 || z === 0 || x === lastX || y === lastY || z === lastZ) state[at] = RING;
        else if (
          state[at] === 0 &&
          ((hasBorder[0] && (x === 1 || x === lastX - 1)) ||
            (hasBorder[1] && (y === 1 || y === lastY - 1)) ||
            (hasBorder[2] && (z === 1 || z === lastZ - 1)))
        ) {
          state[at] = OUTSIDE;
          stack[depth++] = at;
        }
      }
    }
  }
  // The layer around makes it needless to ask whether a neighbour is in the box.
  const offsets = Int32Array.from(steps, ([x, y, z]) => x + nx * (y + ny * z));
  while (depth > 0) {
    const at = stack[--depth]!;
    for (let s = 0; s < offsets.length; s++) {
      const neighbour = at + offsets[s]!;
      if (state[neighbour] !== 0) continue;
      state[neighbour] = OUTSIDE;
      stack[depth++] = neighbour;
    }
  }
}
