/**
 * What is cut away after a scan is made: all but the brain, the neck, the crown, the face.
 */
import type { SeededRandom } from 'onnx-autograd';
import type { SynthesisOptions } from './options.ts';
import { slotIsBrain } from './tissues.ts';

const size = 256;
const plane = size * size;
/** Sulci narrower than twice this are kept with the brain, voxels. */
const closing = 3;

/** Sets what is cut away to 0 in `image`, in place. Never the brain itself, except by cutting the crown. */
export function cutAway(
  image: Float32Array,
  slots: Uint8Array,
  options: SynthesisOptions,
  random: SeededRandom,
): void {
  const brain = new Uint8Array(slots.length);
  const table = Uint8Array.from(slotIsBrain, Number);
  for (let i = 0; i < slots.length; i++) brain[i] = table[slots[i]!]!;
  const extent = extentOf(brain);
  if (extent === undefined) return;
  if (random.next() < options.skullStripped) {
    const mask = aroundBrain(brain, random.nextInt(4));
    for (let i = 0; i < image.length; i++) if (mask[i] === 0) image[i] = 0;
    return;
  }
  const height = extent.bottom - extent.top;
  if (random.next() < options.neckCut) {
    clearRows(image, Math.round(extent.bottom + random.uniform(-0.05, 0.35) * height), size);
  }
  if (random.next() < options.crownCut) clearRows(image, 0, Math.round(extent.top + random.uniform(-10, 12)));
  if (random.next() < options.defaced) removeFace(image, brain, extent, random);
}

interface Extent {
  /** Rows (from the top), and slices (from the back), of the brain. */
  readonly top: number;
  readonly bottom: number;
  readonly back: number;
  readonly front: number;
}

function extentOf(brain: Uint8Array): Extent | undefined {
  let [top, bottom, back, front] = [size, -1, size, -1];
  for (let k = 0; k < size; k++) {
    for (let j = 0; j < size; j++) {
      const at = size * (j + size * k);
      if (!rowHasBrain(brain, at)) continue;
      if (j < top) top = j;
      if (j > bottom) bottom = j;
      if (k < back) back = k;
      front = k;
    }
  }
  return bottom < 0 ? undefined : { top, bottom, back, front };
}

function rowHasBrain(brain: Uint8Array, at: number): boolean {
  for (let i = at; i < at + size; i++) if (brain[i] !== 0) return true;
  return false;
}

function clearRows(image: Float32Array, from: number, to: number): void {
  const first = Math.min(Math.max(from, 0), size);
  const last = Math.min(Math.max(to, 0), size);
  for (let k = 0; k < size; k++)
    image.fill(0, k * plane + first * size, k * plane + Math.max(first, last) * size);
}

/** Everything in front of a slanted plane from the forehead to below the middle of the brain. */
function removeFace(image: Float32Array, brain: Uint8Array, extent: Extent, random: SeededRandom): void {
  const { top, bottom, back, front } = extent;
  const startRow = top + random.uniform(0.35, 0.6) * (bottom - top);
  const startSlice = front + random.uniform(4, 14);
  const endSlice = back + random.uniform(0.4, 0.7) * (front - back);
  const slope = (startSlice - endSlice) / (bottom - startRow);
  for (let k = 0; k < size; k++) {
    for (let j = Math.ceil(startRow); j < size; j++) {
      if (k <= startSlice - slope * (j - startRow)) continue;
      const at = size * (j + size * k);
      for (let i = at; i < at + size; i++) if (brain[i] === 0) image[i] = 0;
    }
  }
}

/** The brain with its sulci filled, `margin` voxels larger. */
function aroundBrain(brain: Uint8Array, margin: number): Uint8Array {
  const grown = grow(brain, closing + margin);
  for (let i = 0; i < grown.length; i++) grown[i] = grown[i] === 0 ? 1 : 0;
  const shrunk = grow(grown, closing);
  for (let i = 0; i < shrunk.length; i++) shrunk[i] = shrunk[i] === 0 ? 1 : 0;
  return shrunk;
}

/** Dilation by a cube of `2 * radius + 1` voxels: along each axis, the way since the last voxel set is counted. */
function grow(mask: Uint8Array, radius: number): Uint8Array {
  let grown = mask;
  for (const inner of [1, size, plane]) grown = spread(grown, inner, radius);
  return grown;
}

function spread(from: Uint8Array, inner: number, radius: number): Uint8Array {
  const to = new Uint8Array(from.length);
  const outer = from.length / (size * inner);
  const since = new Uint8Array(inner);
  for (let o = 0; o < outer; o++) {
    const base = o * size * inner;
    for (const forward of [true, false]) {
      since.fill(radius + 1);
      for (let n = 0; n < size; n++) {
        const at = base + (forward ? n : size - 1 - n) * inner;
        for (let i = 0; i < inner; i++) {
          const count = from[at + i] !== 0 ? 0 : since[i]! + 1;
          since[i] = count > radius ? radius + 1 : count;
          if (count <= radius) to[at + i] = 1;
        }
      }
    }
  }
  return to;
}
