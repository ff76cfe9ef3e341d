import type { SeededRandom } from 'onnx-autograd';

/** Draws one of the things, each as often as its weight says; one number is taken. */
export function weightedChoice<T>(
  choices: readonly (readonly [T, weight: number])[],
  random: SeededRandom,
): T {
  let rest = random.next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  const chosen = choices.findIndex(([, weight]) => {
    rest -= weight;
    return rest < 0;
  });
  // Rounding may leave a little at the end.
  return (choices[chosen] ?? choices.findLast(([, weight]) => weight > 0)!)[0];
}
