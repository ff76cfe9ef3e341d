/**
 * Optimisers as graphs: the whole network's weights are one vector, so an update is a dozen elementwise nodes,
 * however many layers there are.
 *
 * Adam follows Kingma and Ba 2015 with PyTorch's placing of epsilon (after the bias correction); AdamW decouples
 * the decay (Loshchilov and Hutter 2019); SGD's momentum is v = m v + g, w -= lr v.
 */
import { AutogradError } from '../errors.ts';
import { Graph, type Value } from '../graph/graph.ts';
import { add, divide, multiply, sqrt, subtract } from '../operators/arithmetic.ts';

export type Optimiser =
  | {
      readonly kind: 'sgd';
      readonly momentum?: number;
      readonly nesterov?: boolean;
      readonly weightDecay?: number;
    }
  | {
      readonly kind: 'adam';
      readonly beta1?: number;
      readonly beta2?: number;
      readonly epsilon?: number;
      /** L2 penalty, added to the gradient. */
      readonly weightDecay?: number;
    }
  | {
      readonly kind: 'adamw';
      readonly beta1?: number;
      readonly beta2?: number;
      readonly epsilon?: number;
      /** Decoupled decay a step, times the learning rate. Default 0.01. */
      readonly weightDecay?: number;
    };

/** The vector that holds the moving average of the weights. */
export const WEIGHT_AVERAGE = 'weight_average';

/** Names of the vectors that are kept between steps. */
export function momentNames(optimiser: Optimiser, averageDecay?: number): readonly string[] {
  const average = averageDecay === undefined ? [] : [WEIGHT_AVERAGE];
  if (optimiser.kind === 'sgd') return [...((optimiser.momentum ?? 0) > 0 ? ['velocity'] : []), ...average];
  return ['first_moment', 'second_moment', ...average];
}

/** What changes from step to step and is fed as scalars. */
export function updateScalars(
  optimiser: Optimiser,
  step: number,
  learningRate: number,
  averageDecay?: number,
): Record<string, number> {
  // The first steps' weights are soon forgotten, however slowly the average moves later.
  const average =
    averageDecay === undefined ? {} : { average_decay: Math.min(averageDecay, (1 + step) / (10 + step)) };
  if (optimiser.kind === 'sgd') return { learning_rate: learningRate, ...average };
  const { beta1 = 0.9, beta2 = 0.999 } = optimiser;
  return {
    ...average,
    learning_rate: learningRate,
    correction1: 1 - beta1 ** step,
    correction2: Math.sqrt(1 - beta2 ** step),
  };
}

export interface UpdateGraphOptions {
  /** Gradients longer than this (L2 norm of the whole vector) are scaled down to it. */
  readonly clipNorm?: number;
  /** 1 where weight decay applies, 0 elsewhere; all 1 when left out. */
  readonly decayMask?: Float32Array;
  /** Keeps an exponential moving average of the weights: what it keeps of itself in a step, e.g. 0.999. */
  readonly averageDecay?: number;
}

/**
 * Inputs `weights`, `gradient`, the moments, all [count], and the scalars of `updateScalars`; outputs
 * `new_weights`, `new_<moment>` and `gradient_norm`.
 */
export function buildUpdateGraph(
  count: number,
  optimiser: Optimiser,
  options: UpdateGraphOptions = {},
): Graph {
  if (optimiser.kind === 'sgd' && optimiser.nesterov && !((optimiser.momentum ?? 0) > 0)) {
    throw new AutogradError('BAD_ARGUMENT', 'sgd: nesterov needs a momentum above 0');
  }
  const { averageDecay } = options;
  if (averageDecay !== undefined && !(averageDecay > 0 && averageDecay < 1)) {
    throw new AutogradError('BAD_ARGUMENT', `averageDecay must lie between 0 and 1, got ${averageDecay}`);
  }
  const g = new Graph({ mode: 'training' });
  const weights = g.input('weights', [count]);
  const raw = g.input('gradient', [count]);
  const moments = Object.fromEntries(
    momentNames(optimiser, averageDecay).map((name) => [name, g.input(name, [count])]),
  );
  const scalars = Object.fromEntries(
    Object.keys(updateScalars(optimiser, 1, 1, averageDecay)).map((name) => [name, g.input(name, [])]),
  );
  const rate = scalars.learning_rate!;
  const norm = g.emit('ReduceL2', [raw], [], { keepdims: 0 });
  let gradient = raw;
  if (options.clipNorm !== undefined) {
    if (!(options.clipNorm > 0)) {
      throw new AutogradError('BAD_ARGUMENT', `clipNorm must be positive, got ${options.clipNorm}`);
    }
    const limit = g.scalar(options.clipNorm);
    gradient = multiply(raw, divide(limit, g.emit('Max', [norm, limit], [])));
  }
  const decay = optimiser.weightDecay ?? (optimiser.kind === 'adamw' ? 0.01 : 0);
  const decaying = (w: Value) =>
    multiply(options.decayMask ? multiply(w, g.constant(options.decayMask, [count])) : w, decay);
  if (decay !== 0 && optimiser.kind !== 'adamw') gradient = add(gradient, decaying(weights));

  let change: Value;
  if (optimiser.kind === 'sgd') {
    change = gradient;
    const momentum = optimiser.momentum ?? 0;
    if (momentum > 0) {
      const velocity = add(multiply(moments.velocity!, momentum), gradient);
      g.output('new_velocity', velocity);
      change = optimiser.nesterov ? add(gradient, multiply(velocity, momentum)) : velocity;
    }
  } else {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimiser;
    const first = add(multiply(moments.first_moment!, beta1), multiply(gradient, 1 - beta1));
    const second = add(
      multiply(moments.second_moment!, beta2),
      multiply(multiply(gradient, gradient), 1 - beta2),
    );
    g.output('new_first_moment', first);
    g.output('new_second_moment', second);
    const scale = add(divide(sqrt(second), scalars.correction2!), epsilon);
    change = divide(divide(first, scalars.correction1!), scale);
    if (optimiser.kind === 'adamw' && decay !== 0) change = add(change, decaying(weights));
  }
  const next = subtract(weights, multiply(change, rate));
  g.output('new_weights', next);
  if (averageDecay !== undefined) {
    const kept = scalars.average_decay!;
    const average = moments[WEIGHT_AVERAGE]!;
    g.output(`new_${WEIGHT_AVERAGE}`, add(multiply(average, kept), multiply(next, subtract(1, kept))));
  }
  g.output('gradient_norm', norm);
  return g;
}
