/** Cutting a batch into the chunks that one run of a graph takes. */

/**
 * `count` images from `start`; a view where they fill the chunk. A smaller rest is repeated up to the chunk's
 * size: fillers weigh 0, but 0 * NaN is NaN, and images of zeros may be just what a loss is undefined for.
 */
export function chunkOf(
  data: Float32Array,
  start: number,
  count: number,
  size: number,
  chunkSize: number,
): Float32Array {
  const view = data.subarray(start * size, (start + count) * size);
  if (count === chunkSize) return view;
  const filled = new Float32Array(chunkSize * size);
  for (let at = 0; at < filled.length; at += view.length) {
    filled.set(view.subarray(0, Math.min(view.length, filled.length - at)), at);
  }
  return filled;
}
