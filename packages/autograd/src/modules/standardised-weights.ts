/** Kernels as a network applies them, for a file that other runtimes read. */
import type { Graph } from '../graph/graph.ts';
import { standardiseFilters } from '../operators/normalisation.ts';

/**
 * The weights of a network whose kernels are standardised while it runs (`standardised: true`), for the same network
 * with kernels that are so already.
 *
 * @param graph of the network without standardising
 * @param weights of the one that was trained, by name: for each standardised kernel its `gain` beside it
 */
export function standardisedWeights(
  graph: Graph,
  weights: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  return new Map(
    graph.parameters.map(({ value: { name, shape } }) => {
      const data = weights.get(name)!;
      const gain = weights.get(name.replace(/weight$/, 'gain'));
      const isKernel = name.endsWith('weight') && gain !== undefined;
      return [name, isKernel ? standardiseFilters(data, shape, gain) : data];
    }),
  );
}
