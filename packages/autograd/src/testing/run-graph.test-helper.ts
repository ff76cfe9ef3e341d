/** Runs a graph once on the backend under test. */

import type { Graph } from '../graph/graph.ts';
import { createSession, type Feeds } from '../runtime/runtime.ts';
import { oneThread, ort } from './backend.test-helper.ts';
import { type Tensor64, tensor64 } from './tensor64.test-helper.ts';

/** @param feeds inputs and parameters by name. @returns the graph's outputs by name */
export async function runGraph(
  graph: Graph,
  feeds: ReadonlyMap<string, Tensor64>,
): Promise<Map<string, Tensor64>> {
  const session = await createSession(ort, graph, oneThread);
  try {
    const tensors: Feeds = {};
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
