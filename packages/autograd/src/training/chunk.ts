/** Cutting a batch into the chunks that one run of a graph takes. */
import { AutogradError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { elementCount } from '../operators/shape.ts';
import type { SeededRandom } from '../random/seeded-random.ts';

export interface Batch {
  /** `size` images, [size, ...network.inputShape]. */
  readonly images: Float32Array;
  /** `size` targets, [size, K, ...spatial]. */
  readonly targets: Float32Array;
  readonly size: number;
}

/** The values of every input of the gradient graph, for one run. */
export type Chunk = Readonly<Record<string, Float32Array>>;

/**
 * @param graph the gradient graph; its images' first axis is the size of a chunk
 * @param random draws the dropout masks
 */
export function chunksOf(graph: Graph, batch: Batch, random: SeededRandom): Chunk[] {
  const chunkSize = graph.inputs[0]!.shape[0]!;
  const chunks: Chunk[] = [];
  for (let start = 0; start < batch.size; start += chunkSize) {
    const count = Math.min(chunkSize, batch.size - start);
    const chunk: Record<string, Float32Array> = {};
    for (const { name, shape } of graph.inputs) {
      const size = elementCount(shape.slice(1));
      if (name === 'image') chunk[name] = chunkOf(batch.images, start, count, size, chunkSize);
      else if (name === 'target') chunk[name] = chunkOf(batch.targets, start, count, size, chunkSize);
      else if (name === 'image_weight')
        chunk[name] = new Float32Array(chunkSize).fill(1 / batch.size, 0, count);
      else chunk[name] = dropoutMask(elementCount(shape), graph.dropoutInputs.get(name)!, random);
    }
    chunks.push(chunk);
  }
  return chunks;
}

function dropoutMask(count: number, keep: number, random: SeededRandom): Float32Array {
  return Float32Array.from({ length: count }, () => (random.next() < keep ? 1 / keep : 0));
}

/**
 * @param whole whether the batch must be whole chunks, as batch normalisation needs
 * @throws AutogradError SHAPE_MISMATCH when the arrays do not hold `size` images, BAD_ARGUMENT when not whole
 */
export function checkBatch(graph: Graph, batch: Batch, whole: boolean): void {
  for (const [name, data] of [
    ['image', batch.images],
    ['target', batch.targets],
  ] as const) {
    const shape = graph.inputs.find((input) => input.name === name)!.shape.slice(1);
    const wanted = batch.size * elementCount(shape);
    if (data.length !== wanted || batch.size < 1) {
      throw new AutogradError(
        'SHAPE_MISMATCH',
        `train(): ${batch.size} ${name}s of ${shape.join('x')} need ${wanted} values, got ${data.length}`,
      );
    }
  }
  const chunkSize = graph.inputs[0]!.shape[0]!;
  if (whole && batch.size % chunkSize !== 0) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `train(): batch normalisation needs whole chunks; ${batch.size} images are not a multiple of ${chunkSize}`,
    );
  }
}

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
