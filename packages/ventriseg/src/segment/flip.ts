/**
 * Left and right exchanged, for running a network on the mirror image as well: what it says there comes back with
 * the sides of the labels exchanged too.
 */
import { type Shape3, voxelCount } from '@ventriseg/imaging';
import type { CanonicalNumber } from '../labels/index.ts';

const otherSide: Readonly<Partial<Record<CanonicalNumber, CanonicalNumber>>> = { 4: 43, 43: 4, 5: 44, 44: 5 };

/** The image with its first axis, left to right, turned round. */
export function mirror(image: Float32Array, [nx]: Shape3): Float32Array {
  const out = image.slice();
  for (let row = 0; row < out.length; row += nx) out.subarray(row, row + nx).reverse();
  return out;
}

/**
 * The mean of the probabilities of an image and of its mirror image.
 *
 * @param straight probabilities [classes + 1, z, y, x], background first
 * @param mirrored those of the mirror image; used up
 * @param classes labels of the channels, background left out
 * @returns a new array on the grid of `straight`
 */
export function averageWithMirror(
  straight: Float32Array,
  mirrored: Float32Array,
  shape: Shape3,
  classes: readonly { readonly labels: readonly CanonicalNumber[] }[],
): Float32Array {
  const count = voxelCount(shape);
  const labels = classes.map((labelClass) => labelClass.labels[0]!);
  const back = mirror(mirrored, shape);
  const out = new Float32Array(straight.length);
  for (let channel = 0; channel <= labels.length; channel++) {
    const other = channel === 0 ? undefined : otherSide[labels[channel - 1]!];
    const partner = other === undefined ? -1 : labels.indexOf(other);
    const from = (partner < 0 ? channel : partner + 1) * count;
    for (let at = 0, to = channel * count; at < count; at++, to++) {
      out[to] = (straight[to]! + back[from + at]!) / 2;
    }
  }
  return out;
}
