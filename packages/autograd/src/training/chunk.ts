/** Cutting a batch into the chunks that one run of a graph takes. */

/** `count` images from `start`, followed by zeros up to the chunk's size; a view where no filling is needed. */
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
  filled.set(view);
  return filled;
}
