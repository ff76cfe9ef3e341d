/** Where each parameter of a network lies in the one vector that the trainer and the optimiser work on. */
import type { Graph } from '../graph/graph.ts';
import { initialise } from '../graph/initialiser.ts';
import { elementCount } from '../operators/shape.ts';
import { SeededRandom } from '../random/seeded-random.ts';

export interface ParameterSlot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly count: number;
}

/** Trainable parameters first, so that the optimiser's vector is the front of the whole. */
export interface ParameterLayout {
  readonly trainable: readonly ParameterSlot[];
  readonly state: readonly ParameterSlot[];
  readonly trainableCount: number;
  readonly totalCount: number;
}

export function parameterLayout(graph: Graph): ParameterLayout {
  let offset = 0;
  const slots = (wanted: boolean) =>
    graph.parameters
      .filter(({ trainable }) => trainable === wanted)
      .map(({ value }) => {
        const count = elementCount(value.shape);
        const slot = { name: value.name, shape: value.shape, offset, count };
        offset += count;
        return slot;
      });
  const trainable = slots(true);
  const trainableCount = offset;
  const state = slots(false);
  return { trainable, state, trainableCount, totalCount: offset };
}

/** Start values of all parameters, in the layout's order, from one seeded stream. */
export function initialWeights(graph: Graph, layout: ParameterLayout, seed: number): Float32Array {
  const random = new SeededRandom(seed);
  const weights = new Float32Array(layout.totalCount);
  const initialisers = new Map(graph.parameters.map((p) => [p.value.name, p.initialiser]));
  for (const slot of [...layout.trainable, ...layout.state]) {
    initialise(slotOf(weights, slot), slot.shape, initialisers.get(slot.name)!, random);
  }
  return weights;
}

/** The part of a vector in the layout that belongs to one parameter; a view, not a copy. */
export function slotOf(vector: Float32Array, slot: ParameterSlot): Float32Array {
  return vector.subarray(slot.offset, slot.offset + slot.count);
}

/** 1 for the parameters that decay, in the layout's order of trainable parameters. */
export function decayMask(graph: Graph, layout: ParameterLayout): Float32Array {
  const mask = new Float32Array(layout.trainableCount);
  const decays = new Map(graph.parameters.map((p) => [p.value.name, p.decay]));
  for (const slot of layout.trainable) if (decays.get(slot.name)) slotOf(mask, slot).fill(1);
  return mask;
}
