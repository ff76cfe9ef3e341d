/**
 * Cuts a graph in two: what depends on the weights alone, and the rest.
 *
 * Gradients need kernels flipped and transposed. While a batch is worked through chunk by chunk the weights stay
 * the same, so that part is computed once a batch, not once a chunk.
 */
import type { Graph, GraphNode, Value } from '../graph/graph.ts';
import type { ModelSource } from '../onnx/encode-model.ts';

export interface SplitGraph {
  /** Trainable parameters in, everything that `rest` needs of them out; undefined where there is nothing to do. */
  readonly ofWeights: ModelSource | undefined;
  /** The graph's own inputs and outputs; what `ofWeights` computes is an input as well. */
  readonly rest: ModelSource;
}

export function splitByWeights(graph: Graph): SplitGraph {
  const trainable = graph.parameters.filter((parameter) => parameter.trainable);
  const constants = new Set(graph.constants.map(({ name }) => name));
  const known = new Set(trainable.map(({ value }) => value.name));
  const results = new Set(graph.outputs.map(({ name }) => name));
  const early: GraphNode[] = [];
  const late: GraphNode[] = [];
  for (const node of graph.nodes) {
    const operands = node.inputs.filter((name) => name !== '' && !constants.has(name));
    const isEarly =
      operands.length > 0 &&
      operands.every((name) => known.has(name)) &&
      !node.outputs.some((name) => results.has(name));
    (isEarly ? early : late).push(node);
    if (isEarly) for (const name of node.outputs) known.add(name);
  }
  if (early.length === 0) return { ofWeights: undefined, rest: graph };
  const made = new Set(early.flatMap(({ outputs }) => outputs));
  const handedOver = [...namesRead(late)].filter((name) => made.has(name)).map((name) => graph.valueOf(name));
  return {
    ofWeights: part(graph, early, [], handedOver),
    rest: part(graph, late, [...graph.inputs, ...handedOver], graph.outputs),
  };
}

function part(graph: Graph, nodes: GraphNode[], inputs: Value[], outputs: Value[]): ModelSource {
  const read = namesRead(nodes);
  return {
    nodes,
    inputs,
    outputs,
    parameters: graph.parameters.filter(({ value }) => read.has(value.name)),
    constants: graph.constants.filter(({ name }) => read.has(name)),
  };
}

function namesRead(nodes: readonly GraphNode[]): Set<string> {
  return new Set(nodes.flatMap(({ inputs }) => inputs));
}
