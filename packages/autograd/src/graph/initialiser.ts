/** Start values of parameters, drawn from the caller's generator. */
import { AutogradError } from '../errors.ts';
import type { SeededRandom } from '../random/seeded-random.ts';

export type Initialiser =
  | { readonly kind: 'constant'; readonly value: number }
  /** Normal with mean 0, redrawn beyond two standard deviations (as TensorFlow 1 does). */
  | { readonly kind: 'truncated-normal'; readonly sd: number }
  /** Normal with sd = gain / sqrt(fan in): He et al. 2015 for gain sqrt(2), the default. */
  | { readonly kind: 'he-normal'; readonly gain?: number }
  /** Uniform in +- sqrt(6 / (fan in + fan out)): Glorot and Bengio 2010. */
  | { readonly kind: 'glorot-uniform' };

export const zeros: Initialiser = { kind: 'constant', value: 0 };
export const ones: Initialiser = { kind: 'constant', value: 1 };
export const heNormal: Initialiser = { kind: 'he-normal' };

/** Fills `target`, a parameter of `shape` ([out, in / groups, ...kernel] for convolutions). */
export function initialise(
  target: Float32Array,
  shape: readonly number[],
  initialiser: Initialiser,
  random: SeededRandom,
): void {
  if (initialiser.kind === 'constant') {
    target.fill(initialiser.value);
    return;
  }
  const receptive = shape.slice(2).reduce((a, b) => a * b, 1);
  const fanOut = (shape[0] ?? 1) * receptive;
  const fanIn = (shape[1] ?? 1) * receptive;
  switch (initialiser.kind) {
    case 'truncated-normal':
      for (let i = 0; i < target.length; i++) target[i] = initialiser.sd * random.truncatedNormal();
      return;
    case 'he-normal': {
      const sd = (initialiser.gain ?? Math.SQRT2) / Math.sqrt(fanIn);
      for (let i = 0; i < target.length; i++) target[i] = sd * random.normal();
      return;
    }
    case 'glorot-uniform': {
      const limit = Math.sqrt(6 / (fanIn + fanOut));
      for (let i = 0; i < target.length; i++) target[i] = random.uniform(-limit, limit);
      return;
    }
    default:
      throw new AutogradError('BAD_ARGUMENT', `unknown initialiser ${JSON.stringify(initialiser)}`);
  }
}
