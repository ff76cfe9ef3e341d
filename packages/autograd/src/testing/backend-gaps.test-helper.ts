/**
 * What a runtime cannot do on a backend, by its own account. Tests that meet such a gap are skipped with the reason;
 * one that the runtime has closed is a failure, so that the list stays true.
 */
import type { Graph, GraphNode } from '../graph/graph.ts';
import type { BackendName } from '../runtime/backend.ts';

interface Gap {
  readonly backend: BackendName;
  /** Whether a node falls into the gap. */
  readonly hits: (node: GraphNode, graph: Graph) => boolean;
  /** What the runtime says. */
  readonly words: string;
}

const isVolume = (node: GraphNode, graph: Graph) => graph.valueOf(node.inputs[1]!).shape.length === 5;

const gaps: readonly Gap[] = [
  {
    backend: 'webgpu',
    hits: (node, graph) => node.op === 'ConvTranspose' && isVolume(node, graph),
    words: 'Only Conv2d or Conv1d are supported.',
  },
  {
    backend: 'webgpu',
    hits: (node, graph) =>
      node.op === 'Conv' && isVolume(node, graph) && Number(node.attributes.group ?? 1) > 1,
    words: 'Conv3D does not support grouped convolution',
  },
];

/** What the runtime will say of a graph that it cannot run on the backend; undefined when it should run. */
export function gapOf(backend: BackendName, graph: Graph): string | undefined {
  const onBackend = gaps.filter((gap) => gap.backend === backend);
  return onBackend.find((gap) => graph.nodes.some((node) => gap.hits(node, graph)))?.words;
}
