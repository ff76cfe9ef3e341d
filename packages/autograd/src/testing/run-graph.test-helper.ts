/** Runs a graph once on onnxruntime-node. */
import * as ort from 'onnxruntime-node';
import type { Graph } from '../graph/graph.ts';
import { createSession } from '../runtime/runtime.ts';
import { type Tensor64, tensor64 } from './tensor64.test-helper.ts';

/** One thread, so that results do not depend on the machine. */
export const oneThread = { intraOpNumThreads: 1, interOpNumThreads: 1 };

/** @param feeds inputs and parameters by name. @returns the graph's outputs by name */
export async function runGraph(
  graph: Graph,
  feeds: ReadonlyMap<string, Tensor64>,
): Promise<Map<string, Tensor64>> {
  const session = await createSession(ort, graph, oneThread);
  try {
    const tensors: Record<string, ort.Tensor> = {};
    for (const { name, shape } of [...graph.inputs, ...graph.parameters.map((p) => p.value)]) {
      const fed = feeds.get(name);
      if (fed === undefined) throw new Error(`nothing fed for ${name}`);
      tensors[name] = new ort.Tensor('float32', Float32Array.from(fed.data), shape);
    }
    const outputs = await session.run(tensors);
    return new Map(
      Object.entries(outputs).map(([name, t]) => [name, tensor64(t.dims, t.data as Float32Array)]),
    );
  } finally {
    await session.release();
  }
}
