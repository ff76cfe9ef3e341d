/**
 * Left and right exchanged, for running a network on the mirror image as well: what it says there comes back with
 * the sides of the labels exchanged too.
 */
import { type Shape3, voxelCount } from '@ventriseg/imaging';

/** FreeSurfer's numbers of the structures that have two sides. */
const otherSide: Readonly<Record<number, number>> = { 4: 43, 43: 4, 5: 44, 44: 5 };

/** The image with its first axis, left to right, turned round. */
export function mirror(image: Float32Array, [nx]: Shape3): Float32Array {
  const out = image.slice();
  for (let row = 0; row < out.length; row += nx) out.subarray(row, row + nx).reverse();
  return out;
}

/**
 * The mean of the probabilities of an image and of its mirror image.
 *
 * @param straight probabilities [classes, z, y, x]
 * @param mirrored those of the mirror image
 * @param labels FreeSurfer's number of each class
 * @returns a new array on the grid of `straight`
 */
export function averageWithMirror(
  straight: Float32Array,
  mirrored: Float32Array,
  shape: Shape3,
  labels: readonly number[],
): Float32Array {
  const count = voxelCount(shape);
  const back = mirror(mirrored, shape);
  const out = new Float32Array(straight.length);
  labels.forEach((label, channel) => {
    const partner = labels.indexOf(otherSide[label] ?? label);
    const from = (partner < 0 ? channel : partner) * count;
    for (let at = 0, to = channel * count; at < count; at++, to++) {
      out[to] = (straight[to]! + back[from + at]!) / 2;
    }
  });
  return out;
}
