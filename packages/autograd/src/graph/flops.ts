/**
 * How much arithmetic a graph does, counted from its nodes: multiplications and additions each one operation, as
 * papers count them. Only convolutions and matrix products are counted; what is elementwise is bound by memory,
 * and adds one or two in a hundred.
 */
import { elementCount } from '../operators/shape.ts';
import type { Graph } from './graph.ts';

/** Floating-point operations of one run. */
export interface FlopCount {
  readonly convolutions: number;
  /** Matrix products of tensors that depend on the input or on parameters, both sides. */
  readonly products: number;
  /**
   * Matrix products with a constant, which is how this package resizes linearly. Other engines resize without
   * them: leave them out where engines are compared.
   */
  readonly constantProducts: number;
}

/** Operations of one run of the graph; of an inference graph, those of a forward pass over its batch. */
export function countFlops(graph: Graph): FlopCount {
  const constants = new Set(graph.constants.map(({ name }) => name));
  let convolutions = 0;
  let products = 0;
  let constantProducts = 0;
  const size = (name: string) => elementCount(graph.valueOf(name).shape);
  for (const { op, inputs, outputs, attributes } of graph.nodes) {
    const [first, second] = inputs as [string, string];
    switch (op) {
      case 'Conv':
        // Every output element is a sum over one filter.
        convolutions += 2 * size(outputs[0]!) * filterSize(graph, second);
        break;
      case 'ConvTranspose':
        // Every input element is spread over one filter.
        convolutions += 2 * size(first) * filterSize(graph, second);
        break;
      case 'MatMul':
      case 'FusedMatMul': {
        const inner = graph.valueOf(first).shape.at(attributes.transA === 1 ? -2 : -1)!;
        const flops = 2 * size(outputs[0]!) * inner;
        if (constants.has(first) || constants.has(second)) constantProducts += flops;
        else products += flops;
        break;
      }
    }
  }
  return { convolutions, products, constantProducts };
}

/** Weights behind one index of the first axis: [O, C / groups, ...] of Conv, [C, O / groups, ...] of ConvTranspose. */
function filterSize(graph: Graph, weight: string): number {
  return elementCount(graph.valueOf(weight).shape.slice(1));
}
