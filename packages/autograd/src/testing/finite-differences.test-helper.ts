/** Central finite differences in float64: the definition of a derivative, with an error of order step squared. */
import { SeededRandom } from '../random/seeded-random.ts';

/** df / dx[i] for the given elements. `x` is moved and put back. */
export function partialDerivatives(
  f: () => number,
  x: Float64Array,
  elements: readonly number[],
  step = 1e-4,
): Float64Array {
  return Float64Array.from(elements, (i) => {
    const middle = x[i]!;
    x[i] = middle + step;
    const above = f();
    x[i] = middle - step;
    const below = f();
    x[i] = middle;
    return (above - below) / (2 * step);
  });
}

/** The derivative of f along `direction`. `x` is moved and put back. */
export function directionalDerivative(
  f: () => number,
  x: Float64Array,
  direction: Float64Array,
  step = 1e-4,
): number {
  const middle = x.slice();
  const at = (t: number) => {
    for (let i = 0; i < x.length; i++) x[i] = middle[i]! + t * direction[i]!;
    return f();
  };
  const derivative = (at(step) - at(-step)) / (2 * step);
  x.set(middle);
  return derivative;
}

/** All elements of a small tensor, a random choice of a large one. */
export function someElements(count: number, atMost: number, seed: number): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  if (count <= atMost) return all;
  return new SeededRandom(seed).shuffle(all).slice(0, atMost);
}
