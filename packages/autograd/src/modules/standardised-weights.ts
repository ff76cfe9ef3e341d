/** Kernels as a network applies them, for a file that other runtimes read, and the way back. */
import { AutogradError, formatShape } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { gainsOfFilters, standardiseFilters } from '../operators/normalisation.ts';
import { elementCount } from '../operators/shape.ts';

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

/**
 * The reverse: weights to train on from, of a network that standardises its kernels.
 *
 * @param graph of that network
 * @param weights as `standardisedWeights` gave them
 * @throws AutogradError BAD_ARGUMENT when a parameter is missing or has another size
 */
export function trainableWeights(
  graph: Graph,
  weights: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  return new Map(
    graph.parameters.map(({ value: { name, shape } }) => {
      const kernel = name.endsWith('/gain') ? weights.get(name.replace(/gain$/, 'weight')) : undefined;
      const data = kernel === undefined ? weights.get(name) : gainsOfFilters(kernel, shape[0]!);
      if (data?.length === elementCount(shape)) return [name, data];
      throw new AutogradError(
        'BAD_ARGUMENT',
        `trainableWeights(): parameter ${name} (${formatShape(shape)}) is not among the weights given`,
      );
    }),
  );
}
