/**
 * Finds out whether a runtime has kernels for the blocked layout, and with how many channels in a block.
 *
 * The number is that of the processor (16 with AVX-512, 8 with AVX2) and is nowhere to be asked for; browsers have
 * no such kernels at all. So a small network is computed plain and blocked: only the right number gives the same.
 */
import type { InferenceSession } from 'onnxruntime-common';
import { Graph } from '../graph/graph.ts';
import { relu } from '../operators/activation.ts';
import { conv } from '../operators/conv.ts';
import { maxPool } from '../operators/pool.ts';
import { upsampleNearest } from '../operators/resize.ts';
import { elementCount } from '../operators/shape.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import { createSession, type Feeds, type Runtime } from '../runtime/runtime.ts';
import { lowerToBlocked } from './blocked-layout.ts';

const CANDIDATES = [16, 8];
/** Largest difference, as a share of the largest value, between two orders of summing. */
const TOLERANCE = 1e-4;

const known = new WeakMap<object, Promise<number | undefined>>();

/**
 * @param session the options of the sessions that are to use the kernels
 * @returns channels in a block; undefined where the runtime has no blocked kernels
 */
export async function probeBlockSize(
  runtime: Runtime,
  session: InferenceSession.SessionOptions,
): Promise<number | undefined> {
  // Only the processor's kernels work on blocks; a graphics card would hand such nodes back to it one by one.
  if (session.executionProviders?.some((provider) => provider !== 'cpu')) return undefined;
  const key = runtime.InferenceSession;
  const found = known.get(key) ?? probe(runtime);
  known.set(key, found);
  return found;
}

async function probe(runtime: Runtime): Promise<number | undefined> {
  for (const block of CANDIDATES) {
    const graph = smallNetwork(block);
    const wanted = await run(runtime, graph);
    // A runtime without these operators refuses the model: that is the answer, not a failure.
    const got = await run(runtime, lowerToBlocked(graph, block)).catch(() => undefined);
    if (got !== undefined && isSame(got, wanted)) return block;
  }
  return undefined;
}

/** Has every operator of the blocked domain; twice as many channels as a block, so that their order shows, or half more. */
function smallNetwork(block: number): Graph {
  const g = new Graph({ mode: 'inference' });
  const [channels, more] = [2 * block, 1.5 * block];
  const kernel = (name: string, filters: number, from: number) => g.input(name, [filters, from, 3, 3]);
  const first = relu(conv(g.input('x', [1, 1, 4, 4]), kernel('a', channels, 1)));
  const second = conv(maxPool(first), kernel('b', more, channels));
  g.output('y', upsampleNearest(conv(second, kernel('c', channels, more))));
  return g;
}

async function run(runtime: Runtime, graph: Graph): Promise<Float32Array> {
  const random = new SeededRandom(1);
  const session = await createSession(runtime, graph, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  try {
    const feeds: Feeds = Object.fromEntries(
      graph.inputs.map(({ name, shape }) => {
        const data = Float32Array.from({ length: elementCount(shape) }, () => random.next() - 0.5);
        return [name, new runtime.Tensor('float32', data, shape)];
      }),
    );
    return (await session.run(feeds)).y!.data as Float32Array;
  } finally {
    await session.release();
  }
}

function isSame(got: Float32Array, wanted: Float32Array): boolean {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return got.every((value, i) => Math.abs(value - wanted[i]!) <= TOLERANCE * largest);
}
