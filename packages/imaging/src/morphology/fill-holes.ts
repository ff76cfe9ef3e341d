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
import { cropMask, foregroundBox, pasteMask } from './foreground-box.ts';

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
  // Outside the box everything is background and reaches the border, so the box's own faces are the seeds.
  const state = cropMask(mask.data, mask.shape, box);
  const closed = mask.shape.map((length, a) => a !== axis && length > 1);
  flood(state, box.size, closed, steps);
  let filledVoxels = 0;
  for (let at = 0; at < state.length; at++) {
    if (state[at] === 0) filledVoxels++;
    state[at] = state[at] === OUTSIDE ? 0 : 1;
  }
  pasteMask(state, box, out, mask.shape);
  return { mask: filledMask, filledVoxels };
}

const OUTSIDE = 2;

/** Marks as OUTSIDE all zeros connected to a face of the box across an axis that has a border. */
function flood(
  state: Uint8Array,
  size: readonly [number, number, number],
  hasBorder: readonly boolean[],
  steps: readonly (readonly [number, number, number])[],
): void {
  const [nx, ny, nz] = size;
  const stack = new Int32Array(state.length);
  let depth = 0;
  for (let z = 0; z < nz; z++) {
    const zFace = hasBorder[2] && (z === 0 || z === nz - 1);
    for (let y = 0; y < ny; y++) {
      const face = zFace || (hasBorder[1] && (y === 0 || y === ny - 1));
      const row = nx * (y + ny * z);
      for (let x = 0; x < nx; x++) {
        if (state[row + x] !== 0) continue;
        if (face || (hasBorder[0] && (x === 0 || x === nx - 1))) {
          state[row + x] = OUTSIDE;
          stack[depth++] = row + x;
        }
      }
    }
  }
  const count = steps.length;
  const dxs = Int32Array.from(steps, (s) => s[0]);
  const dys = Int32Array.from(steps, (s) => s[1]);
  const dzs = Int32Array.from(steps, (s) => s[2]);
  while (depth > 0) {
    const at = stack[--depth]!;
    const x = at % nx;
    const yz = (at - x) / nx;
    const y = yz % ny;
    const z = (yz - y) / ny;
    for (let s = 0; s < count; s++) {
      const qx = x + dxs[s]!;
      const qy = y + dys[s]!;
      const qz = z + dzs[s]!;
      if (qx < 0 || qx >= nx || qy < 0 || qy >= ny || qz < 0 || qz >= nz) continue;
      const q = qx + nx * (qy + ny * qz);
      if (state[q] !== 0) continue;
      state[q] = OUTSIDE;
      stack[depth++] = q;
    }
  }
}
