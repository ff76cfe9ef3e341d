/**
 * What the machine can do at most: the speed of a large matrix product on the same runtime and threads, to which
 * the speed of a network is compared.
 */
import { createSession, Graph } from 'onnx-autograd';
import * as onnxruntime from 'onnxruntime-node';

const SIDE = 1024;

/** Best of many products of two 1024 x 1024 matrices, in GFLOP/s. */
export async function measureMatmulPeak(threads: number, seconds: number): Promise<number> {
  const g = new Graph({ mode: 'inference' });
  const a = g.input('a', [SIDE, SIDE]);
  // A constant is packed once, ahead, as a network's weights are.
  const b = g.constant(
    Float32Array.from({ length: SIDE * SIDE }, (_, i) => Math.sin(i)),
    [SIDE, SIDE],
  );
  g.output('product', g.emit('MatMul', [a, b], [SIDE, SIDE]));
  const session = await createSession(onnxruntime, g, { intraOpNumThreads: threads, interOpNumThreads: 1 });
  const data = Float32Array.from({ length: SIDE * SIDE }, (_, i) => Math.cos(i));
  const tensor = (values: Float32Array) => new onnxruntime.Tensor('float32', values, [SIDE, SIDE]);
  const feeds = { a: tensor(data) };
  const fetches = { product: tensor(new Float32Array(SIDE * SIDE)) };
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + 1000 * seconds;
  do {
    const start = performance.now();
    await session.run(feeds, fetches);
    best = Math.min(best, performance.now() - start);
  } while (performance.now() < end);
  await session.release();
  return (2 * SIDE ** 3) / (best * 1e6);
}
