/** The building blocks of encoder-decoder networks: a convolution with what surrounds it. */

import type { Value } from '../graph/graph.ts';
import { heNormal, type Initialiser, ones, zeros } from '../graph/initialiser.ts';
import { leakyRelu, relu } from '../operators/activation.ts';
import { type ConvOptions, conv } from '../operators/conv.ts';
import { convTranspose } from '../operators/conv-transpose.ts';
import { batchNorm, groupNorm, instanceNorm, standardiseWeight } from '../operators/normalisation.ts';

export type Normalisation = 'none' | 'instance' | 'batch' | 'group';
export type Activation = 'relu' | 'leaky-relu' | 'none';

export interface ConvBlockOptions extends ConvOptions {
  /** Kernel size along each spatial axis; default 3. */
  readonly kernel?: number;
  readonly normalisation?: Normalisation;
  /** Groups of `group` normalisation, which must divide the filters; default 4. */
  readonly normalisationGroups?: number;
  readonly activation?: Activation;
  readonly weightInitialiser?: Initialiser;
  readonly biasInitialiser?: Initialiser;
  /**
   * Standardises each filter and scales it by a learned `gain` (see `standardiseWeight`): normalisation that costs
   * nothing for each position and is the same for every image. Default false.
   */
  readonly standardised?: boolean;
}

/** Convolution, normalisation, activation; parameters `weight` and `bias` under the scope `name`. */
export function convBlock(name: string, x: Value, filters: number, options: ConvBlockOptions = {}): Value {
  const g = x.graph;
  return g.scope(name, () => {
    const kernel = x.shape.slice(2).map(() => options.kernel ?? 3);
    const inputs = x.shape[1]! / (options.groups ?? 1);
    const raw = g.parameter('weight', [filters, inputs, ...kernel], options.weightInitialiser ?? heNormal);
    const weight = options.standardised
      ? standardiseWeight(raw, g.parameter('gain', [filters], ones, { decay: false }))
      : raw;
    const bias = g.parameter('bias', [filters], options.biasInitialiser ?? zeros, { decay: false });
    return activate(normalise(conv(x, weight, bias, options), options), options.activation);
  });
}

/** Grows images to twice their size by a transposed convolution, in scope `name`; no activation follows. */
export function upBlock(name: string, x: Value, filters: number, options: ConvBlockOptions = {}): Value {
  const g = x.graph;
  return g.scope(name, () => {
    const kernel = x.shape.slice(2).map(() => 2);
    const weight = g.parameter(
      'weight',
      [x.shape[1]!, filters, ...kernel],
      options.weightInitialiser ?? heNormal,
    );
    const bias = g.parameter('bias', [filters], options.biasInitialiser ?? zeros, { decay: false });
    return convTranspose(x, weight, bias, { stride: 2 });
  });
}

function normalise(x: Value, { normalisation = 'none', normalisationGroups = 4 }: ConvBlockOptions): Value {
  switch (normalisation) {
    case 'instance':
      return instanceNorm(x);
    case 'batch':
      return batchNorm(x);
    case 'group':
      return groupNorm(x, normalisationGroups);
    case 'none':
      return x;
  }
}

function activate(x: Value, kind: Activation = 'relu'): Value {
  if (kind === 'relu') return relu(x);
  return kind === 'leaky-relu' ? leakyRelu(x) : x;
}
