/** Runs a graph once on the backend under test. */
import type { InferenceSession } from 'onnxruntime-common';
import { TestRunner } from 'vitest';
import type { Graph } from '../graph/graph.ts';
import { createSession, type Feeds, messageOf } from '../runtime/runtime.ts';
import { backendName, oneThread, ort } from './backend.test-helper.ts';
import { gapOf } from './backend-gaps.test-helper.ts';
import { type Tensor64, tensor64 } from './tensor64.test-helper.ts';

/**
 * Skips the test, with the reason, where the runtime is known not to have an operator on this backend.
 *
 * @param feeds inputs and parameters by name. @returns the graph's outputs by name
 */
export async function runGraph(
  graph: Graph,
  feeds: ReadonlyMap<string, Tensor64>,
): Promise<Map<string, Tensor64>> {
  const gap = gapOf(backendName, graph);
  const session = await createSession(ort, graph, oneThread);
  try {
    const tensors: Feeds = {};
    for (const { name, shape } of [...graph.inputs, ...graph.parameters.map((p) => p.value)]) {
      const fed = feeds.get(name);
      if (fed === undefined) throw new Error(`nothing fed for ${name}`);
      tensors[name] = new ort.Tensor('float32', Float32Array.from(fed.data), shape);
    }
    const outputs = await (gap === undefined ? session.run(tensors) : runInGap(session, tensors, gap));
    return new Map(
      Object.entries(outputs).map(([name, t]) => [name, tensor64(t.dims, t.data as Float32Array)]),
    );
  } finally {
    await session.release();
  }
}

async function runInGap(session: InferenceSession, feeds: Feeds, gap: string): Promise<never> {
  const words = await session.run(feeds).then(() => undefined, messageOf);
  if (words?.includes(gap)) {
    TestRunner.getCurrentTest()!.context.skip(`ONNX Runtime on ${backendName}: ${gap}`);
  }
  throw new Error(`${backendName} was known to say "${gap}" and says ${words ?? 'nothing'}`);
}
